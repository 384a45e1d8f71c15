// The low-rank kernel against dense formulas written out in long double, for one instruction set; meant for sanitizers.
// Build and run with `make sanitize`.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include "mixtura/low_rank_problem.hpp"

namespace mixtura::MIXTURA_VARIANT {
extern const LowRankFunctions low_rank_functions;
}
using namespace mixtura;

namespace {

using Numbers = std::vector<double>;
using Long = std::vector<long double>;

std::mt19937 random_bits(1);
double normal() { return std::normal_distribution<double>()(random_bits); }

struct Case {
  std::int64_t n, D, K, Q, L;
  bool single, weighted, strided;
  double spread;
};

double worst = 0.0;
int checks = 0;

void compare(const char* what, const Case& c, double found, long double expected, long double scale) {
  const double error = std::abs(static_cast<double>((found - expected) / (scale > 0 ? scale : 1)));
  worst = std::max(worst, error);
  ++checks;
  if (!(error < 1e-11)) {
    std::printf("%s: n %ld D %ld K %ld Q %ld L %ld: got %.17g, expected %.17Lg\n", what, static_cast<long>(c.n),
                static_cast<long>(c.D), static_cast<long>(c.K), static_cast<long>(c.Q), static_cast<long>(c.L), found,
                expected);
    std::exit(1);
  }
}

// Lower Cholesky factor, in place, of a symmetric matrix (D, D); what lies above the diagonal is left.
void factorise(Long& a, std::int64_t D) {
  for (std::int64_t j = 0; j < D; ++j)
    for (std::int64_t i = j; i < D; ++i) {
      long double sum = a[i * D + j];
      for (std::int64_t m = 0; m < j; ++m) sum -= a[i * D + m] * a[j * D + m];
      a[i * D + j] = i == j ? std::sqrt(sum) : sum / a[j * D + j];
    }
}

// The inverse (D, D), lower, of a lower factor.
Long inverse(const Long& factor, std::int64_t D) {
  Long out(D * D);
  for (std::int64_t j = 0; j < D; ++j)
    for (std::int64_t i = j; i < D; ++i) {
      long double sum = i == j;
      for (std::int64_t m = j; m < i; ++m) sum -= factor[i * D + m] * out[m * D + j];
      out[i * D + j] = sum / factor[i * D + i];
    }
  return out;
}

// Precisions diag(p) - sum a aᵀ that are positive, and upper factors of what the leading directions see of them.
struct Mixture {
  explicit Mixture(const Case& c)
      : means(c.K * c.D), whiteners(c.K * (1 + c.Q) * c.D), heights(c.K), centre(c.D), leading(c.L * c.D),
        lead_means(c.K * c.L), lead_roots(c.K * c.L * c.L), precisions(c.K * c.D * c.D) {
    const auto [n, D, K, Q, L, single, weighted, strided, spread] = c;
    for (double& m : means) m = spread * normal();
    for (double& h : heights) h = -std::abs(normal());
    for (double& x : centre) x = normal();
    for (double& x : leading) x = normal();
    for (std::int64_t k = 0; k < K; ++k) {
      double* rows = whiteners.data() + k * (1 + Q) * D;
      long double* precision = precisions.data() + k * D * D;
      for (std::int64_t d = 0; d < D; ++d) precision[d * D + d] = rows[d] = 1.0 + std::abs(normal());
      for (std::int64_t q = 1; q <= Q; ++q) {
        long double length = 0;
        for (std::int64_t d = 0; d < D; ++d) rows[q * D + d] = normal(), length += rows[q * D + d] * rows[q * D + d];
        for (std::int64_t d = 0; d < D; ++d) rows[q * D + d] *= std::sqrt(0.8 / Q / static_cast<double>(length));
        for (std::int64_t i = 0; i < D; ++i)
          for (std::int64_t j = 0; j < D; ++j)
            precision[i * D + j] -= static_cast<long double>(rows[q * D + i]) * rows[q * D + j];
      }
      Long factor(precision, precision + D * D), seen(L * L);
      factorise(factor, D);
      const Long root = inverse(factor, D);  // the covariance is its transpose times it
      for (std::int64_t i = 0; i < L; ++i)
        for (std::int64_t j = 0; j < L; ++j)
          for (std::int64_t m = 0; m < D; ++m) {
            long double left = 0, right = 0;
            for (std::int64_t d = 0; d < D; ++d) {
              left += root[m * D + d] * leading[i * D + d];
              right += root[m * D + d] * leading[j * D + d];
            }
            seen[i * L + j] += left * right;
          }
      factorise(seen, L);
      const Long back = inverse(seen, L);
      for (std::int64_t i = 0; i < L; ++i) {
        for (std::int64_t j = i; j < L; ++j) lead_roots[(k * L + i) * L + j] = static_cast<double>(back[j * L + i]);
        for (std::int64_t d = 0; d < D; ++d) lead_means[k * L + i] += (means[k * D + d] - centre[d]) * leading[i * D + d];
      }
    }
  }

  Numbers means, whiteners, heights, centre, leading, lead_means, lead_roots;
  Long precisions;
};

void run(const Case& c) {
  const auto [n, D, K, Q, L, single, weighted, strided, spread] = c;
  const Mixture mixture(c);
  const std::int64_t step = strided ? 2 : 1;
  Numbers data(n * D * step), weights(n, 1.0), directions(K * Q * D);
  std::vector<float> floats(n * D * step);
  for (std::int64_t i = 0; i < n * D; ++i) {
    const double x = mixture.means[(i / D % K) * D + i % D] + normal();
    floats[i * step] = static_cast<float>(x);
    data[i * step] = single ? floats[i * step] : x;
  }
  for (double& w : weights) w = weighted ? 0.5 + std::abs(normal()) : 1.0;
  for (double& x : directions) x = normal();
  const Rows rows{single ? static_cast<const void*>(floats.data()) : data.data(), single, n, D, D * step, step,
                  weighted ? weights.data() : nullptr};
  const LowRankModel model{K, Q, L, mixture.means.data(), mixture.whiteners.data(), mixture.heights.data(),
                           mixture.centre.data(), mixture.leading.data(), mixture.lead_means.data(),
                           mixture.lead_roots.data()};
  const auto x = [&](std::int64_t t, std::int64_t k, std::int64_t d) {
    return static_cast<long double>(data[(t * D + d) * step]) - mixture.means[k * D + d];
  };

  Long r(n * K), density(n), counts(K), second(K * (1 + Q) * D);
  long double total = 0, total_weight = 0, scale = 0;
  for (std::int64_t t = 0; t < n; ++t) {
    long double most = -INFINITY, sum = 0;
    for (std::int64_t k = 0; k < K; ++k) {
      long double q = 0;
      for (std::int64_t i = 0; i < D; ++i)
        for (std::int64_t j = 0; j < D; ++j) q += x(t, k, i) * mixture.precisions[(k * D + i) * D + j] * x(t, k, j);
      r[t * K + k] = mixture.heights[k] - q / 2;
      most = std::max(most, r[t * K + k]);
    }
    for (std::int64_t k = 0; k < K; ++k) sum += r[t * K + k] = std::exp(r[t * K + k] - most);
    density[t] = most + std::log(sum);
    total += weights[t] * density[t];
    total_weight += weights[t];
    for (std::int64_t k = 0; k < K; ++k) {
      const long double share = weights[t] * (r[t * K + k] /= sum);
      counts[k] += share;
      for (std::int64_t q = 0; q <= Q; ++q) {
        long double along = 0;
        for (std::int64_t d = 0; d < D && q; ++d) along += directions[(k * Q + q - 1) * D + d] * x(t, k, d);
        for (std::int64_t d = 0; d < D; ++d)
          second[(k * (1 + Q) + q) * D + d] += share * (q ? along : x(t, k, d)) * x(t, k, d);
      }
    }
  }
  for (const long double s : second) scale = std::max(scale, std::abs(s));

  const LowRankFunctions& functions = MIXTURA_VARIANT::low_rank_functions;
  Numbers found_counts(K), first(K * D), found_second(second.size()), densities(n), confidences(n), shares(n * K);
  std::vector<std::int64_t> labels(n);
  double log_likelihood = 0, weight = 0;
  functions.sweep(rows, model, ProjectedSums{Q, directions.data(), mixture.means.data(), found_counts.data(), first.data(),
                                             found_second.data(), &log_likelihood, &weight});
  compare("log-likelihood", c, log_likelihood, total, std::abs(total) + 1);
  compare("weight", c, weight, total_weight, total_weight);
  for (std::int64_t k = 0; k < K; ++k) compare("counts", c, found_counts[k], counts[k], total_weight);
  for (std::size_t i = 0; i < second.size(); ++i) compare("second", c, found_second[i], second[i], scale);
  functions.assign(rows, model, Assignment{densities.data(), labels.data(), confidences.data()});
  functions.responsibilities(rows, model, shares.data());
  for (std::int64_t t = 0; t < n; ++t) {
    compare("density", c, densities[t], density[t], std::abs(density[t]) + 1);
    compare("confidence", c, confidences[t], r[t * K + labels[t]], 1);
    for (std::int64_t k = 0; k < K; ++k) compare("share", c, shares[t * K + k], r[t * K + k], 1);
  }
  std::fill(found_counts.begin(), found_counts.end(), 0.0);
  weight = 0;
  functions.gather(rows, labels.data(), K, ProjectedSums{Q, directions.data(), mixture.means.data(), found_counts.data(),
                                                         first.data(), found_second.data(), &log_likelihood, &weight});
  for (std::int64_t k = 0; k < K; ++k) {
    long double given = 0;
    for (std::int64_t t = 0; t < n; ++t) given += labels[t] == k ? weights[t] : 0.0;
    compare("gathered", c, found_counts[k], given, total_weight);
  }
}

// A row of zeros whose squared distances all overflow, because means are huge: the nearest component has it.
void far_from_everything() {
  const std::int64_t n = 3, D = 9, K = 3, Q = 2;
  const Numbers data(n * D), heights{-1.0, -INFINITY, -1.0}, centre(D);
  Numbers means(K * D), whiteners(K * (1 + Q) * D), densities(n), confidences(n), shares(n * K);
  for (std::int64_t d = 0; d < D; ++d) {
    for (std::int64_t k = 0; k < K; ++k) whiteners[k * (1 + Q) * D + d] = 1e100;
    means[d] = 2e200, means[D + d] = 1e200, means[2 * D + d] = 3e200;
  }
  const Rows rows{data.data(), false, n, D, D, 1, nullptr};
  const LowRankModel model{K, Q, 0, means.data(), whiteners.data(), heights.data(), centre.data(), nullptr, nullptr, nullptr};
  std::vector<std::int64_t> labels(n);
  MIXTURA_VARIANT::low_rank_functions.assign(rows, model, Assignment{densities.data(), labels.data(), confidences.data()});
  MIXTURA_VARIANT::low_rank_functions.responsibilities(rows, model, shares.data());
  const Case c{n, D, K, Q, 0, false, false, false, 0.0};
  for (std::int64_t t = 0; t < n; ++t) {
    compare("far label", c, static_cast<double>(labels[t]), 0, 1);
    for (std::int64_t k = 0; k < K; ++k) compare("far share", c, shares[t * K + k], k == 0, 1);
  }
}

}  // namespace

int main() {
  far_from_everything();
  for (const std::int64_t D : {1, 2, 5, 8, 17, 33})
    for (const std::int64_t n : {1, 7, 300})
      for (const int bits : {0, 1, 2, 3, 4})
        for (const double spread : {0.3, 6.0})
          for (const std::int64_t Q : {1, 4, 7}) {
            if (Q > D) continue;
            run({n, D, 5, Q, 0, bits % 2 == 1, bits / 2 == 1, bits == 4, spread});
            run({n, D, 7, Q, std::min<std::int64_t>(D, 5), bits % 2 == 1, bits / 2 == 1, bits == 4, spread});
          }
  std::printf("%s, low rank: %d checks, worst relative error %.1e\n", MIXTURA_VARIANT::low_rank_functions.name, checks,
              worst);
}
