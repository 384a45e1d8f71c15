// Few features (D up to 16): blocks are transposed, so that a vector holds one feature of several rows, and loops over
// features are unrolled at compile time.
#pragma once

#include <algorithm>

#include "buffer.hpp"
#include "few_totals.hpp"
#include "pace.hpp"
#include "reference.hpp"

namespace mixtura {
namespace MIXTURA_VARIANT {

constexpr int kFewFeatures = 16;

// Rows of a block: as many as keep rows and responsibilities in the first cache, or not far from it where there is more
// work on each number. Of floats no more than kFloatRun in a lane.
template <class T>
std::int64_t few_block(std::int64_t D, std::int64_t K) {
  const std::int64_t numbers = (D <= 4 ? 12000 : 32000) / sizeof(T);
  const std::int64_t most = std::is_same_v<T, float> ? kFloatRun * kLanes<T> : kFewBlock;
  return std::clamp<std::int64_t>(numbers / (D + K) / 32 * 32, 64, most);
}

template <int D, class T = double>
class FewFeatures {
 public:
  // False where sums left the range of floats: nothing was added then.
  static bool sweep(const Rows& rows, const Model& model, const Sums& sums) {
    const std::int64_t B = few_block<T>(D, model.K);
    Block block(rows, model, B);
    FewTotals<D, T> totals(rows, sums, model.K, B);
    if (!totals.leaves_out()) block.reference = Reference<T>(model, block.lane);
    Pace pace(rows);
    double log_likelihood = 0.0, weight = 0.0;
    for (std::int64_t begin = 0; begin < rows.n; begin += B) {
      const std::int64_t n = std::min(B, rows.n - begin);
      const double* weights = rows.weights ? rows.weights + begin : nullptr;
      T* share = block.inverse.get();
      const double total = block.expect(begin, n, kNegligible, weights != nullptr);
      add_totals(weights, n, block.density.get(), total, log_likelihood, weight);
      if (weights)
        for (std::int64_t b = 0; b < n; ++b) share[b] *= weights[b];
      totals.take(begin, n, block.x.get(), block.joint.get(), share);
      pace.worked(n * model.K * D * D);
    }
    totals.flush_gathered();
    if (LaneModel<T>::kNarrow && !totals.finite()) return false;
    totals.finish();
    *sums.log_likelihood += log_likelihood;
    *sums.weight += weight;
    return true;
  }

  static void gather(const Rows& rows, const std::int64_t* labels, std::int64_t K, const Sums& sums) {
    const std::int64_t B = few_block<T>(D, K);
    const Model nothing{K, nullptr, nullptr, nullptr, false, false};
    Block block(rows, nothing, B);
    FewTotals<D, T> totals(rows, sums, K, B);
    Pace pace(rows);
    for (std::int64_t begin = 0; begin < rows.n; begin += B) {
      const std::int64_t n = std::min(B, rows.n - begin);
      block.fill_columns(begin, n);
      for (std::int64_t k = 0; k < K; ++k)
        for (std::int64_t b = 0; b < n; ++b) block.joint[k * B + b] = labels[begin + b] == k ? 1.0 : 0.0;
      for (std::int64_t b = 0; b < round_up(n, L); ++b)
        block.inverse[b] = b >= n ? 0.0 : rows.weights ? rows.weights[begin + b] : 1.0;
      double weight = rows.weights ? 0.0 : static_cast<double>(n);
      for (std::int64_t b = 0; rows.weights && b < n; ++b) weight += rows.weights[begin + b];
      *sums.weight += weight;
      totals.take(begin, n, block.x.get(), block.joint.get(), block.inverse.get());
      pace.worked(n * (K + D * D));
    }
    totals.flush_gathered();
    totals.finish();
  }

  static void assign(const Rows& rows, const Model& model, const Assignment& out) {
    const std::int64_t K = model.K, B = few_block<T>(D, K);
    Block block(rows, model, B);
    Pace pace(rows);
    for (std::int64_t begin = 0; begin < rows.n; begin += B) {
      const std::int64_t n = std::min(B, rows.n - begin);
      block.expect(begin, n, kNegligible, true);
      normalise(block.joint.get(), B, n, K, block.inverse.get());
      choose(block.joint.get(), B, n, K, block.density.get(), begin, out);
      pace.worked(n * K * D * D);
    }
  }

  static void responsibilities(const Rows& rows, const Model& model, double* out) {
    const std::int64_t K = model.K, B = few_block<T>(D, K);
    Block block(rows, model, B);
    Pace pace(rows);
    for (std::int64_t begin = 0; begin < rows.n; begin += B) {
      const std::int64_t n = std::min(B, rows.n - begin);
      block.expect(begin, n, kLeast, true);
      normalise(block.joint.get(), B, n, K, block.inverse.get());
      copy_rows(block.joint.get(), B, n, K, out + begin * K);
      pace.worked(n * K * D * D);
    }
  }

 private:
  static constexpr int L = kLanes<T>;

  // Up to B rows in columns, and what the mixture says of them.
  struct Block {
    Block(const Rows& rows, const Model& model, std::int64_t B)
        : rows(rows), model(model), lane(model, D, D), B(B), x(D * B), joint(model.K * B), inverse(B), density(B) {}

    void fill_columns(std::int64_t begin, std::int64_t n) {
      with_type<T>(rows, [&](auto data) { copy_columns<D>(data + begin * rows.row_stride, rows, n, B, x.get()); });
#pragma GCC unroll 16
      for (int d = 0; d < D; ++d)
        for (std::int64_t b = n; b < round_up(n, L); ++b) x[d * B + b] = x[d * B];
    }

    // Fill joint and inverse, and density if it is wanted. Returns the sum of log-densities.
    double expect(std::int64_t begin, std::int64_t n, double floor, bool densities) {
      fill_columns(begin, n);
      const std::int64_t padded = round_up(n, L);
      for (std::int64_t k = 0; k < model.K; ++k) {
        const Ahead ahead(rows, begin, n, L, k, model.K);
        if (model.dense)
          dense(x.get(), B, padded, lane, k, ahead, joint.get() + k * B);
        else
          diagonal(x.get(), B, padded, lane, k, ahead, joint.get() + k * B);
      }
      if (densities || !reference.serves(n)) return about_peaks(begin, 0, n, floor, densities);
      return reference.exponentiate(model.K, n, lane.base, joint.get(), B, inverse.get(), [&](auto b, auto m) {
        return about_peaks(begin, b, m, floor, false);
      });
    }

    // Out of line, so that the loop that seldom calls it keeps the registers.
    __attribute__((noinline)) double about_peaks(std::int64_t begin, std::int64_t b, std::int64_t n, double floor,
                                                 bool densities) {
      return exponentiate(rows, begin + b, n, model, lane.base, floor, joint.get() + b, B, inverse.get() + b,
                          densities ? density.get() + b : nullptr);
    }

    const Rows& rows;
    const Model& model;
    const LaneModel<T> lane;
    std::int64_t B;
    BufferOf<T> x, joint, inverse;
    Buffer density;
    Reference<T> reference;
  };

  static void dense(const T* x, std::int64_t B, std::int64_t n, const LaneModel<T>& model, std::int64_t k,
                    Ahead ahead, T* __restrict joint) {
    const T* m = model.mean(k);
    const T* w = model.whitener(k);
    const Vector<T> height = splat(model.height(k));
    Vector<T> start[D];
#pragma GCC unroll 16
    for (int d = 0; d < D; ++d) start[d] = model.start(k, d);
    for (std::int64_t b = 0; b < n; b += L) {
      if (D > 5 && W == 8) asm("" : "+r"(w));  // or w is first copied out to a vector for each number, which fill a cache
      Vector<T> z[D], log_density = height;
#pragma GCC unroll 16
      for (int d = 0; d < D; ++d) z[d] = load(x + d * B + b) - m[d];
#pragma GCC unroll 16
      for (int j = 0; j < D; ++j) {
        Vector<T> y = z[0] * w[j] + start[j];
#pragma GCC unroll 16
        for (int i = 1; i <= j; ++i) y += z[i] * w[i * D + j];
        log_density -= y * y;
      }
      store(joint + b, log_density);
      ahead.ask();
    }
  }

  static void diagonal(const T* x, std::int64_t B, std::int64_t n, const LaneModel<T>& model, std::int64_t k,
                       Ahead ahead, T* __restrict joint) {
    const T* m = model.mean(k);
    const T* w = model.whitener(k);
    const Vector<T> height = splat(model.height(k));
    Vector<T> start[D];
#pragma GCC unroll 16
    for (int d = 0; d < D; ++d) start[d] = model.start(k, d);
    for (std::int64_t b = 0; b < n; b += L) {
      Vector<T> log_density = height;
#pragma GCC unroll 16
      for (int d = 0; d < D; ++d) {
        const Vector<T> y = (load(x + d * B + b) - m[d]) * w[d] + start[d];
        log_density -= y * y;
      }
      store(joint + b, log_density);
      ahead.ask();
    }
  }
};

// Call with the kernel of so many features.
template <class T, int D = 1, class Action>
void dispatch(std::int64_t features, const Action& action) {
  if constexpr (D <= kFewFeatures) {
    if (features == D)
      action(FewFeatures<D, T>{});
    else
      dispatch<T, D + 1>(features, action);
  }
}

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
