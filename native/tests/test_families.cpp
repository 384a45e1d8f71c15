// The small algebra of the families, and what starts cluster by, against what defines them; meant for sanitizers.
// Build and run with `make sanitize`.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <set>
#include <vector>

#include "mixtura/families.hpp"
#include "mixtura/partition_problem.hpp"

namespace mixtura::MIXTURA_VARIANT {
extern const PartitionFunctions partition_functions;
}
using namespace mixtura;

namespace {

using Numbers = std::vector<double>;

std::mt19937 random_bits(1);
double normal() { return std::normal_distribution<double>()(random_bits); }
int checks = 0;

void expect(bool holds, const char* what, std::int64_t K, std::int64_t D) {
  ++checks;
  if (holds) return;
  std::printf("%s: K %ld D %ld\n", what, static_cast<long>(K), static_cast<long>(D));
  std::exit(1);
}

Numbers ellipsoids(std::int64_t K, std::int64_t D) {
  Numbers out(K * D * D), root(D * D);
  for (std::int64_t k = 0; k < K; ++k) {
    for (double& r : root) r = normal();
    for (std::int64_t i = 0; i < D; ++i)
      for (std::int64_t j = 0; j < D; ++j) {
        double sum = i == j ? 0.2 : 0.0;
        for (std::int64_t m = 0; m < D; ++m) sum += root[i * D + m] * root[j * D + m];
        out[(k * D + i) * D + j] = sum;
      }
  }
  return out;
}

// Twice the negative expected log-likelihood of a row, but for constants: what all families minimise.
double loss(const Numbers& shares, const Numbers& within, const Numbers& covariances, std::int64_t K, std::int64_t D) {
  Numbers factors(K * D * D), whiteners(K * D * D), halves(K);
  bool symmetric = false;
  expect(factorise(covariances.data(), K, D, factors.data(), whiteners.data(), halves.data(), &symmetric) < 0, "sound", K, D);
  expect(symmetric, "symmetric", K, D);
  double total = 0;
  for (std::int64_t k = 0; k < K; ++k) {
    double trace = 2 * halves[k];
    for (std::int64_t i = 0; i < D; ++i)
      for (std::int64_t j = 0; j < D; ++j)
        for (std::int64_t m = 0; m < D; ++m)
          trace += whiteners[(k * D + i) * D + m] * whiteners[(k * D + j) * D + m] * within[(k * D + i) * D + j];
    total += shares[k] * trace;
  }
  return total;
}

// Families that hold others are no worse than those, from the same moments.
void nest(std::int64_t K, std::int64_t D) {
  const Numbers within = ellipsoids(K, D), before = ellipsoids(K, D), begin(K, 0.1);
  Numbers shares(K), out(K * D * D);
  double sum = 0;
  for (double& share : shares) sum += share = 0.1 + std::abs(normal());
  for (double& share : shares) share /= sum;
  const auto fit = [&](bool volume, bool shape, bool orientation) {
    expect(fit_ellipsoids({volume, shape, orientation}, shares.data(), within.data(), before.data(), begin.data(), K, D,
                          out.data()) < 0, "fitted", K, D);
    return loss(shares, within, out, K, D);
  };
  const double vvv = fit(false, false, false), evv = fit(true, false, false), vev = fit(false, true, false);
  const double eev = fit(true, true, false), vve = fit(false, false, true), eve = fit(true, false, true);
  const double vee = fit(false, true, true);
  for (const auto& [outer, inner] : {std::pair{vvv, evv}, {vvv, vev}, {vev, eev}, {evv, eev}, {vvv, vve}, {vve, eve},
                                     {vve, vee}, {vev, vee}, {evv, eve}})
    expect(outer <= inner + 1e-9 * std::abs(inner), "a family is no worse than one within", K, D);
  Numbers diagonal(K * D), fitted(K * D);
  for (double& value : diagonal) value = 0.1 + std::abs(normal());
  expect(fit_volumes(shares.data(), diagonal.data(), begin.data(), K, D, false, fitted.data()), "volumes", K, D);
}

void merge(std::int64_t M, std::int64_t D, Criterion criterion) {
  Numbers counts(M, 2.0), means(M * D), scatters = ellipsoids(M, D);
  std::vector<std::int64_t> sizes(M, 2), pairs(2 * (M - 1));
  for (double& mean : means) mean = 3 * normal();
  agglomerate({counts.data(), sizes.data(), means.data(), scatters.data(), M, D}, criterion, 1.0, pairs.data());
  std::set<std::int64_t> gone;
  for (std::int64_t m = 0; m + 1 < M; ++m) {
    expect(!gone.count(pairs[2 * m]) && gone.insert(pairs[2 * m + 1]).second, "each joins once", M, D);
  }
}

void partition(std::int64_t n, std::int64_t D, std::int64_t K) {
  Numbers rows(n * D), weights(n, 1.0), centres(K * D), draws(1 + 3 * (K - 1));
  std::vector<std::int64_t> labels(n), cells(n);
  for (double& value : rows) value = normal();
  for (double& draw : draws) draw = std::uniform_real_distribution<double>()(random_bits);
  const auto& functions = MIXTURA_VARIANT::partition_functions;
  functions.k_means({rows.data(), weights.data(), n, D, K, draws.data(), 3, 10}, centres.data(), labels.data());
  functions.ward(rows.data(), n, D, K, cells.data());
  expect(std::set<std::int64_t>(cells.begin(), cells.end()).size() == static_cast<std::size_t>(K), "cells", K, D);
  for (std::int64_t r = 0; r < n; ++r) {
    double own = 0, least = HUGE_VAL;
    for (std::int64_t k = 0; k < K; ++k) {
      double away = 0;
      for (std::int64_t d = 0; d < D; ++d) away += std::pow(rows[r * D + d] - centres[k * D + d], 2);
      if (k == labels[r]) own = away;
      least = std::min(least, away);
    }
    expect(own <= least * (1 + 1e-12) + 1e-12, "the nearest centre", K, D);
  }
}

}  // namespace

int main() {
  for (std::int64_t D : {1, 2, 3, 5, 8})
    for (std::int64_t K : {1, 2, 4}) nest(K, D);
  for (std::int64_t D : {1, 3, 6})
    for (std::int64_t M : {1, 2, 40})
      for (Criterion criterion : {Criterion::eii, Criterion::vii, Criterion::vvv}) merge(M, D, criterion);
  for (std::int64_t n : {1, 7, 256, 700})
    for (std::int64_t D : {1, 4})
      for (std::int64_t K : {1, 2, 6})
        if (K <= n) partition(n, D, K);
  const Numbers flat{1, 1, 1, 1}, crooked{1, 0.5, 0, 1};
  Numbers factors(4), whiteners(4), halves(1);
  bool symmetric = true;
  expect(factorise(flat.data(), 1, 2, factors.data(), whiteners.data(), halves.data(), &symmetric) == 0, "singular", 1, 2);
  factorise(crooked.data(), 1, 2, factors.data(), whiteners.data(), halves.data(), &symmetric);
  expect(!symmetric, "asymmetric", 1, 2);
  std::printf("families and partitions: %d checks\n", checks);
}
