// One component as the reference of all rows: 2 to the power of log2 w_k N(x) less that of the reference. No largest is
// looked for, row by row, and of K powers of two one need not be taken.
//
// It serves rows near it: those whose density under it lies at most kNear bits below the largest height, so that no power
// leaves the range of numbers, and subtracting it loses no more than kNear roundings. Other rows, and those beside them,
// are settled about the largest of each; where those are many, or look so from the means, all are.
#pragma once

#include <algorithm>

#include "lane_model.hpp"

namespace mixtura {
namespace MIXTURA_VARIANT {

template <class T>
class Reference {
 public:
  // Of floats 32: as many roundings as a sum of kFloatRun rows has.
  static constexpr double kNear = std::is_same_v<T, float> ? 32 : 128;

  // No reference: all rows are settled as usual.
  Reference() = default;

  // The component from which the farthest mean looks nearest.
  Reference(const Model& model, const LaneModel<T>& lane) {
    double top = -kInfinity, least_farthest = kNear / 2;  // rows lie around means
    for (std::int64_t k = 0; k < model.K; ++k) top = std::fmax(top, lane.height(k));
    for (std::int64_t k = 0; k < model.K; ++k) {
      double farthest = 0.0;
      for (std::int64_t i = 0; i < model.K; ++i)
        if (lane.height(i) > -kInfinity) farthest = std::fmax(farthest, distance(model, lane.D, k, i));
      farthest += top - lane.height(k);
      if (farthest < least_farthest) component = k, least_farthest = farthest;
    }
    least_ = static_cast<T>(top - kNear);
  }

  // Whether it is to serve a block of n rows. Where many of those before were far, seldom: to see whether they still are.
  bool serves(std::int64_t n) {
    seen_ += n / (R * L);
    return component >= 0 && 16 * far_ <= seen_;
  }

  // joint (K, stride): in, log2 w_k N(x_n) less base; out, 2 to the power of it less that of the reference. Fills inverse
  // (n,) so that joint times it are responsibilities. Rows that are not near, with those beside them, and the rest of a
  // block that has many, are left to settle(b, m), which does m rows from b on as usual and returns their sum of
  // log-densities. Returns that of all.
  template <class Settle>
  double exponentiate(std::int64_t K, std::int64_t n, double base, T* joint, std::int64_t stride, T* inverse,
                      const Settle& settle) {
    Vector<T> exponents{}, product = splat(T(1));
    Vec logarithms{};
    double settled = 0.0;
    std::int64_t near = 0, far = 0, rows = 0;
    for (std::int64_t b = 0; b < n; b += rows) {
      Vector<T> own[R], total[R];
      BitsOf<T> away{};
      for (int r = 0; r < R; ++r) {
        own[r] = load(joint + component * stride + b + r * L);
        total[r] = splat(T(1));
        away |= ~(BitsOf<T>)(own[r] > least_);
      }
      rows = R * L;
      if (n - b < rows || lanes_of(away)) {
        rows = 4 * ++far > n / rows ? n - b : std::min<std::int64_t>(rows, n - b);
        settled += settle(b, rows);
        continue;
      }
      for (std::int64_t other = 0; other + 1 < K; ++other) {
        T* at = joint + (other + (other >= component)) * stride + b;
        for (int r = 0; r < R; ++r) {
          const Vector<T> e = power_of_two(load(at + r * L) - own[r]);
          store(at + r * L, e);
          total[r] += e;
        }
      }
      near += rows;
      for (int r = 0; r < R; ++r) {
        exponents += own[r];
        product *= total[r];
        store(joint + component * stride + b + r * L, splat(T(1)));
        store(inverse + b + r * L, T(1) / total[r]);
      }
      if (lanes_of(product > kHigh)) {
        logarithms += added_logarithms(product);
        product = splat(T(1));
      }
    }
    far_ += far;
    const double bits = base * static_cast<double>(near) + sum(added(exponents));
    return kLog2 * bits + sum(logarithms + added_logarithms(product)) + settled;
  }

  std::int64_t component = -1;

 private:
  // Vectors that are worked on together, so that none waits for itself.
  static constexpr int L = kLanes<T>, R = std::is_same_v<T, float> ? 2 : 4;
  static constexpr T kHigh = std::is_same_v<T, float> ? T(0x1p60) : T(0x1p500);  // one factor more is still a number

  // Squared distance of mean i from component k, in bits.
  static double distance(const Model& model, std::int64_t D, std::int64_t k, std::int64_t i) {
    double q = 0.0;
    for (std::int64_t j = 0; j < D; ++j) {
      const double* w = model.whiteners + (model.dense ? (model.shared ? 0 : k * D * D) + j : k * D + j);
      double y = 0.0;
      for (std::int64_t d = model.dense ? 0 : j; d <= j; ++d)
        y += (model.means[i * D + d] - model.means[k * D + d]) * w[model.dense ? d * D : 0];
      q += y * y;
    }
    return 0.5 * kBitsPerNat * q;
  }

  T least_ = 0;
  std::int64_t seen_ = 0, far_ = 0;  // groups of R vectors
};

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
