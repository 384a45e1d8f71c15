// When a sweep of float rows may compute in floats: what the error bound in lane_model.hpp takes for granted.
// src/mixtura/kernels/narrow.py says what it costs.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "problem.hpp"

namespace mixtura {

constexpr double kMostInflation = 0x1p13;  // variance inflation factor: by it a maximisation multiplies what sums have lost
constexpr std::int64_t kMostFeatures = 512;  // more make squared distances so large that floats lose digits of densities
constexpr double kMostHeights = 256.0;       // nats between the heights of two components: floats are about the highest
constexpr double kResolution = 0x1p-24;      // of floats: deviations below it, relative to a mean, have no digits left
constexpr double kLeastVariance = 1e-24, kMostVariance = 1e24;  // squares and roots, and what they multiply, are floats

// Whether the variance inflation factors, how much larger a variance (K or 1, D) is than what the other features leave of
// it, are all within the limit.
inline bool inflation_is_small(const Model& model, const double* variances, std::int64_t D) {
  const std::int64_t lines = model.dense ? (model.shared ? 1 : model.K) * D : 0;
  for (std::int64_t line = 0; line < lines; ++line) {
    const double* w = model.whiteners + line * D;
    double precision = 0.0;
    for (std::int64_t j = line % D; j < D; ++j) precision += w[j] * w[j];
    if (!(precision * variances[line] <= kMostInflation)) return false;  // nor where it is not a number
  }
  return true;
}

// Of rows of D features; `variances` are those of each covariance (K or 1, D).
inline bool suffices_in_floats(const Model& model, const double* variances, std::int64_t D) {
  if (D > kMostFeatures) return false;
  double lowest = std::numeric_limits<double>::infinity(), highest = -lowest;
  for (std::int64_t k = 0; k < model.K; ++k) {
    const double height = model.log_scales[k];
    if (height > -std::numeric_limits<double>::infinity())  // or the component is empty
      lowest = std::min(lowest, height), highest = std::max(highest, height);
    const double* variance = variances + (model.shared ? 0 : k * D);
    for (std::int64_t d = 0; d < D; ++d) {
      const double resolution = kResolution * model.means[k * D + d];
      if (!(variance[d] >= std::max(resolution * resolution, kLeastVariance) && variance[d] <= kMostVariance)) return false;
    }
  }
  return highest - lowest <= kMostHeights && inflation_is_small(model, variances, D);
}

}  // namespace mixtura
