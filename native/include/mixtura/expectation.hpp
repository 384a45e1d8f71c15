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
  if (rows.column_stride == 1 && rows.single && std::is_same_v<T, double>) {
    const float* row = static_cast<const float*>(rows.data) + n * rows.row_stride;
    for (std::int64_t d = 0; d < rows.D; ++d) out[d] = row[d];
    return;
  }
  if (rows.column_stride != 1 || rows.single != std::is_same_v<T, float>) {
    for (std::int64_t d = 0; d < rows.D; ++d) out[d] = element<T>(rows, n, d);
    return;
  }
  const T* row = static_cast<const T*>(rows.data) + n * rows.row_stride;
  std::int64_t d = 0;
  for (; d + kLanes<T> <= rows.D; d += kLanes<T>) store(out + d, load(row + d));
  for (; d < rows.D; ++d) out[d] = row[d];
}

// Settle row n by itself, in doubles: fill joint (K, stride) with log2 w_k N(x_n) less the largest, which is returned.
// A row so far away that every squared distance overflows belongs to whoever is nearest in smaller units.
template <class T>
double settle_far_row(const Rows& rows, std::int64_t n, const Model& model, T* joint, std::int64_t stride) {
  const std::int64_t D = rows.D;
  std::vector<double> z(D), score(model.K);
  const auto largest_score = [&](double unit, double scale, bool heights) {
    for (std::int64_t k = 0; k < model.K; ++k) {
      for (std::int64_t d = 0; d < D; ++d)
        z[d] = (element<double>(rows, n, d) / unit - model.means[k * D + d] / unit) / scale;
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
  const double peak = largest_score(1.0, 1.0, true);
  if (peak > -kInfinity) {
    for (std::int64_t k = 0; k < model.K; ++k) joint[k * stride] = static_cast<T>(score[k] - peak);
    return peak;
  }
  // In these units neither the row, nor a mean, nor a whitener has a number above 1.
  double unit = 0.0, scale = 0.0;
  for (std::int64_t d = 0; d < D; ++d) unit = std::fmax(unit, std::fabs(element<double>(rows, n, d)));
  for (std::int64_t i = 0; i < model.K * D; ++i) unit = std::fmax(unit, std::fabs(model.means[i]));
  const std::int64_t lines = model.dense ? (model.shared ? 1 : model.K) * D : model.K;
  for (std::int64_t i = 0; i < lines * D; ++i) scale = std::fmax(scale, std::fabs(model.whiteners[i]));
  const double nearest = largest_score(unit, scale, false);
  for (std::int64_t k = 0; k < model.K; ++k) joint[k * stride] = score[k] == nearest ? T(0) : T(-kInfinity);
  return -kInfinity;
}

// joint (K, stride): in, log2 w_k N(x_n) less base; out, 2 to the power of it less the largest of its row, exactly 0
// where the difference is not above the floor or is not a number. Columns are n rows, padded to whole vectors. Fills
// inverse (n,) so that joint times it are responsibilities, 0 in the padding, and density (n,) if it is not null. Returns
// the sum of log-densities, for which logarithms of totals, each between 1 and K, are taken of products of several.
template <class T>
double exponentiate(const Rows& rows, std::int64_t begin, std::int64_t n, const Model& model, double base, double floor,
                    T* joint, std::int64_t stride, T* inverse, double* density) {
  constexpr int L = kLanes<T>, R = 2;  // vectors of rows that are worked on together, so that neither waits for itself
  const std::int64_t K = model.K;
  const int together = static_cast<int>((std::is_same_v<T, float> ? 60 : 500) / std::log2(K + 1.0));  // R of them fit
  Vector<T> peaks{}, product = splat(T(1));
  Vec logarithms{};
  double settled = 0.0;
  int multiplications = 0;
  for (std::int64_t b = 0; b < n; b += R * L) {
    double far_peaks[R * L];
    Vector<T> peak[R], total[R] = {};
    for (int r = 0; r < R; ++r) peak[r] = splat(T(-kInfinity));
    for (std::int64_t k = 0; k < K; ++k)
      for (int r = 0; r < R; ++r) peak[r] = larger(load(joint + k * stride + b + r * L), peak[r]);
    BitsOf<T> far[R];
    unsigned any_far = 0;
    for (int r = 0; r < R; ++r) {
      far[r] = ~(BitsOf<T>)(peak[r] > kFar<T>);
      any_far |= lanes_of(far[r]) << r * L;
    }
    if (any_far) {
      std::fill_n(far_peaks, R * L, 0.0);
      for (int r = 0; r < R; ++r) peak[r] = far[r] ? Vector<T>{} : peak[r];
      for (int i = 0; i < R * L && b + i < n; ++i)
        if (any_far >> i & 1) {
          far_peaks[i] = settle_far_row(rows, begin + b + i, model, joint + b + i, stride) - base;
          settled += far_peaks[i];
        }
    }
    for (std::int64_t k = 0; k < K; ++k)
      for (int r = 0; r < R; ++r) {
        T* at = joint + k * stride + b + r * L;
        const Vector<T> e = power_of_two(load(at) - peak[r], static_cast<T>(floor));
        store(at, e);
        total[r] += e;
      }
    for (int r = 0; r < R; ++r) {
      const std::int64_t left = n - b - r * L;
      if (left < L) {
        const BitsOf<T> padding = lanes_from<T>(left);
        total[r] = padding ? splat(T(kInfinity)) : total[r];
      }
      store(inverse + b + r * L, T(1) / total[r]);
      if (density) {
        if constexpr (std::is_same_v<T, double>)
          store(density + b + r * L, kLog2 * (base + peak[r]) + log_positive(total[r]));
      }
      if (left < L) {
        const BitsOf<T> padding = lanes_from<T>(left);
        total[r] = padding ? splat(T(1)) : total[r];
        peak[r] = padding ? Vector<T>{} : peak[r];
      }
      peaks += peak[r];
      product *= total[r];
    }
    for (int i = 0; i < R * L && density && any_far; ++i) density[b + i] += kLog2 * far_peaks[i];
    if (++multiplications >= together) {
      logarithms += added_logarithms(product);
      product = splat(T(1));
      multiplications = 0;
    }
  }
  const double bits = base * static_cast<double>(n) + settled + sum(added(peaks));
  return kLog2 * bits + sum(logarithms + added_logarithms(product));
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
  std::int64_t* labels = out.labels + begin;
  double* most = out.confidences + begin;
  std::copy(density, density + n, out.densities + begin);
  std::copy(joint, joint + n, most);
  std::fill(labels, labels + n, 0);
  for (std::int64_t k = 1; k < K; ++k) {
    const double* row = joint + k * stride;
#pragma GCC ivdep
    for (std::int64_t b = 0; b < n; ++b) {  // without a branch, so that it is done in vectors
      const bool more = row[b] > most[b];
      labels[b] = more ? k : labels[b];
      most[b] = more ? row[b] : most[b];
    }
  }
}

// Responsibilities (K, stride) of n rows to out (n, K).
inline void copy_rows(const double* joint, std::int64_t stride, std::int64_t n, std::int64_t K, double* out) {
  for (std::int64_t b = 0; b < n; ++b)
    for (std::int64_t k = 0; k < K; ++k) out[b * K + k] = joint[k * stride + b];
}

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
