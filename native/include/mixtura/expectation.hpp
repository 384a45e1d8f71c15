// From log2 w_k N(x; ...) of a block to responsibilities, vectorised over rows.
#pragma once

#include <algorithm>
#include <vector>

#include "lane_model.hpp"

namespace mixtura {
namespace MIXTURA_VARIANT {

template <class T>
inline T element(const Rows& rows, std::int64_t n, std::int64_t d) {
  const auto at = n * rows.row_stride + d * rows.column_stride;
  return rows.single ? static_cast<T>(static_cast<const float*>(rows.data)[at])
                     : static_cast<T>(static_cast<const double*>(rows.data)[at]);
}

// Copy row n, of D features.
template <class T>
inline void copy_row(const Rows& rows, std::int64_t n, T* out) {
  if (rows.column_stride != 1)
    for (std::int64_t d = 0; d < rows.D; ++d) out[d] = element<T>(rows, n, d);
  else if (rows.single)
    std::copy_n(static_cast<const float*>(rows.data) + n * rows.row_stride, rows.D, out);
  else
    std::copy_n(static_cast<const double*>(rows.data) + n * rows.row_stride, rows.D, out);
}

// Settle row n by itself, in doubles: fill joint (K, stride) with log2 w_k N(x_n) less the largest of them, which is returned.
// A row so far away that every squared distance overflows belongs to whoever is nearest in a smaller unit.
template <class T>
double settle_far_row(const Rows& rows, std::int64_t n, const Model& model, T* joint, std::int64_t stride) {
  const std::int64_t D = rows.D;
  std::vector<double> z(D), score(model.K);
  const auto largest_score = [&](double unit, bool heights) {
    for (std::int64_t k = 0; k < model.K; ++k) {
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
      const bool possible = q < kInfinity && model.log_scales[k] > -kInfinity;  // an empty component never wins
      score[k] = possible ? kBitsPerNat * ((heights ? model.log_scales[k] : 0.0) - 0.5 * q) : -kInfinity;
    }
    return *std::max_element(score.begin(), score.end());
  };
  const double peak = largest_score(1.0, true);
  if (peak > -kInfinity) {
    for (std::int64_t k = 0; k < model.K; ++k) joint[k * stride] = static_cast<T>(score[k] - peak);
    return peak;
  }
  double unit = 0.0;
  for (std::int64_t d = 0; d < D; ++d) unit = std::fmax(unit, std::fabs(element<double>(rows, n, d)));
  const double nearest = largest_score(unit, false);
  for (std::int64_t k = 0; k < model.K; ++k) joint[k * stride] = score[k] == nearest ? T(0) : T(-kInfinity);
  return -kInfinity;
}

// joint (K, stride): in, log2 w_k N(x_n) less base; out, 2 to the power of it less the largest of its row, exactly 0 where
// the difference is not above the floor or is not a number. Columns are n rows, padded to whole vectors. Fills inverse (n,)
// so that joint times it are responsibilities, 0 in the padding, and density (n,) if it is not null. Returns the sum of
// log-densities, for which logarithms of totals, each between 1 and K, are taken of products of several.
template <class T>
double exponentiate(const Rows& rows, std::int64_t begin, std::int64_t n, const Model& model, double base, double floor,
                    T* joint, std::int64_t stride, T* inverse, double* density) {
  constexpr int L = kLanes<T>;
  const std::int64_t K = model.K;
  const int together = (K < 1024 ? 64 : 8) * W / L;  // 1024^64 is still a float64
  Vec peaks{}, product = splat(1.0), logarithms{};
  double settled = 0.0, far_peaks[L] = {};
  int multiplications = 0;
  for (std::int64_t b = 0; b < n; b += L) {
    Vector<T> peak = splat(T(-kInfinity));
    for (std::int64_t k = 0; k < K; ++k) peak = larger(load(joint + k * stride + b), peak);
    const BitsOf<T> far = ~(BitsOf<T>)(peak > kFar<T>);
    const unsigned far_lanes = lanes_of(far);
    if (far_lanes) {
      for (int i = 0; i < L && b + i < n; ++i)
        if (far_lanes >> i & 1) {
          far_peaks[i] = settle_far_row(rows, begin + b + i, model, joint + b + i, stride) - base;
          settled += far_peaks[i];
        }
      peak = far ? Vector<T>{} : peak;
    }
    Vector<T> total{};
    for (std::int64_t k = 0; k < K; ++k) {
      const Vector<T> e = power_of_two(load(joint + k * stride + b) - peak, static_cast<T>(floor));
      store(joint + k * stride + b, e);
      total += e;
    }
    Vector<T> share = T(1) / total;
    if (density) {
      if constexpr (std::is_same_v<T, double>) store(density + b, kLog2 * (base + peak) + log_positive(total));
      for (int i = 0; i < L && far_lanes; ++i)
        if (far_lanes >> i & 1) density[b + i] += kLog2 * far_peaks[i];
    }
    if (n - b < L) {
      const BitsOf<T> padding = lanes_from<T>(n - b);
      share = padding ? Vector<T>{} : share;
      total = padding ? splat(T(1)) : total;
      peak = padding ? Vector<T>{} : peak;
    }
    store(inverse + b, share);
    peaks += added(peak);
    product *= multiplied(total);
    if (++multiplications == together) {
      logarithms += log_positive(product);
      product = splat(1.0);
      multiplications = 0;
    }
  }
  const double bits = base * static_cast<double>(n) + settled + sum(peaks);
  return kLog2 * bits + sum(logarithms + log_positive(product));
}

// Responsibilities proper: joint (K, stride) times inverse (n,), in place.
inline void normalise(double* joint, std::int64_t stride, std::int64_t n, std::int64_t K, const double* inverse) {
  for (std::int64_t k = 0; k < K; ++k)
    for (std::int64_t b = 0; b < n; b += W)
      store(joint + k * stride + b, load(joint + k * stride + b) * load(inverse + b));
}

// Add the totals of a block: its weight, and its log-likelihood, which is given where no row has a weight of its own.
inline void add_totals(const double* weights, std::int64_t n, const double* density, double block_log_likelihood,
                       double& log_likelihood, double& weight) {
  if (!weights) {
    log_likelihood += block_log_likelihood;
    weight += static_cast<double>(n);
    return;
  }
  double block = 0.0, block_weight = 0.0;
  for (std::int64_t b = 0; b < n; ++b) {
    block_weight += weights[b];
    block += weights[b] * density[b];
  }
  log_likelihood += block;
  weight += block_weight;
}

inline bool all_finite(const double* numbers, std::int64_t n) {
  return std::all_of(numbers, numbers + n, [](double number) { return std::isfinite(number); });
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
