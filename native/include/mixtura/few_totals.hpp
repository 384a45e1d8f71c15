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

// Takes blocks of up to B rows and keeps running vectors, whose lanes are added at the end.
template <int D>
class FewTotals {
 public:
  FewTotals(const Rows& rows, const Sums& sums, std::int64_t K, std::int64_t B)
      : rows(rows), sums(sums), K(K), B(B), products(sums.need == Need::full || sums.need == Need::pooled),
        gathers(products && D > 4), z(D * (2 * B + W)), rz(D * (2 * B + W)), totals(K * kTotals * W),
        gathered(gathers ? K : 0, B) {}

  // Add rows x (D, B), with responsibilities e (K, B) times share (B,).
  void take(std::int64_t begin, std::int64_t n, const double* x, const double* e, const double* share) {
    for (std::int64_t k = 0; k < K; ++k, e += B) {
      const double* c = sums.centres + k * D;
      double* into = totals.get() + k * kTotals * W;
      if (!products) {
        add_squares(x, B, e, share, n, c, into);
      } else if constexpr (D <= 4) {
        add_products(x, B, e, share, n, c, into);
      } else if (2 * count_positive(e, n) < n) {
        gathered.add(k, begin, e, share, n);
        if (gathered.size[k] > B) flush(rows, gathered, k, c, z.get(), rz.get(), into);
      } else {
        weigh(x, B, e, share, n, c, z.get(), rz.get(), into);
        add_tiles(z.get(), rz.get(), B, n, into);
      }
    }
  }

  void finish() {
    for (std::int64_t k = 0; k < K; ++k) {
      double* into = totals.get() + k * kTotals * W;
      if (gathers) flush(rows, gathered, k, sums.centres + k * D, z.get(), rz.get(), into);
      put(into, k);
    }
  }

 private:
  // Running vectors of one component: its count, D first moments, and D squares or D x D products.
  static constexpr int kTotals = 1 + D + D * D;

  // Rows of blocks in which few count, for each component: only those that do, until they fill a block of their own.
  struct Gathered {
    Gathered(std::int64_t K, std::int64_t B) : stride(2 * B + W), index(K * stride), share(K * stride), size(K) {}

    void add(std::int64_t k, std::int64_t begin, const double* e, const double* inverse, std::int64_t n) {
      std::int64_t* at = index.data() + k * stride;
      double* shares = share.get() + k * stride;
      std::int64_t m = size[k];
      for (std::int64_t b = 0; b < n; b += W)
        for (unsigned lanes = lanes_of((Bits)(load(e + b) > 0.0)); lanes; lanes &= lanes - 1) {
          const std::int64_t chosen = b + __builtin_ctz(lanes);
          if (chosen >= n) break;  // padding
          at[m] = begin + chosen;
          shares[m++] = e[chosen] * inverse[chosen];
        }
      size[k] = m;
    }

    std::int64_t stride;
    std::vector<std::int64_t> index;
    Buffer share;
    std::vector<std::int64_t> size;
  };

  // Add the gathered rows of component k: to columns z (D, stride), centred, and those times their responsibility to rz.
  static void flush(const Rows& rows, Gathered& gathered, std::int64_t k, const double* c, double* z, double* rz,
                    double* into) {
    const std::int64_t stride = gathered.stride, m = gathered.size[k], *index = gathered.index.data() + k * stride;
    double* share = gathered.share.get() + k * stride;
    if (rows.single)
      copy_listed<D>(static_cast<const float*>(rows.data), rows, index, m, stride, z);
    else
      copy_listed<D>(static_cast<const double*>(rows.data), rows, index, m, stride, z);
    for (std::int64_t b = m; b < round_up(m, W); ++b) share[b] = 0.0;
    Vec count{};
    for (std::int64_t b = 0; b < m; b += W) {
      const Vec weight = load(share + b);
      count += weight;
#pragma GCC unroll 16
      for (int d = 0; d < D; ++d) {
        const Vec centred = load(z + d * stride + b) - c[d];
        store(z + d * stride + b, centred);
        store(rz + d * stride + b, weight * centred);
      }
    }
    add(into, 0, count);
    add_tiles(z, rz, stride, m, into);
    gathered.size[k] = 0;
  }

  static void add(double* into, int slot, Vec amount) { store(into + slot * W, load(into + slot * W) + amount); }

  static void add_squares(const double* x, std::int64_t B, const double* e, const double* inverse, std::int64_t n,
                          const double* c, double* into) {
    Vec count = load(into), first[D], second[D];
#pragma GCC unroll 16
    for (int d = 0; d < D; ++d) first[d] = load(into + (1 + d) * W), second[d] = load(into + (1 + D + d) * W);
    for (std::int64_t b = 0; b < n; b += W) {
      const Vec exponential = load(e + b);
      if (D > 4 && none(exponential)) continue;
      const Vec share = exponential * load(inverse + b);
      count += share;
#pragma GCC unroll 16
      for (int d = 0; d < D; ++d) {
        const Vec z = load(x + d * B + b) - c[d];
        const Vec weighted = share * z;
        first[d] += weighted;
        second[d] += weighted * z;
      }
    }
    store(into, count);
#pragma GCC unroll 16
    for (int d = 0; d < D; ++d) store(into + (1 + d) * W, first[d]), store(into + (1 + D + d) * W, second[d]);
  }

  static void add_products(const double* x, std::int64_t B, const double* e, const double* inverse, std::int64_t n,
                           const double* c, double* into) {
    Vec count{}, first[D] = {}, square[D][D] = {};
    for (std::int64_t b = 0; b < n; b += W) {
      const Vec share = load(e + b) * load(inverse + b);
      Vec centred[D];
      count += share;
#pragma GCC unroll 16
      for (int d = 0; d < D; ++d) centred[d] = load(x + d * B + b) - c[d];
#pragma GCC unroll 16
      for (int i = 0; i < D; ++i) {
        const Vec weighted = share * centred[i];
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

  static std::int64_t count_positive(const double* e, std::int64_t n) {
    std::int64_t m = 0;
    for (std::int64_t b = 0; b < n; b += W) m += __builtin_popcount(lanes_of((Bits)(load(e + b) > 0.0)));
    return m;  // at most a few too many, in the padding
  }

  // Centred rows to z (D, B), and those times their responsibility to rz.
  static void weigh(const double* x, std::int64_t B, const double* e, const double* inverse, std::int64_t n, const double* c,
                    double* z, double* rz, double* into) {
    Vec count{};
    for (std::int64_t b = 0; b < n; b += W) {
      const Vec share = load(e + b) * load(inverse + b);
      count += share;
#pragma GCC unroll 16
      for (int d = 0; d < D; ++d) {
        const Vec centred = load(x + d * B + b) - c[d];
        store(z + d * B + b, centred);
        store(rz + d * B + b, share * centred);
      }
    }
    add(into, 0, count);
  }

  static void add_tiles(const double* z, const double* rz, std::int64_t B, std::int64_t n, double* into) {
#pragma GCC unroll 16
    for (int d = 0; d < D; ++d) {
      Vec first{};
      for (std::int64_t b = 0; b < n; b += W) first += load(rz + d * B + b);
      add(into, 1 + d, first);
    }
    constexpr int T = D % 5 == 0 && W == 8 ? 5 : D % 4 != 0 && D % 3 == 0 ? 3 : 4;
    for (int i = 0; i < D; i += T)
      for (int j = 0; j <= i; j += T) tile<T>(z, rz, B, n, i, j, into + (1 + D) * W);
  }

  template <int T>
  static void tile(const double* z, const double* rz, std::int64_t B, std::int64_t n, int i0, int j0, double* products) {
    Vec square[T][T] = {};
    const double* left[T];
    const double* right[T];
#pragma GCC unroll 16
    for (int t = 0; t < T; ++t) {  // past the last feature the last is repeated, and the result dropped
      left[t] = rz + std::min(i0 + t, D - 1) * B;
      right[t] = z + std::min(j0 + t, D - 1) * B;
    }
    for (std::int64_t b = 0; b < n; b += W) {
      Vec column[T];
#pragma GCC unroll 16
      for (int t = 0; t < T; ++t) column[t] = load(right[t] + b);
#pragma GCC unroll 16
      for (int s = 0; s < T; ++s) {
        const Vec row = load(left[s] + b);
#pragma GCC unroll 16
        for (int t = 0; t < T; ++t) square[s][t] += row * column[t];
      }
    }
    for (int s = 0; s < T && i0 + s < D; ++s)
      for (int t = 0; t < T && j0 + t <= i0 + s; ++t) add(products, (i0 + s) * D + j0 + t, square[s][t]);
  }

  // Add the lanes of the running vectors of component k to the sums.
  void put(const double* totals, std::int64_t k) const {
    const auto total = [&](int slot) { return sum(load(totals + slot * W)); };
    sums.counts[k] += total(0);
#pragma GCC unroll 16
    for (int d = 0; d < D; ++d) sums.first[k * D + d] += total(1 + d);
    if (!products) {
#pragma GCC unroll 16
      for (int d = 0; d < D; ++d) sums.second[sums.need == Need::trace ? k : k * D + d] += total(1 + D + d);
      return;
    }
    double* second = sums.second + (sums.need == Need::full ? k * D * D : 0);
#pragma GCC unroll 16
    for (int i = 0; i < D; ++i)
#pragma GCC unroll 16
      for (int j = 0; j <= i; ++j) {
        const double amount = total(1 + D + i * D + j);
        second[i * D + j] += amount;
        if (i != j) second[j * D + i] += amount;
      }
  }

  const Rows& rows;
  const Sums& sums;
  std::int64_t K, B;
  bool products, gathers;
  Buffer z, rz, totals;
  Gathered gathered;
};

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
