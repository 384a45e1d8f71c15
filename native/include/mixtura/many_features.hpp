// Many features (D above 16): rows stay rows, features fill the vectors. Both triangular steps skip their zero half, and
// pairs of a row and a component that cannot matter are skipped. Long because what chooses the pairs and what evaluates
// them share one state.
//
// The pruning is exact to rounding: over the leading features alone the squared distance is a lower bound, so
// log w_k N(x) has an upper bound; the component with the best bound is evaluated in full, and any other whose bound lies
// more than 36.8 = 53 log 2 below it has a responsibility under 2^-53.
#pragma once

#include <algorithm>
#include <vector>

#include "buffer.hpp"
#include "collector.hpp"
#include "columns.hpp"
#include "expectation.hpp"

namespace mixtura {
namespace MIXTURA_VARIANT {

class ManyFeatures {
 public:
  // Without pruning every pair is evaluated; the numbers of those that pruning keeps are the same, to the bit.
  explicit ManyFeatures(const Rows& rows, const Model& model, bool prune = true)
      : rows_(rows), model_(model), prune_(prune), D_(rows.D), P_(round_up(rows.D, W)), K_(model.K),
        lead_(K_ > 1 && D_ >= 32 ? D_ / 4 / W * W : P_), middle_((lead_ + P_) / 2 / W * W), x_(kBlock * P_),
        z_(P_ * kStride), columns_(P_ * kStride), means_(K_ * P_),
        whiteners_((model.dense ? (model.shared ? 1 : K_) * D_ : K_) * P_), joint_(K_ * kStride), inverse_(kBlock),
        density_(kBlock), distance_(K_ * kStride), tail_(K_), best_(kBlock), least_(kBlock), list_(kBlock + 1) {
    for (std::int64_t k = 0; k < K_; ++k) std::copy_n(model.means + k * D_, D_, means_.get() + k * P_);
    const std::int64_t lines = model.dense ? (model.shared ? 1 : K_) * D_ : K_;
    for (std::int64_t i = 0; i < lines; ++i) std::copy_n(model.whiteners + i * D_, D_, whiteners_.get() + i * P_);
    measure_tails();
  }

  void sweep(const Sums& sums) {
    plan();
    Lists lists(K_);
    Collector collector(rows_, sums, K_, P_);
    for (std::int64_t begin = 0; begin < rows_.n; begin += kBlock) {
      const std::int64_t n = std::min(kBlock, rows_.n - begin);
      const double* weights = rows_.weights ? rows_.weights + begin : nullptr;
      add_totals(weights, n, density_.get(), expect(begin, n), sums);
      if (weights)
        for (std::int64_t b = 0; b < n; ++b) inverse_[b] *= weights[b];
      for (std::int64_t k = 0; k < K_; ++k)
        lists.add_block(k, begin, n, joint_.get() + k * kStride, inverse_.get());
      if (lists.rows += n; lists.rows >= kGathered || begin + n == rows_.n) collector.take(lists);
    }
    collector.finish();
  }

  static void gather(const Rows& rows, const std::int64_t* labels, std::int64_t K, const Sums& sums) {
    Lists lists(K);
    Collector collector(rows, sums, K, round_up(rows.D, W));
    for (std::int64_t n = 0; n < rows.n; ++n) {
      const double weight = rows.weights ? rows.weights[n] : 1.0;
      *sums.weight += weight;
      lists.add(labels[n], n, weight);
      if (++lists.rows >= kGathered || n + 1 == rows.n) collector.take(lists);
    }
    collector.finish();
  }

  void assign(const Assignment& out) {
    for (std::int64_t begin = 0; begin < rows_.n; begin += kBlock) {
      const std::int64_t n = std::min(kBlock, rows_.n - begin);
      expect(begin, n);
      normalise(joint_.get(), kStride, n, K_, inverse_.get());
      choose(joint_.get(), kStride, n, K_, density_.get(), begin, out);
    }
  }

  void responsibilities(double* out) {
    for (std::int64_t begin = 0; begin < rows_.n; begin += kBlock) {
      const std::int64_t n = std::min(kBlock, rows_.n - begin);
      expect(begin, n);
      normalise(joint_.get(), kStride, n, K_, inverse_.get());
      copy_rows(joint_.get(), kStride, n, K_, out + begin * K_);
    }
  }

 private:
  static constexpr std::int64_t kBlock = 512;      // rows of a block
  static constexpr std::int64_t kStride = kBlock + 8;  // of columns: a power of two would put all in one set of a cache
  static constexpr int kGroup = W == 8 ? 16 : 8;   // rows that share a load of a whitener

  double expect(std::int64_t begin, std::int64_t n) {
    const std::int64_t padded = round_up(n, W);
    for (std::int64_t b = 0; b < padded; ++b) {
      double* x = x_.get() + b * P_;
      copy_row(rows_, begin + (b < n ? b : 0), x);
      list_[b] = b;
    }
    const Rows copied{x_.get(), false, padded, D_, P_, 1, nullptr};
    for (std::int64_t d = 0; d < lead_; d += W)
      copy_columns<W>(x_.get() + d, copied, padded, kStride, columns_.get() + d * kStride);
    for (std::int64_t k = 0; k < K_; ++k) begin_distances(k, padded);
    if (lead_ < P_) {
      evaluate_best(padded);
      evaluate_others(padded);
    } else {
      for (std::int64_t k = 0; k < K_; ++k)
        for (std::int64_t b = 0; b < padded; b += W) store(joint_.get() + k * kStride + b, bound(k, b));
    }
    return exponentiate(rows_, begin, n, model_, prune_ ? kLogNegligible : kLogLeast, joint_.get(), kStride, inverse_.get(),
                        density_.get());
  }

  // Upper bounds of log w_k N(x) for a vector of rows, and lower bounds of what matters.
  Vec bound(std::int64_t k, std::int64_t b) {
    return model_.log_scales[k] - 0.5 * load(distance_.get() + k * kStride + b);
  }

  // What the features after the leading ones add to the height of each component. Without it the bound is the density of
  // the leading features alone, which guesses the best component; with it tight components would win too often.
  void measure_tails() {
    for (std::int64_t k = 0; k < K_; ++k) {
      tail_[k] = 0.0;
      for (std::int64_t d = lead_; d < D_; ++d)
        tail_[k] += std::log(model_.dense ? whiteners_[((model_.shared ? 0 : k * D_) + d) * P_ + d] : whiteners_[k * P_ + d]);
    }
  }

  // Choose how many features lead, and where the others are looked at again, from what a few rows show: for each number
  // of features the share of pairs that are undecided after it. Costs are in operations on vectors for one pair.
  void plan() {
    const std::int64_t n = std::min<std::int64_t>(16, rows_.n), steps = P_ / W;
    if (K_ == 1 || rows_.n < 1024 || !prune_) return;
    std::vector<double> undecided(steps + 1), partial(K_ * (steps + 1)), x(P_), y(P_);
    for (std::int64_t t = 0; t < n; ++t) {
      copy_row(rows_, t * (rows_.n / n), x.data());
      double best = -kInfinity;
      for (std::int64_t k = 0; k < K_; ++k) {
        std::fill(y.begin(), y.end(), 0.0);
        for (std::int64_t i = 0; i < D_; ++i) {
          const double z = x[i] - means_[k * P_ + i];
          if (model_.dense) {
            const double* w = whiteners_.get() + ((model_.shared ? 0 : k * D_) + i) * P_;
            for (std::int64_t j = 0; j < P_; j += W) store(y.data() + j, load(y.data() + j) + z * load(w + j));
          } else {
            y[i] = z * whiteners_[k * P_ + i];
          }
        }
        double q = 0.0;
        for (std::int64_t s = 0; s < steps; ++s) {
          const Vec part = load(y.data() + s * W);
          q += sum(part * part);
          partial[k * (steps + 1) + s + 1] = model_.log_scales[k] - 0.5 * q;
        }
        best = std::fmax(best, partial[k * (steps + 1) + steps]);
      }
      for (std::int64_t k = 0; k < K_; ++k)
        for (std::int64_t s = 1; s <= steps; ++s)
          undecided[s] += !(partial[k * (steps + 1) + s] < best + kLogNegligible) / static_cast<double>(n * K_);
    }
    const auto triangle = [&](std::int64_t s) { return model_.dense ? 0.5 * s * (s + 1) * W : 3.0 * s; };
    const auto extending = [&](std::int64_t from, std::int64_t to) {
      return to == from ? 0.0 : 1.4 * (triangle(to) - triangle(from)) + (model_.dense ? 2.0 * to : 0.0) + 30.0;
    };
    double least = kInfinity;
    for (std::int64_t s = 1; s <= steps; ++s)
      for (std::int64_t m = s; m <= steps; ++m) {
        const double cost = triangle(s) + undecided[s] * extending(s, m) + undecided[m] * extending(m, steps) +
                            (s < steps ? extending(s, steps) / K_ : 0.0);
        if (cost < least) least = cost, lead_ = s * W, middle_ = m * W;
      }
    measure_tails();
  }

  void evaluate_best(std::int64_t padded) {
    for (std::int64_t b = 0; b < padded; b += W) {
      Vec most = bound(0, b) - tail_[0], best{};
      for (std::int64_t k = 1; k < K_; ++k) {
        const Vec other = bound(k, b) - tail_[k];
        best = other > most ? splat(static_cast<double>(k)) : best;
        most = other > most ? other : most;
      }
      store(best_.get() + b, best);
    }
    for (std::int64_t k = 0; k < K_; ++k) {
      std::int64_t m = 0;
      for (std::int64_t b = 0; b < padded; ++b) {
        list_[m] = b;
        m += best_[b] == static_cast<double>(k);
      }
      extend(k, list_.data(), m, lead_, middle_);
      extend(k, list_.data(), m, middle_, P_);
      finish(k, list_.data(), m);
      for (std::int64_t i = 0; i < m; ++i)
        least_[list_[i]] = prune_ ? joint_[k * kStride + list_[i]] + kLogNegligible : -kInfinity;
    }
  }

  void evaluate_others(std::int64_t padded) {
    for (std::int64_t k = 0; k < K_; ++k) {
      std::int64_t m = 0;
      const Vec me = splat(static_cast<double>(k));
      for (std::int64_t b = 0; b < padded; b += W) {
        const Bits mine = load(best_.get() + b) == me;
        double* joint = joint_.get() + k * kStride + b;
        store(joint, mine ? load(joint) : splat(-kInfinity));
        const Bits wanted = ~mine & ~(Bits)(bound(k, b) < load(least_.get() + b));  // also where the best overflowed
        for (unsigned lanes = lanes_of(wanted); lanes; lanes &= lanes - 1) list_[m++] = b + __builtin_ctz(lanes);
      }
      extend(k, list_.data(), m, lead_, middle_);
      std::int64_t left = 0;
      for (std::int64_t i = 0; i < m; ++i) {
        const std::int64_t b = list_[i];
        list_[left] = b;
        left += !(model_.log_scales[k] - 0.5 * distance_[k * kStride + b] < least_[b]);
      }
      extend(k, list_.data(), left, middle_, P_);
      finish(k, list_.data(), left);
    }
  }

  void finish(std::int64_t k, const std::int64_t* list, std::int64_t m) {
    for (std::int64_t i = 0; i < m; ++i) {
      const double q = distance_[k * kStride + list[i]];
      joint_[k * kStride + list[i]] = q < kInfinity ? model_.log_scales[k] - 0.5 * q : -kInfinity;
    }
  }

  // Squared distances of a block's rows from component k over the leading features alone: rows fill the vectors, for all
  // of them are wanted, and a few whitened features of a few vectors of rows share their loads.
  void begin_distances(std::int64_t k, std::int64_t padded) {
    const double* m = means_.get() + k * P_;
    double* z = z_.get();
    if (model_.dense)
      for (std::int64_t i = 0; i < std::min(lead_, D_); ++i)
        for (std::int64_t b = 0; b < padded; b += W)
          store(z + i * kStride + b, load(columns_.get() + i * kStride + b) - m[i]);
    std::int64_t b = 0;
    for (; b + 4 * W <= padded; b += 4 * W) begin_rows<4>(k, b);
    for (; b < padded; b += W) begin_rows<1>(k, b);
  }

  template <int R>
  void begin_rows(std::int64_t k, std::int64_t b) {
    Vec q[R];
    for (int r = 0; r < R; ++r) q[r] = Vec{};
    if (model_.dense) {
      constexpr int J = W < 4 ? W : 4;  // lead_ is a multiple of it
      const double* w = whiteners_.get() + (model_.shared ? 0 : k * D_ * P_);
      const double* z = z_.get() + b;
      for (std::int64_t j = 0; j < lead_; j += J) {
        Vec y[J][R];
        for (int s = 0; s < J; ++s)
          for (int r = 0; r < R; ++r) y[s][r] = Vec{};
        for (std::int64_t i = 0; i < std::min(j + J, D_); ++i)  // below the diagonal the whitener is 0
          for (int s = 0; s < J; ++s)
            for (int r = 0; r < R; ++r) y[s][r] += load(z + i * kStride + r * W) * w[i * P_ + j + s];
        for (int s = 0; s < J; ++s)
          for (int r = 0; r < R; ++r) q[r] += y[s][r] * y[s][r];
      }
    } else {
      const double* m = means_.get() + k * P_;
      const double* w = whiteners_.get() + k * P_;
      for (std::int64_t d = 0; d < lead_; ++d)
        for (int r = 0; r < R; ++r) {
          const Vec y = (load(columns_.get() + d * kStride + b + r * W) - m[d]) * w[d];
          q[r] += y * y;
        }
    }
    for (int r = 0; r < R; ++r) store(distance_.get() + k * kStride + b + r * W, q[r]);
  }

  // Add features begin to end of the whitened rows to their squared distances from component k.
  void extend(std::int64_t k, const std::int64_t* list, std::int64_t m, std::int64_t begin, std::int64_t end) {
    std::int64_t i = 0;
    for (; i + kGroup <= m; i += kGroup) group<kGroup>(k, list + i, begin, end);
    for (; i + 4 <= m; i += 4) group<4>(k, list + i, begin, end);
    for (; i < m; ++i) group<1>(k, list + i, begin, end);
  }

  template <int R>
  void group(std::int64_t k, const std::int64_t* list, std::int64_t begin, std::int64_t end) {
    const double* m = means_.get() + k * P_;
    Vec q[R] = {};
    if (model_.dense) {
      for (int r = 0; r < R; ++r) {
        const double* x = x_.get() + list[r] * P_;
        for (std::int64_t d = 0; d < end; d += W) store(z_.get() + r * P_ + d, load(x + d) - load(m + d));
      }
      const double* w = whiteners_.get() + (model_.shared ? 0 : k * D_ * P_);
      for (std::int64_t j = begin; j < end; j += W) {
        Vec y[R] = {};
        const std::int64_t last = std::min(D_, j + W);
        const double* z = z_.get();
        for (std::int64_t i = 0; i < last; ++i) {
          const Vec column = load(w + i * P_ + j);
          for (int r = 0; r < R; ++r) y[r] += z[r * P_ + i] * column;
        }
        for (int r = 0; r < R; ++r) q[r] += y[r] * y[r];
      }
    } else {
      const double* w = whiteners_.get() + k * P_;
      for (std::int64_t d = begin; d < end; d += W) {
        const Vec centre = load(m + d), scale = load(w + d);
        for (int r = 0; r < R; ++r) {
          const Vec y = (load(x_.get() + list[r] * P_ + d) - centre) * scale;
          q[r] += y * y;
        }
      }
    }
    for (int r = 0; r < R; ++r) distance_[k * kStride + list[r]] += sum(q[r]);
  }

  const Rows& rows_;
  const Model& model_;
  bool prune_;
  std::int64_t D_, P_, K_, lead_, middle_;
  Buffer x_, z_, columns_, means_, whiteners_, joint_, inverse_, density_, distance_, tail_, best_, least_;
  std::vector<std::int64_t> list_;
};

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
