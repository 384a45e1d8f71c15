// Squared distances of a block's rows from components, for a range of whitened features at a time, skipping the zero half
// of each whitener. Where all rows are wanted, or the whitener is dense, rows fill the vectors: few of many are gathered
// into columns first. Where few rows are wanted and it is diagonal, features fill them.
#pragma once

#include <algorithm>

#include "buffer.hpp"
#include "columns.hpp"
#include "expectation.hpp"
#include "lane_model.hpp"
#include "pace.hpp"

namespace mixtura {
namespace MIXTURA_VARIANT {

template <class T>
class Distances {
 public:
  // For blocks of up to B rows.
  Distances(const Rows& rows, const Model& model, std::int64_t B)
      : rows_(rows), D_(rows.D), P_(round_up(rows.D, L)), stride_(B + 8), lane(model, D_, P_), x_(B * P_),
        columns_(P_ * stride_), z_(P_ * kTile) {}

  // Take n rows from `begin` on; past the last, up to a whole vector, the first is repeated.
  void take(std::int64_t begin, std::int64_t n) {
    begin_ = begin;
    padded_ = round_up(n, L);
    for (std::int64_t b = 0; b < padded_; ++b) copy_row(rows_, begin + (b < n ? b : 0), x_.get() + b * P_);
  }

  // Take what another has of n rows, less a centre (D,).
  template <class S>
  void take(const Distances<S>& other, const double* centre, std::int64_t n) {
    begin_ = other.first();
    padded_ = round_up(n, L);
    for (std::int64_t b = 0; b < padded_; ++b) {
      const S* x = other.row(b < n ? b : 0);
      for (std::int64_t d = 0; d < D_; ++d) x_[b * P_ + d] = static_cast<T>(x[d] - centre[d]);
    }
  }
  const T* row(std::int64_t b) const { return x_.get() + b * P_; }
  std::int64_t first() const { return begin_; }

  // To q (K, stride): squared distances of all rows from each component over the first `end` features alone. Meanwhile the
  // rows of the next block are asked for.
  void begin(std::int64_t end, T* q, std::int64_t stride) {
    const Rows copied{x_.get(), std::is_same_v<T, float>, padded_, D_, P_, 1, nullptr};
    for (std::int64_t d = 0; d < end; d += L)
      copy_columns<L>(x_.get() + d, copied, padded_, stride_, columns_.get() + d * stride_);
    Ahead ahead(rows_, begin_, padded_, kTile, 0, lane.K);
    for (std::int64_t b = 0; b < padded_; b += kTile) {
      const std::int64_t count = std::min<std::int64_t>(kTile, padded_ - b);
      for (std::int64_t k = 0; k < lane.K; ++k) {
        ahead.ask();
        std::fill_n(q + k * stride + b, count, T(0));
        if (lane.dense)
          for (std::int64_t i = 0; i < std::min(end, D_); ++i)
            for (std::int64_t r = 0; r < count; r += L)
              store(z_.get() + i * kTile + r, load(columns_.get() + i * stride_ + b + r) - lane.mean(k)[i]);
        add(k, b, count, 0, end, q + k * stride + b);
        pace_.worked(count * (lane.dense ? end * end / 2 : end));
      }
    }
  }

  // To q, of all rows: add what features `from` to `to`, multiples of unit(), say of the m listed rows.
  void extend(std::int64_t k, const std::int64_t* list, std::int64_t m, std::int64_t from, std::int64_t to, T* q) {
    if (from == to) return;
    if (!lane.dense) {
      std::int64_t i = 0;
      for (; i + kGroup <= m; i += kGroup) add_listed<kGroup>(k, list + i, from, to, q);
      for (; i < m; ++i) add_listed<1>(k, list + i, from, to, q);
      return;
    }
    for (std::int64_t at = 0; at < m; at += kTile) {
      const std::int64_t count = std::min<std::int64_t>(kTile, m - at), padded = round_up(count, L);
      gather(k, list + at, count, to);
      T sums[kTile] = {};
      add(k, 0, padded, from, to, sums);
      for (std::int64_t i = 0; i < count; ++i) q[list[at + i]] += sums[i];
    }
  }

  std::int64_t unit() const { return lane.dense ? W : L; }

 private:
  static constexpr int L = kLanes<T>;
  static constexpr int kTile = 4 * L;             // rows that share loads of a whitener
  static constexpr int kGroup = W == 8 ? 16 : 8;  // the same where features fill the vectors
  using V = Vector<T>;

  // Listed rows to columns z (D, kTile), centred, up to a whole vector: past the last the first is repeated.
  void gather(std::int64_t k, const std::int64_t* list, std::int64_t m, std::int64_t end) {
    const T* mean = lane.mean(k);
    for (std::int64_t r = 0; r < m; r += L) {
      const T* group[L];
      for (int i = 0; i < L; ++i) group[i] = x_.get() + list[r + i < m ? r + i : 0] * P_;
      for (std::int64_t d = 0; d < end; d += L) {
        transpose_rows<L>(group, kTile, z_.get() + d * kTile + r);
        for (int i = 0; i < L; ++i) group[i] += L;
      }
      for (std::int64_t d = 0; d < std::min(end, D_); ++d) {
        T* z = z_.get() + d * kTile + r;
        store(z, load(z) - mean[d]);
      }
    }
  }

  void add(std::int64_t k, std::int64_t b, std::int64_t count, std::int64_t from, std::int64_t to, T* q) {
    std::int64_t r = 0;
    if (!lane.dense) {
      for (; r + kTile <= count; r += kTile) add_diagonal<4>(k, b + r, to, q + r);
      for (; r < count; r += L) add_diagonal<1>(k, b + r, to, q + r);
      return;
    }
    for (; r + kTile <= count; r += kTile) add_dense<4>(k, r, from, to, q + r);
    for (; r + 2 * L <= count; r += 2 * L) add_dense<2>(k, r, from, to, q + r);
    for (; r < count; r += L) add_dense<1>(k, r, from, to, q + r);
  }

  // R vectors of rows in the tile: a few whitened features at a time share the loads of rows.
  template <int R>
  void add_dense(std::int64_t k, std::int64_t r0, std::int64_t from, std::int64_t to, T* q) {
    constexpr int J = W < 4 ? W : 4;  // from and to are multiples of it
    const T* w = lane.whitener(k);
    const T* z = z_.get() + r0;
    V total[R];
    for (int r = 0; r < R; ++r) total[r] = load(q + r * L);
    for (std::int64_t j = from; j < to; j += J) {
      V y[J][R];
      for (int s = 0; s < J; ++s)
        for (int r = 0; r < R; ++r) y[s][r] = lane.start(k, j + s);
      const std::int64_t last = std::min(j + J, D_);  // below the diagonal the whitener is 0
      for (std::int64_t i = 0; i < last; ++i)
        for (int s = 0; s < J; ++s)
          for (int r = 0; r < R; ++r) y[s][r] += load(z + i * kTile + r * L) * w[i * P_ + j + s];
      for (int s = 0; s < J; ++s)
        for (int r = 0; r < R; ++r) total[r] += y[s][r] * y[s][r];
    }
    for (int r = 0; r < R; ++r) store(q + r * L, total[r]);
  }

  // R vectors of rows of the block, over the first features.
  template <int R>
  void add_diagonal(std::int64_t k, std::int64_t b, std::int64_t to, T* q) {
    const T* m = lane.mean(k);
    const T* w = lane.whitener(k);
    V total[R] = {};
    for (std::int64_t d = 0; d < to; ++d)
      for (int r = 0; r < R; ++r) {
        const V y = (load(columns_.get() + d * stride_ + b + r * L) - m[d]) * w[d] + lane.start(k, d);
        total[r] += y * y;
      }
    for (int r = 0; r < R; ++r) store(q + r * L, total[r]);
  }

  template <int R>
  void add_listed(std::int64_t k, const std::int64_t* list, std::int64_t from, std::int64_t to, T* q) {
    const T* m = lane.mean(k);
    const T* w = lane.whitener(k);
    V total[R] = {};
    for (std::int64_t d = from; d < to; d += L) {
      const V centre = load(m + d), scale = load(w + d), start = lane.starts(k, d);
      for (int r = 0; r < R; ++r) {
        const V y = (load(x_.get() + list[r] * P_ + d) - centre) * scale + start;
        total[r] += y * y;
      }
    }
    for (int r = 0; r < R; ++r) q[list[r]] += sum(total[r]);
  }

  const Rows& rows_;
  std::int64_t D_, P_, stride_, begin_ = 0, padded_ = 0;

 public:
  const LaneModel<T> lane;

 private:
  BufferOf<T> x_, columns_, z_;
  Pace pace_{rows_};
};

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
