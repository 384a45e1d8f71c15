// The collector: sums moments of listed rows, component by component, so that only pairs that count cost anything.
#pragma once

#include <algorithm>
#include <vector>

#include "buffer.hpp"
#include "expectation.hpp"
#include "pace.hpp"

namespace mixtura {
namespace MIXTURA_VARIANT {

constexpr std::int64_t kChunk = 128;     // rows of one weighted product

// For each component the rows that count, with their weighted responsibilities.
struct Lists {
  explicit Lists(std::int64_t K) : index(K), share(K) {}
  void add(std::int64_t k, std::int64_t n, double r) {
    index[k].push_back(n);
    share[k].push_back(r);
  }
  // Rows from `begin` on whose e (n,) is not 0, with e times `inverse`.
  template <class T>
  void add_block(std::int64_t k, std::int64_t begin, std::int64_t n, const T* e, const T* inverse) {
    for (std::int64_t b = 0; b < n; b += kLanes<T>)
      for (unsigned lanes = lanes_of(load(e + b) > T(0)); lanes; lanes &= lanes - 1) {
        const std::int64_t at = b + __builtin_ctz(lanes);
        if (at < n) add(k, begin + at, e[at] * inverse[at]);
      }
  }
  std::vector<std::vector<std::int64_t>> index;
  std::vector<std::vector<double>> share;
  std::int64_t rows = 0;
};

// Sums moments of listed rows in doubles, whatever computed their responsibilities: lane_model.hpp says why.
class Collector {
 public:
  Collector(const Rows& rows, const Sums& sums, std::int64_t K)
      : rows_(rows), sums_(sums), D_(rows.D), P_(round_up(D_, L)), K_(K), a_(kChunk * P_), centres_(K * P_),
        second_(second_size(sums.need, K, P_)), first_(K * P_), counts_(K) {
    for (std::int64_t k = 0; k < K; ++k)
      for (std::int64_t d = 0; d < D_; ++d) centres_[k * P_ + d] = sums.centres[k * D_ + d];
  }

  // How many rows go by between two maximisation steps: products want long lists, other sums rows that a cache still holds.
  std::int64_t enough() const { return products() ? 4096 : 2048; }

  void take(Lists& lists) {
    for (std::int64_t k = 0; k < K_; ++k) {
      const auto size = static_cast<std::int64_t>(lists.index[k].size());
      for (std::int64_t at = 0; at < size; at += kChunk)
        chunk(k, lists.index[k].data() + at, lists.share[k].data() + at, std::min(kChunk, size - at));
      pace_.worked(size * D_ * (products() ? D_ : 1));
      lists.index[k].clear();
      lists.share[k].clear();
    }
    lists.rows = 0;
  }

  bool finite() const {
    return all_finite(second_.get(), second_size(sums_.need, K_, P_)) && all_finite(first_.get(), K_ * P_);
  }

  void finish() {
    const std::int64_t stored = sums_.need == Need::pooled ? 1 : K_;
    for (std::int64_t k = 0; k < K_; ++k) {
      for (std::int64_t d = 0; d < D_; ++d) sums_.first[k * D_ + d] += first_[k * P_ + d];
      sums_.counts[k] += counts_[k];
    }
    if (!products()) {
      for (std::int64_t k = 0; k < K_; ++k)
        for (std::int64_t d = 0; d < D_; ++d)
          sums_.second[sums_.need == Need::trace ? k : k * D_ + d] += second_[k * P_ + d];
      return;
    }
    for (std::int64_t k = 0; k < stored; ++k)
      for (std::int64_t i = 0; i < D_; ++i)
        for (std::int64_t j = i; j < D_; ++j) {  // the upper half was summed
          const double amount = second_[(k * P_ + i) * P_ + j];
          sums_.second[(k * D_ + i) * D_ + j] += amount;
          if (i != j) sums_.second[(k * D_ + j) * D_ + i] += amount;
        }
  }

 private:
  static constexpr int L = kLanes<double>;
  using V = Vector<double>;

  bool products() const { return sums_.need == Need::full || sums_.need == Need::pooled; }

  static std::int64_t second_size(Need need, std::int64_t K, std::int64_t P) {
    return need == Need::full ? K * P * P : need == Need::pooled ? P * P : K * P;
  }

  void chunk(std::int64_t k, const std::int64_t* index, const double* share, std::int64_t m) {
    const double* centre = centres_.get() + k * P_;
    double count = 0.0;
    for (std::int64_t n = 0; n < m; ++n) {
      double* a = a_.get() + n * P_;
      copy_row(rows_, index[n], a);
      for (std::int64_t d = 0; d < P_; d += L) store(a + d, load(a + d) - load(centre + d));
      count += share[n];
    }
    counts_[k] += count;
    std::int64_t d = 0;
    for (; d + 4 * L <= P_; d += 4 * L) columns<4>(k, share, m, d, !products());
    for (; d < P_; d += L) columns<1>(k, share, m, d, !products());
    if (!products()) return;
    for (std::int64_t n = 0; n < m; ++n) {
      const double root = std::sqrt(share[n]);
      double* a = a_.get() + n * P_;
      for (std::int64_t at = 0; at < P_; at += L) store(a + at, root * load(a + at));
    }
    symmetric_product(m, second_.get() + (sums_.need == Need::full ? k * P_ * P_ : 0));
  }

  // Sum r z, and r z² if asked, over the chunk's rows, for J vectors of features.
  template <int J>
  void columns(std::int64_t k, const double* share, std::int64_t m, std::int64_t d, bool squares) {
    V first[J] = {}, second[J] = {};
    const double* a = a_.get() + d;
    for (std::int64_t n = 0; n < m; ++n, a += P_)
      for (int t = 0; t < J; ++t) {
        const V v = load(a + t * L), weighted = share[n] * v;
        first[t] += weighted;
        second[t] += weighted * v;
      }
    for (int t = 0; t < J; ++t) {
      add_to(first_.get() + k * P_ + d + t * L, first[t]);
      if (squares) add_to(second_.get() + k * P_ + d + t * L, second[t]);
    }
  }

  // second (P, P) += aᵀ a for a (m, P), upper half by tiles.
  void symmetric_product(std::int64_t m, double* second) const {
    constexpr int I = W == 8 ? 8 : 4;
    std::int64_t i = 0;
    for (; i + I <= D_; i += I) strip<I>(m, i, second);
    for (; i + I / 2 <= D_; i += I / 2) strip<I / 2>(m, i, second);
    for (; i < D_; i += I / 4) strip<I / 4>(m, i, second);
  }

  template <int I>
  void strip(std::int64_t m, std::int64_t i, double* second) const {
    std::int64_t j = i / L * L;
    for (; j + 2 * L <= P_; j += 2 * L) tile<I, 2>(m, i, j, second);
    for (; j < P_; j += L) tile<I, 1>(m, i, j, second);
  }

  template <int I, int J>
  void tile(std::int64_t m, std::int64_t i, std::int64_t j, double* second) const {
    V acc[I][J];
    for (int s = 0; s < I; ++s)
      for (int t = 0; t < J; ++t) acc[s][t] = V{};
    const double* a = a_.get();
    for (std::int64_t n = 0; n < m; ++n, a += P_) {
      V right[J];
      for (int t = 0; t < J; ++t) right[t] = load(a + j + t * L);
      for (int s = 0; s < I; ++s)
        for (int t = 0; t < J; ++t) acc[s][t] += a[i + s] * right[t];
    }
    for (int s = 0; s < I && i + s < P_; ++s)
      for (int t = 0; t < J; ++t) add_to(second + (i + s) * P_ + j + t * L, acc[s][t]);
  }

  const Rows& rows_;
  const Sums& sums_;
  std::int64_t D_, P_, K_;
  Buffer a_, centres_, second_, first_, counts_;
  Pace pace_{rows_};
};

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
