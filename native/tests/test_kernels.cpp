// The kernels against dense formulas written out in long double, for one instruction set; meant for sanitizers.
// Build and run with `make sanitize`.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

#include "mixtura/problem.hpp"

namespace mixtura::MIXTURA_VARIANT {
extern const Functions functions;
}
using namespace mixtura;

namespace {

std::mt19937 random_bits(1);
double normal() { return std::normal_distribution<double>()(random_bits); }

struct Case {
  std::int64_t n, D, K;
  bool dense, shared, single, weighted;
  double spread;
  bool narrow = false;
};

double worst[2] = {};  // of doubles, of floats
int checks = 0;

void compare(const char* what, const Case& c, double found, long double expected, long double scale) {
  const double error = std::abs(static_cast<double>((found - expected) / (scale > 0 ? scale : 1)));
  worst[c.narrow] = std::max(worst[c.narrow], error);
  ++checks;
  if (!(error < (c.narrow ? 3e-5 : 1e-12))) {  // lane_model.hpp; sums of few rows may be small beside their terms
    std::printf("%s: n %ld D %ld K %ld dense %d shared %d: got %.17g, expected %.17Lg\n", what, c.n, c.D, c.K, c.dense,
                c.shared, found, expected);
    std::exit(1);
  }
}

// Sums under given labels, all of them.
void gather(const Case& c, const Rows& input, const std::vector<double>& rows, const std::vector<double>& means,
            const std::vector<std::int64_t>& labels, const std::vector<double>& weights) {
  const auto n = c.n, D = c.D, K = c.K;
  for (const Need need : {Need::trace, Need::diagonal, Need::pooled, Need::full}) {
    const std::int64_t sizes[] = {K, K * D, D * D, K * D * D};
    std::vector<double> counts(K), first(K * D), second(sizes[static_cast<int>(need)]);
    double nothing = 0, weight = 0;
    MIXTURA_VARIANT::functions.gather(input, labels.data(), K, Sums{need, means.data(), counts.data(), first.data(),
                                                                    second.data(), &nothing, &weight});
    std::vector<long double> count(K), sum(K * D), product(second.size());
    long double total = 0, scale = 0;
    for (std::int64_t t = 0; t < n; ++t) {
      const std::int64_t k = labels[t];
      total += weights[t];
      count[k] += weights[t];
      for (std::int64_t i = 0; i < D; ++i) {
        const long double z = static_cast<long double>(rows[t * D + i]) - means[k * D + i];
        sum[k * D + i] += weights[t] * z;
        if (need == Need::trace) product[k] += weights[t] * z * z;
        if (need == Need::diagonal) product[k * D + i] += weights[t] * z * z;
        for (std::int64_t j = 0; j < D && need != Need::trace && need != Need::diagonal; ++j)
          product[((need == Need::full ? k * D : 0) + i) * D + j] +=
              weights[t] * z * (static_cast<long double>(rows[t * D + j]) - means[k * D + j]);
      }
    }
    for (const long double p : product) scale = std::max(scale, std::abs(p));
    compare("gathered weight", c, weight, total, total);
    for (std::int64_t k = 0; k < K; ++k) compare("gathered counts", c, counts[k], count[k], total);
    for (std::int64_t i = 0; i < K * D; ++i) compare("gathered first", c, first[i], sum[i], scale);
    for (std::size_t i = 0; i < second.size(); ++i) compare("gathered second", c, second[i], product[i], scale);
    if (nothing != 0) compare("gathered log-likelihood", c, nothing, 0, 1);
  }
}

void run(const Case& c) {
  const auto [n, D, K, dense, shared, single, weighted, spread, narrow] = c;
  std::vector<double> means(K * D), whiteners((dense ? (shared ? 1 : K) * D : K) * D), heights(K), weights(n, 1.0);
  for (double& m : means) m = spread * normal();
  for (double& h : heights) h = -std::abs(normal());
  for (double& w : weights) w = weighted ? 0.5 + std::abs(normal()) : 1.0;
  if (dense)
    for (std::int64_t s = 0; s < (shared ? 1 : K); ++s)
      for (std::int64_t i = 0; i < D; ++i)
        for (std::int64_t j = i; j < D; ++j) whiteners[(s * D + i) * D + j] = i == j ? 1.0 : 0.3 * normal() / D;
  else
    for (double& w : whiteners) w = 0.5 + std::abs(normal());
  std::vector<double> rows(n * D);
  std::vector<float> floats(n * D);
  for (std::int64_t i = 0; i < n * D; ++i) {
    floats[i] = static_cast<float>(means[(i / D % K) * D + i % D] + normal());
    rows[i] = single ? floats[i] : means[(i / D % K) * D + i % D] + normal();
  }
  const Rows input{single ? static_cast<const void*>(floats.data()) : rows.data(), single, n, D, D, 1,
                   weighted ? weights.data() : nullptr};
  const Model model{K, means.data(), whiteners.data(), heights.data(), dense, shared, narrow};

  std::vector<long double> r(n * K), density(n);
  for (std::int64_t t = 0; t < n; ++t) {
    long double most = -INFINITY, total = 0;
    for (std::int64_t k = 0; k < K; ++k) {
      long double q = 0;
      for (std::int64_t j = 0; j < D; ++j) {
        long double y = 0;
        if (dense)
          for (std::int64_t i = 0; i <= j; ++i)
            y += (static_cast<long double>(rows[t * D + i]) - means[k * D + i]) *
                 whiteners[((shared ? 0 : k) * D + i) * D + j];
        else
          y = (static_cast<long double>(rows[t * D + j]) - means[k * D + j]) * whiteners[k * D + j];
        q += y * y;
      }
      r[t * K + k] = heights[k] - q / 2;
      most = std::max(most, r[t * K + k]);
    }
    for (std::int64_t k = 0; k < K; ++k) total += r[t * K + k] = std::exp(r[t * K + k] - most);
    for (std::int64_t k = 0; k < K; ++k) r[t * K + k] /= total;
    density[t] = most + std::log(total);
  }

  for (const Need need : {Need::trace, Need::diagonal, Need::pooled, Need::full}) {
    const std::int64_t sizes[] = {K, K * D, D * D, K * D * D};
    std::vector<double> counts(K), first(K * D), second(sizes[static_cast<int>(need)]);
    double log_likelihood = 0, weight = 0;
    MIXTURA_VARIANT::functions.sweep(input, model, Sums{need, means.data(), counts.data(), first.data(), second.data(),
                                                        &log_likelihood, &weight});
    std::vector<long double> expected(second.size());
    long double total = 0, total_weight = 0, scale = 0;
    for (std::int64_t t = 0; t < n; ++t) {
      total += weights[t] * density[t];
      total_weight += weights[t];
      for (std::int64_t k = 0; k < K; ++k)
        for (std::int64_t i = 0; i < D; ++i)
          for (std::int64_t j = 0; j < D; ++j) {
            const long double product = weights[t] * r[t * K + k] * (rows[t * D + i] - means[k * D + i]) *
                                        (rows[t * D + j] - means[k * D + j]);
            if (need == Need::full) expected[(k * D + i) * D + j] += product;
            if (need == Need::pooled) expected[i * D + j] += product;
            if (need == Need::diagonal && i == j) expected[k * D + i] += product;
            if (need == Need::trace && i == j) expected[k] += product;
          }
    }
    for (const long double e : expected) scale = std::max(scale, std::abs(e));
    compare("log-likelihood", c, log_likelihood, total, std::abs(total));
    compare("weight", c, weight, total_weight, total_weight);
    for (std::size_t i = 0; i < second.size(); ++i) compare("second", c, second[i], expected[i], scale);
    for (std::int64_t k = 0; k < K; ++k) {
      long double count = 0;
      for (std::int64_t t = 0; t < n; ++t) count += weights[t] * r[t * K + k];
      compare("counts", c, counts[k], count, total_weight);
      for (std::int64_t d = 0; d < D; ++d) {
        long double sum = 0, terms = 0;
        for (std::int64_t t = 0; t < n; ++t) {
          const long double term = weights[t] * r[t * K + k] * (rows[t * D + d] - means[k * D + d]);
          sum += term;
          terms += std::abs(term);
        }
        compare("first", c, first[k * D + d], sum, std::max(terms, scale));
      }
    }
  }

  std::vector<double> densities(n), confidences(n), shares(n * K);
  std::vector<std::int64_t> labels(n);
  MIXTURA_VARIANT::functions.assign(input, model, Assignment{densities.data(), labels.data(), confidences.data()});
  MIXTURA_VARIANT::functions.responsibilities(input, model, shares.data());
  for (std::int64_t t = 0; t < n; ++t) {
    compare("density", c, densities[t], density[t], std::abs(density[t]) + 1);
    compare("confidence", c, confidences[t], r[t * K + labels[t]], 1);
    for (std::int64_t k = 0; k < K; ++k) compare("share", c, shares[t * K + k], r[t * K + k], 1);
  }
  gather(c, input, rows, means, labels, weights);
}

}  // namespace

int main() {
  for (const std::int64_t D : {1, 2, 3, 4, 5, 7, 8, 10, 12, 15, 16, 17, 24, 31, 33, 48, 65})
    for (const std::int64_t n : {1, 7, 64, 301})
      for (const int bits : {0, 1, 2, 3})
        for (const double spread : {0.3, 4.0}) {
          run({n, D, 3, true, false, bits % 2 == 1, bits / 2 == 1, spread});
          run({n, D, 2, true, true, bits % 2 == 1, bits / 2 == 1, spread});
          run({n, D, 4, false, false, bits % 2 == 1, bits / 2 == 1, spread});
          run({n, D, 3, bits % 2 == 1, bits == 3, true, false, spread, true});
        }
  for (const bool dense : {false, true})  // so many rows that the kernel plans, so many components that few pairs count
    for (const double spread : {0.3, 4.0})
      for (const bool narrow : {false, true}) run({1300, 40, 20, dense, false, narrow, false, spread, narrow});
  std::printf("%s: %d checks, worst relative error %.1e, in floats %.1e\n", MIXTURA_VARIANT::functions.name, checks,
              worst[0], worst[1]);
}
