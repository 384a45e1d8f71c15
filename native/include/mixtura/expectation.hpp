// From log w_k N(x; ...) of a block to responsibilities, vectorised over rows.
#pragma once

#include <vector>

#include "problem.hpp"
#include "vector.hpp"

namespace mixtura {
namespace MIXTURA_VARIANT {

// A responsibility below 2^-53 of its row's largest adds nothing to a float64 sum over that row; the logarithm of that.
constexpr double kLogNegligible = -36.8;
// Below this, exp leaves the normal float64 numbers.
constexpr double kLogLeast = -708.0;

template <class T>
inline T element(const Rows& rows, std::int64_t n, std::int64_t d) {
  const auto at = n * rows.row_stride + d * rows.column_stride;
  return rows.single ? static_cast<T>(static_cast<const float*>(rows.data)[at])
                     : static_cast<T>(static_cast<const double*>(rows.data)[at]);
}

// Copy row n, of D features, to doubles.
inline void copy_row(const Rows& rows, std::int64_t n, double* out) {
  if (!rows.single && rows.column_stride == 1) {
    std::memcpy(out, static_cast<const double*>(rows.data) + n * rows.row_stride, rows.D * sizeof(double));
  } else if (rows.column_stride == 1) {
    const float* row = static_cast<const float*>(rows.data) + n * rows.row_stride;
    for (std::int64_t d = 0; d < rows.D; ++d) out[d] = row[d];
  } else {
    for (std::int64_t d = 0; d < rows.D; ++d) out[d] = element<double>(rows, n, d);
  }
}

// A row so far away that every squared distance overflows belongs to whoever is nearest in a smaller unit.
inline void settle_far_row(const Rows& rows, std::int64_t n, const Model& model, double* joint, std::int64_t stride) {
  const std::int64_t D = rows.D;
  double unit = 0.0, least = kInfinity;
  for (std::int64_t d = 0; d < D; ++d) unit = std::fmax(unit, std::fabs(element<double>(rows, n, d)));
  std::vector<double> z(D), distance(model.K, kInfinity);
  for (std::int64_t k = 0; k < model.K; ++k) {
    if (model.log_scales[k] == -kInfinity) continue;  // an empty component never wins
    for (std::int64_t d = 0; d < D; ++d) z[d] = element<double>(rows, n, d) / unit - model.means[k * D + d] / unit;
    double q = 0.0;
    for (std::int64_t j = 0; j < D; ++j) {
      double y = 0.0;
      if (model.dense) {
        const double* w = model.whiteners + (model.shared ? 0 : k * D * D);
        for (std::int64_t i = 0; i <= j; ++i) y += z[i] * w[i * D + j];
      } else {
        y = z[j] * model.whiteners[k * D + j];
      }
      q += y * y;
    }
    distance[k] = q;
    least = std::fmin(least, q);
  }
  for (std::int64_t k = 0; k < model.K; ++k) joint[k * stride] = distance[k] == least ? 0.0 : -kInfinity;
}

// joint (K, stride): in, log w_k N(x_n); out, exp of it less the largest of its row, exactly 0 where the difference is not
// above the floor or is not a number. Columns are n rows, padded to whole vectors. Fills inverse (n,) so that joint times
// it are responsibilities, 0 in the padding, and density (n,) if it is not null. Returns the sum of log-densities, for
// which logarithms of totals, each between 1 and K, are taken of products of several.
static double exponentiate(const Rows& rows, std::int64_t begin, std::int64_t n, const Model& model, double floor,
                           double* joint, std::int64_t stride, double* inverse, double* density) {
  const std::int64_t K = model.K;
  const int together = K < 1024 ? 64 : 8;  // 1024^64 is still a float64
  Vec peaks{}, product = splat(1.0), logarithms{};
  int multiplied = 0;
  for (std::int64_t b = 0; b < n; b += W) {
    Vec peak = splat(-kInfinity);
    for (std::int64_t k = 0; k < K; ++k) peak = larger(load(joint + k * stride + b), peak);
    const Bits far = ~(Bits)(peak > -kInfinity);
    const unsigned far_lanes = lanes_of(far);
    if (far_lanes) {
      for (int i = 0; i < W && b + i < n; ++i)
        if (far_lanes >> i & 1) settle_far_row(rows, begin + b + i, model, joint + b + i, stride);
      peak = far ? Vec{} : peak;
    }
    Vec total{};
    for (std::int64_t k = 0; k < K; ++k) {
      const Vec e = exp_nonpositive(load(joint + k * stride + b) - peak, floor);
      store(joint + k * stride + b, e);
      total += e;
    }
    Vec share = 1.0 / total;
    if (density) {
      const Vec result = peak + log_positive(total);
      store(density + b, far ? splat(-kInfinity) : result);
    }
    if (far_lanes) peak = far ? splat(-kInfinity) : peak;
    if (n - b < W) {
      const Bits padding = lanes_from(n - b);
      share = padding ? Vec{} : share;
      total = padding ? splat(1.0) : total;
      peak = padding ? Vec{} : peak;
    }
    store(inverse + b, share);
    peaks += peak;
    product *= total;
    if (++multiplied == together) {
      logarithms += log_positive(product);
      product = splat(1.0);
      multiplied = 0;
    }
  }
  return sum(peaks) + sum(logarithms + log_positive(product));
}

// Responsibilities proper: joint (K, stride) times inverse (n,), in place.
inline void normalise(double* joint, std::int64_t stride, std::int64_t n, std::int64_t K, const double* inverse) {
  for (std::int64_t k = 0; k < K; ++k)
    for (std::int64_t b = 0; b < n; b += W)
      store(joint + k * stride + b, load(joint + k * stride + b) * load(inverse + b));
}

// Add the totals of a block: its weight, and its log-likelihood, which is given where no row has a weight of its own.
inline void add_totals(const double* weights, std::int64_t n, const double* density, double log_likelihood,
                       const Sums& sums) {
  double weight = static_cast<double>(n);
  if (weights) {
    weight = log_likelihood = 0.0;
    for (std::int64_t b = 0; b < n; ++b) {
      weight += weights[b];
      log_likelihood += weights[b] * density[b];
    }
  }
  *sums.log_likelihood += log_likelihood;
  *sums.weight += weight;
}

// The most probable component of each of n rows, and its responsibility.
inline void choose(const double* joint, std::int64_t stride, std::int64_t n, std::int64_t K, const double* density,
                   std::int64_t begin, const Assignment& out) {
  for (std::int64_t b = 0; b < n; ++b) {
    std::int64_t best = 0;
    for (std::int64_t k = 1; k < K; ++k)
      if (joint[k * stride + b] > joint[best * stride + b]) best = k;
    out.densities[begin + b] = density[b];
    out.labels[begin + b] = best;
    out.confidences[begin + b] = joint[best * stride + b];
  }
}

// Responsibilities (K, stride) of n rows to out (n, K).
inline void copy_rows(const double* joint, std::int64_t stride, std::int64_t n, std::int64_t K, double* out) {
  for (std::int64_t b = 0; b < n; ++b)
    for (std::int64_t k = 0; k < K; ++k) out[b * K + k] = joint[k * stride + b];
}

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
