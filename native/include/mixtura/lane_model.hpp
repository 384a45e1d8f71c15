// A mixture in the numbers that a kernel's vectors hold, doubles or floats, and in bits:
//
//   log2 w_k N(x) = base + heights_k - |(x - means_k) whiteners_k - offsets_k|²
//
// with whiteners times sqrt(log2(e) / 2). Heights are about the largest, so that rounding does not depend on units.
//
// Floats: means_k is the nearest float to each mean, so that x - means_k is rounded once and relative to itself,
// wherever the data lie. What the nearest float misses goes through the whitener in doubles, into the offsets, and in the
// sums of few features into a shift of their centres, which FewTotals undoes in doubles.
//
// Error bound. With u = 2^-24, V the largest variance inflation factor of a component and q a squared distance, a whitened
// row has an error of about u sqrt(V q), log2 w_k N(x) one of u (2 sqrt(V) q + |heights_k|): near u sqrt(V) 2 D for rows
// that the mixture describes, at most 2^-13 sqrt(V), as rows 1024 bits below the largest height are settled in doubles.
// Sums lose n u of their absolute terms, n being the rows of a run in one lane, and inverting a covariance multiplies that
// by V; where rows repeat it does not average out. So few features have runs of kFloatRun, 16 rows, in each of two lanes
// that are then added, one rounding more; and many features sum doubles.
//
// Whoever calls asks for floats (Model::narrow) only where V is at most 2^13; narrow.py says what is then lost. Sums that
// leave the range of floats are given up, and the sweep is made again in doubles.
#pragma once

#include <algorithm>
#include <type_traits>

#include "buffer.hpp"
#include "problem.hpp"
#include "vector.hpp"

namespace mixtura {
namespace MIXTURA_VARIANT {

// A responsibility below 2^-53 of its row's largest adds nothing to a float64 sum over that row; the logarithm of that.
constexpr double kNegligible = -53.0;
// Below this, powers of two leave the normal float64 numbers.
constexpr double kLeast = -1022.0;
// A row whose best component lies below this is settled by itself; in floats so are rows that would lose digits.
template <class T>
constexpr T kFar = std::is_same_v<T, float> ? T(-1024) : T(-kInfinity);

// Rows with weights of their own, of any size, are left to doubles.
inline bool computes_in_floats(const Rows& rows, const Model& model) {
  return rows.single && model.narrow && !rows.weights;
}

template <class T>
class LaneModel {
 public:
  // Lines of D features are padded to P with zeros.
  LaneModel(const Model& model, std::int64_t D, std::int64_t P)
      : K(model.K), D(D), P(P), dense(model.dense), shared(model.shared), means_(K * P),
        whiteners_((dense ? (shared ? 1 : K) * D : K) * P), starts_(kNarrow ? K * P : 0), heights_(K) {
    if (!model.means) return;  // nothing will be evaluated
    const double scale = std::sqrt(0.5 * kBitsPerNat);
    const std::int64_t lines = dense ? (shared ? 1 : K) * D : K;
    for (std::int64_t i = 0; i < lines; ++i)
      for (std::int64_t d = 0; d < D; ++d) whiteners_[i * P + d] = static_cast<T>(scale * model.whiteners[i * D + d]);
    for (std::int64_t k = 0; k < K; ++k)
      for (std::int64_t d = 0; d < D; ++d) means_[k * P + d] = static_cast<T>(model.means[k * D + d]);
    if constexpr (kNarrow) {
      base = std::fmax(*std::max_element(model.log_scales, model.log_scales + K), -1e300);
      for (std::int64_t k = 0; k < K; ++k)
        for (std::int64_t j = 0; j < D; ++j) {
          const double* w = model.whiteners + (dense ? (shared ? 0 : k * D * D) + j : k * D + j);
          double offset = 0.0;
          for (std::int64_t i = dense ? 0 : j; i <= j; ++i)
            offset += (model.means[k * D + i] - means_[k * P + i]) * w[dense ? i * D : 0];
          starts_[k * P + j] = static_cast<T>(-scale * offset);
        }
    }
    for (std::int64_t k = 0; k < K; ++k) heights_[k] = static_cast<T>(kBitsPerNat * (model.log_scales[k] - base));
    base *= kBitsPerNat;
  }

  const T* mean(std::int64_t k) const { return means_.get() + k * P; }
  const T* whitener(std::int64_t k) const { return whiteners_.get() + (shared ? 0 : dense ? k * D * P : k * P); }
  // What a sum for whitened feature j of component k starts from, the offset's negative.
  MIXTURA_INLINE Vector<T> start(std::int64_t k, std::int64_t j) const {
    if constexpr (kNarrow)
      return splat(starts_[k * P + j]);
    else
      return Vector<T>{};
  }
  MIXTURA_INLINE Vector<T> starts(std::int64_t k, std::int64_t j) const {  // of features j to j + L
    if constexpr (kNarrow)
      return load(starts_.get() + k * P + j);
    else
      return Vector<T>{};
  }
  T height(std::int64_t k) const { return heights_[k]; }

  static constexpr bool kNarrow = std::is_same_v<T, float>;
  const std::int64_t K, D, P;
  const bool dense, shared;
  double base = 0.0;

 private:
  BufferOf<T> means_, whiteners_, starts_, heights_;
};

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
