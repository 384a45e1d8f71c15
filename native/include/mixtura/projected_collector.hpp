// Sums of low-rank moments: rows are listed for each component with their responsibilities, and summed when many have
// come together, so that a component's directions are read once for many rows.
#pragma once

#include <algorithm>
#include <vector>

#include "buffer.hpp"
#include "expectation.hpp"
#include "inner_products.hpp"
#include "low_rank_problem.hpp"

namespace mixtura {
namespace MIXTURA_VARIANT {

constexpr int kTileVectors = W == 8 ? 2 : 1;  // vectors of features of a tile of sums

// Lines of D numbers copied to lines of P, the rest zero.
inline void pad(const double* from, std::int64_t lines, std::int64_t D, std::int64_t P, double* to) {
  for (std::int64_t i = 0; i < lines; ++i) std::copy_n(from + i * D, D, to + i * P);
}

// Sums moments of listed rows.
class ProjectedCollector {
 public:
  static constexpr std::int64_t kGathered = 4096;  // rows between two maximisation steps

  ProjectedCollector(const Rows& rows, const ProjectedSums& sums, std::int64_t K)
      : rows_(rows), sums_(sums), D_(rows.D), P_(round_up(rows.D, W)), K_(K), Q_(sums.Q), index_(K), share_(K),
        z_(kChunk * P_), along_(kChunk * std::max<std::int64_t>(Q_, 1)), centres_(K * P_), directions_(K * Q_ * P_),
        first_(K * P_), second_(K * (1 + Q_) * P_) {
    pad(sums.centres, K, D_, P_, centres_.get());
    pad(sums.directions, K * Q_, D_, P_, directions_.get());
  }

  void add(std::int64_t k, std::int64_t n, double r) {
    index_[k].push_back(n);
    share_[k].push_back(r);
  }

  void seen(std::int64_t n, bool last) {
    waiting_ += n;
    if (waiting_ < kGathered && !last) return;
    for (std::int64_t k = 0; k < K_; ++k) {
      const auto size = static_cast<std::int64_t>(index_[k].size());
      for (std::int64_t at = 0; at < size; at += kChunk)
        chunk(k, index_[k].data() + at, share_[k].data() + at, std::min(kChunk, size - at));
      index_[k].clear();
      share_[k].clear();
    }
    waiting_ = 0;
  }

  void finish() {
    for (std::int64_t k = 0; k < K_; ++k) {
      for (std::int64_t d = 0; d < D_; ++d) sums_.first[k * D_ + d] += first_[k * P_ + d];
      for (std::int64_t i = k * (1 + Q_); i < (k + 1) * (1 + Q_); ++i)
        for (std::int64_t d = 0; d < D_; ++d) sums_.second[i * D_ + d] += second_[i * P_ + d];
    }
  }

 private:
  static constexpr std::int64_t kChunk = 64;  // rows of one weighted product

  void chunk(std::int64_t k, const std::int64_t* index, const double* share, std::int64_t m) {
    const double* centre = centres_.get() + k * P_;
    double count = 0.0;
    for (std::int64_t n = 0; n < m; ++n) {
      double* z = z_.get() + n * P_;
      copy_row(rows_, index[n], z);
      for (std::int64_t d = 0; d < P_; d += W) store(z + d, load(z + d) - load(centre + d));
      count += share[n];
    }
    sums_.counts[k] += count;
    inner_products(z_.get(), m, directions_.get() + k * Q_ * P_, P_, Q_, along_.get(), Q_);
    for (std::int64_t n = 0; n < m; ++n)
      for (std::int64_t q = 0; q < Q_; ++q) along_[n * Q_ + q] *= share[n];
    std::int64_t d = 0;
    for (; d + kTileVectors * W <= P_; d += kTileVectors * W) columns<kTileVectors>(k, share, m, d);
    for (; d < P_; d += W) columns<1>(k, share, m, d);
  }

  template <int T>
  void columns(std::int64_t k, const double* share, std::int64_t m, std::int64_t d) {
    Vec first[T] = {}, square[T] = {};
    const double* z = z_.get() + d;
    for (std::int64_t n = 0; n < m; ++n, z += P_)
      for (int t = 0; t < T; ++t) {
        const Vec v = load(z + t * W), weighted = share[n] * v;
        first[t] += weighted;
        square[t] += weighted * v;
      }
    double* second = second_.get() + k * (1 + Q_) * P_ + d;
    for (int t = 0; t < T; ++t) {
      double* to = first_.get() + k * P_ + d + t * W;
      store(to, load(to) + first[t]);
      store(second + t * W, load(second + t * W) + square[t]);
    }
    std::int64_t q = 0;
    for (; q + 2 * kTileDirections <= Q_; q += 2 * kTileDirections) outer<2 * kTileDirections, T>(m, d, q, second);
    for (; q + 2 <= Q_; q += 2) outer<2, T>(m, d, q, second);
    for (; q < Q_; ++q) outer<1, T>(m, d, q, second);
  }

  template <int J, int T>
  void outer(std::int64_t m, std::int64_t d, std::int64_t q, double* second) {
    Vec acc[J][T] = {};
    const double* z = z_.get() + d;
    const double* y = along_.get() + q;
    for (std::int64_t n = 0; n < m; ++n, z += P_, y += Q_)
      for (int t = 0; t < T; ++t) {
        const Vec v = load(z + t * W);
        for (int j = 0; j < J; ++j) acc[j][t] += y[j] * v;
      }
    for (int j = 0; j < J; ++j)
      for (int t = 0; t < T; ++t) {
        double* to = second + (1 + q + j) * P_ + t * W;
        store(to, load(to) + acc[j][t]);
      }
  }

  const Rows& rows_;
  const ProjectedSums& sums_;
  std::int64_t D_, P_, K_, Q_, waiting_ = 0;
  std::vector<std::vector<std::int64_t>> index_;
  std::vector<std::vector<double>> share_;
  Buffer z_, along_, centres_, directions_, first_, second_;
};

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
