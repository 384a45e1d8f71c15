// Sums of few features (D up to 16): the maximisation's half of a sweep, with rows in the lanes of vectors.
#pragma once

#include <algorithm>
#include <vector>

#include "buffer.hpp"
#include "columns.hpp"
#include "expectation.hpp"

namespace mixtura {
namespace MIXTURA_VARIANT {

constexpr std::int64_t kFewBlock = 512;
// Most floats that a lane adds before the sum goes to doubles; lane_model.hpp says what they lose.
constexpr std::int64_t kFloatRun = 16;

// Takes blocks of up to B rows and adds their sums to running vectors of doubles, whose lanes are added at the end. The
// sums are about centres in the lanes' numbers; what those miss of the true centres is a shift that the end undoes.
template <int D, class T>
class FewTotals {
 public:
  FewTotals(const Rows& rows, const Sums& sums, std::int64_t K, std::int64_t B)
      : rows(rows), sums(sums), K(K), B(B), products(sums.need == Need::full || sums.need == Need::pooled),
        gathers(products && D > 4), centres(K * D), listed(gathers ? D * B : 0), weights(B), totals(K * kTotals * W),
        gathered(gathers ? K : 0, B) {
    for (std::int64_t i = 0; i < K * D; ++i) centres[i] = static_cast<T>(sums.centres[i]);
  }

  // Whether pairs that add nothing are left out.
  bool leaves_out() const { return gathers; }

  // Add rows x (D, B), with responsibilities e (K, B) times share (B,).
  void take(std::int64_t begin, std::int64_t n, const T* x, const T* e, const T* share) {
    for (std::int64_t k = 0; k < K; ++k, e += B) {
      const T* c = centres.get() + k * D;
      double* into = totals.get() + k * kTotals * W;
      if (!products) {
        add_squares(x, B, e, share, n, c, into);
      } else if constexpr (D <= 4) {
        add_products(x, B, e, share, n, c, into);
      } else if (2 * count_positive(e, n) < n) {
        gathered.add(k, begin, e, share, n);
        if (gathered.size[k] > B) flush(k);
      } else {
        for (std::int64_t b = 0; b < n; b += L) store(weights.get() + b, load(e + b) * load(share + b));
        add_tiles(x, B, weights.get(), n, c, into);
      }
    }
  }

  void flush_gathered() {
    for (std::int64_t k = 0; gathers && k < K; ++k) flush(k);
  }

  bool finite() const { return all_finite(totals.get(), K * kTotals * W); }

  void finish() {
    for (std::int64_t k = 0; k < K; ++k) put(totals.get() + k * kTotals * W, k);
  }

 private:
  static constexpr int L = kLanes<T>;
  using V = Vector<T>;

  // Running vectors of one component: its count, D first moments, and D squares or D x D products.
  static constexpr int kTotals = 1 + D + D * D;

  // Rows of blocks in which few count, for each component: only those that do, until they fill a block of their own.
  struct Gathered {
    using Index = decltype(BitsOf<T>{}[0] + 0);

    Gathered(std::int64_t K, std::int64_t B) : stride(2 * B + L), index(K * stride), share(K * stride), size(K) {}

    void add(std::int64_t k, std::int64_t begin, const T* e, const T* inverse, std::int64_t n) {
      Index* at = index.data() + k * stride;
      T* shares = share.get() + k * stride;
      std::int64_t m = size[k];
      BitsOf<T> row = lane_numbers<T>() + static_cast<Index>(begin);
      for (std::int64_t b = 0; b < n; b += L, row += L) {
        unsigned lanes = lanes_of(load(e + b) > T(0));
        if (n - b < L) lanes &= (1u << (n - b)) - 1;  // without the padding
        pack(at + m, row, lanes);
        pack(shares + m, load(e + b) * load(inverse + b), lanes);
        m += __builtin_popcount(lanes);
      }
      size[k] = m;
    }

    std::int64_t stride;
    std::vector<Index> index;
    BufferOf<T> share;
    std::vector<std::int64_t> size;
  };

  // Add the gathered rows of component k, B at a time.
  void flush(std::int64_t k) {
    const std::int64_t stride = gathered.stride, m = gathered.size[k];
    const auto* index = gathered.index.data() + k * stride;
    T* share = gathered.share.get() + k * stride;
    for (std::int64_t b = m; b < round_up(m, L); ++b) share[b] = T(0);
    for (std::int64_t begin = 0; begin < m; begin += B) {
      const std::int64_t n = std::min(B, m - begin);
      with_type<T>(rows, [&](auto data) { copy_listed<D>(data, rows, index + begin, n, B, listed.get()); });
      add_tiles(listed.get(), B, share + begin, n, centres.get() + k * D, totals.get() + k * kTotals * W);
    }
    gathered.size[k] = 0;
  }

  static void add(double* into, int slot, V amount) { store(into + slot * W, load(into + slot * W) + paired(amount)); }

  static void add_squares(const T* x, std::int64_t B, const T* e, const T* inverse, std::int64_t n, const T* c,
                          double* into) {
    V count{}, first[D] = {}, second[D] = {};
    for (std::int64_t b = 0; b < n; b += L) {
      const V share = load(e + b) * load(inverse + b);
      count += share;
#pragma GCC unroll 16
      for (int d = 0; d < D; ++d) {
        const V z = load(x + d * B + b) - c[d];
        const V weighted = share * z;
        first[d] += weighted;
        second[d] += weighted * z;
      }
    }
    add(into, 0, count);
#pragma GCC unroll 16
    for (int d = 0; d < D; ++d) add(into, 1 + d, first[d]), add(into, 1 + D + d, second[d]);
  }

  static void add_products(const T* x, std::int64_t B, const T* e, const T* inverse, std::int64_t n, const T* c,
                           double* into) {
    V count{}, first[D] = {}, square[D][D] = {};
    for (std::int64_t b = 0; b < n; b += L) {
      const V share = load(e + b) * load(inverse + b);
      V centred[D];
      count += share;
#pragma GCC unroll 16
      for (int d = 0; d < D; ++d) centred[d] = load(x + d * B + b) - c[d];
#pragma GCC unroll 16
      for (int i = 0; i < D; ++i) {
        const V weighted = share * centred[i];
        first[i] += weighted;
#pragma GCC unroll 16
        for (int j = 0; j <= i; ++j) square[i][j] += weighted * centred[j];
      }
    }
    add(into, 0, count);
#pragma GCC unroll 16
    for (int i = 0; i < D; ++i) {
      add(into, 1 + i, first[i]);
#pragma GCC unroll 16
      for (int j = 0; j <= i; ++j) add(into, 1 + D + i * D + j, square[i][j]);
    }
  }

  static std::int64_t count_positive(const T* e, std::int64_t n) {
    std::int64_t m = 0;
    for (std::int64_t b = 0; b < n; b += L) m += __builtin_popcount(lanes_of(load(e + b) > T(0)));
    return m;  // at most a few too many, in the padding
  }

  // Count, first moments and products of rows x (D, B) about c, by tiles of features.
  static void add_tiles(const T* x, std::int64_t B, const T* weights, std::int64_t n, const T* c, double* into) {
    constexpr int S = D % 5 == 0 && W == 8 ? 5 : D % 4 != 0 && D % 3 == 0 ? 3 : 4;
    for (int i = 0; i < D; i += S) {
      for (int j = 0; j < i; j += S) tile<S, false>(x, B, weights, n, c, i, j, into);
      tile<S, true>(x, B, weights, n, c, i, i, into);
    }
  }

  // Tiles on the diagonal are triangles, and have the first moments too.
  template <int S, bool kDiagonal>
  static void tile(const T* x, std::int64_t B, const T* weights, std::int64_t n, const T* c, int i0, int j0,
                   double* into) {
    V count{}, first[S] = {}, square[S][S] = {};
    const auto feature = [](int d) { return std::min(d, D - 1); };  // past the last it is repeated, and the result dropped
    for (std::int64_t b = 0; b < n; b += L) {
      const V weight = load(weights + b);
      if (kDiagonal) count += weight;
      V column[S];
#pragma GCC unroll 16
      for (int t = 0; t < S; ++t) column[t] = load(x + feature(j0 + t) * B + b) - c[feature(j0 + t)];
#pragma GCC unroll 16
      for (int s = 0; s < S; ++s) {
        const V row = weight * (kDiagonal ? column[s] : load(x + feature(i0 + s) * B + b) - c[feature(i0 + s)]);
        if (kDiagonal) first[s] += row;
#pragma GCC unroll 16
        for (int t = 0; t < (kDiagonal ? s + 1 : S); ++t) square[s][t] += row * column[t];
      }
    }
    if (kDiagonal && i0 == 0) add(into, 0, count);
    for (int s = 0; s < S && i0 + s < D; ++s) {
      if (kDiagonal) add(into, 1 + i0 + s, first[s]);
      for (int t = 0; t < S && j0 + t <= i0 + s; ++t) add(into, 1 + D + (i0 + s) * D + j0 + t, square[s][t]);
    }
  }

  // Add the lanes of the running vectors of component k to the sums, about the true centre.
  void put(const double* totals, std::int64_t k) const {
    const auto total = [&](int slot) { return sum(load(totals + slot * W)); };
    const double count = total(0);
    double first[D], shift[D];
    sums.counts[k] += count;
    for (int d = 0; d < D; ++d) {
      first[d] = total(1 + d);
      shift[d] = sums.centres[k * D + d] - centres[k * D + d];
      sums.first[k * D + d] += first[d] - count * shift[d];
    }
    const auto moved = [&](int i, int j, double second) {
      return second - shift[i] * first[j] - shift[j] * first[i] + count * shift[i] * shift[j];
    };
    if (!products) {
      for (int d = 0; d < D; ++d)
        sums.second[sums.need == Need::trace ? k : k * D + d] += moved(d, d, total(1 + D + d));
      return;
    }
    double* second = sums.second + (sums.need == Need::full ? k * D * D : 0);
    for (int i = 0; i < D; ++i)
      for (int j = 0; j <= i; ++j) {
        const double amount = moved(i, j, total(1 + D + i * D + j));
        second[i * D + j] += amount;
        if (i != j) second[j * D + i] += amount;
      }
  }

  const Rows& rows;
  const Sums& sums;
  std::int64_t K, B;
  bool products, gathers;
  BufferOf<T> centres, listed, weights;
  Buffer totals;
  Gathered gathered;
};

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
