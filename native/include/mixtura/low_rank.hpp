// Low-rank covariances: D Q work for a pair of a row and a component, and far less for a pair that cannot matter.
//
// For any fixed linear map of a row the squared distance of its image is a lower bound of the row's own. All components
// share one map onto a few leading directions, so a row is mapped once, and each component then has an upper bound of its
// log2 w N(x) at the price of L²/2 products. The components with the best bounds are evaluated in full, one after another;
// any other whose bound lies more than 53 bits below the best of those has a responsibility under 2^-53, and is
// skipped.
#pragma once

#include <algorithm>
#include <limits>
#include <vector>

#include "buffer.hpp"
#include "expectation.hpp"
#include "inner_products.hpp"
#include "low_rank_problem.hpp"
#include "pace.hpp"
#include "projected_collector.hpp"

namespace mixtura {
namespace MIXTURA_VARIANT {

class LowRank {
 public:
  // Without pruning every pair is evaluated.
  LowRank(const Rows& rows, const LowRankModel& model, bool prune = true)
      : rows_(rows), model_(model), prune_(prune && model.L > 0), D_(rows.D), P_(round_up(rows.D, W)), K_(model.K),
        Q_(model.Q), L_(prune_ ? model.L : 0), x_(kBlock * P_), z_(kTileRows * P_),
        along_(kTileRows * std::max<std::int64_t>(Q_, 1)), means_(K_ * P_), whiteners_(K_ * (1 + Q_) * P_),
        leading_(std::max<std::int64_t>(L_, 1) * P_), lead_(kBlock * std::max<std::int64_t>(L_, 1)),
        transposed_(std::max<std::int64_t>(L_, 1) * kBlock), joint_(K_ * kBlock), bound_(K_ * kBlock), density_(kBlock),
        inverse_(kBlock), least_(kBlock), list_(kBlock + 1), chosen_(kBlock) {
    pad(model.means, K_, D_, P_, means_.get());
    pad(model.whiteners, K_ * (1 + Q_), D_, P_, whiteners_.get());
    if (prune_) pad(model.leading, L_, D_, P_, leading_.get());
    simple_ = Model{K_, model.means, nullptr, model.log_scales, false, false};
  }

  void sweep(const ProjectedSums& sums) {
    ProjectedCollector collector(rows_, sums, K_);
    for (std::int64_t begin = 0; begin < rows_.n; begin += kBlock) {
      const std::int64_t n = std::min(kBlock, rows_.n - begin);
      const double* weights = rows_.weights ? rows_.weights + begin : nullptr;
      const double log_likelihood = expect(begin, n);
      add_totals(weights, n, density_.get(), log_likelihood, *sums.log_likelihood, *sums.weight);
      for (std::int64_t k = 0; k < K_; ++k)
        for (std::int64_t b = 0; b < n; ++b) {
          const double r = joint_[k * kBlock + b];
          if (r > 0.0) collector.add(k, begin + b, weights ? r * weights[b] : r);
        }
      collector.seen(n, begin + n == rows_.n);
    }
    collector.finish();
  }

  static void gather(const Rows& rows, const std::int64_t* labels, std::int64_t K, const ProjectedSums& sums) {
    ProjectedCollector collector(rows, sums, K);
    Pace pace(rows);
    for (std::int64_t n = 0; n < rows.n; ++n) {
      const double weight = rows.weights ? rows.weights[n] : 1.0;
      *sums.weight += weight;
      collector.add(labels[n], n, weight);
      collector.seen(1, n + 1 == rows.n);
      pace.worked((1 + sums.Q) * rows.D);
    }
    collector.finish();
  }

  void assign(const Assignment& out) {
    for (std::int64_t begin = 0; begin < rows_.n; begin += kBlock) {
      const std::int64_t n = std::min(kBlock, rows_.n - begin);
      expect(begin, n);
      choose(joint_.get(), kBlock, n, K_, density_.get(), begin, out);
    }
  }

  void responsibilities(double* out) {
    for (std::int64_t begin = 0; begin < rows_.n; begin += kBlock) {
      const std::int64_t n = std::min(kBlock, rows_.n - begin);
      expect(begin, n);
      copy_rows(joint_.get(), kBlock, n, K_, out + begin * K_);
    }
  }

 private:
  static constexpr std::int64_t kBlock = 256;  // rows of a block
  static constexpr int kRounds = 5;            // components of each row that are evaluated for the sake of others

  double expect(std::int64_t begin, std::int64_t n) {
    const std::int64_t padded = round_up(n, W);
    for (std::int64_t b = 0; b < padded; ++b) copy_row(rows_, begin + (b < n ? b : 0), x_.get() + b * P_);
    if (prune_) {
      bound(padded);
      evaluate_best(padded);
      evaluate_others(padded);
    } else {
      for (std::int64_t b = 0; b < padded; ++b) list_[b] = b;
      for (std::int64_t k = 0; k < K_; ++k) evaluate(k, 0, padded);
    }
    std::vector<std::int64_t> far;
    for (std::int64_t b = 0; b < padded; ++b) {
      bool finite = false;
      for (std::int64_t k = 0; k < K_ && !finite; ++k) finite = joint_[k * kBlock + b] > -kInfinity;
      if (!finite) settle(b), far.push_back(b);
    }
    double total = exponentiate(rows_, begin, n, simple_, 0.0, prune_ ? kNegligible : kLeast, joint_.get(), kBlock,
                                inverse_.get(), density_.get());
    normalise(joint_.get(), kBlock, n, K_, inverse_.get());
    for (const std::int64_t b : far)
      if (b < n) density_[b] = total = -kInfinity;
    return total;
  }

  // Upper bounds of log w_k N(x), from the leading directions alone; vectors of rows.
  void bound(std::int64_t padded) {
    for (std::int64_t b = 0; b < padded; b += kTileRows) {
      for (int r = 0; r < kTileRows; ++r) {
        const double* x = x_.get() + (b + r) * P_;
        for (std::int64_t d = 0; d < D_; ++d) z_[r * P_ + d] = x[d] - model_.centre[d];
      }
      inner_products<kTileRows>(z_.get(), leading_.get(), P_, L_, lead_.get() + b * L_, L_);
    }
    for (std::int64_t b = 0; b < padded; ++b)
      for (std::int64_t i = 0; i < L_; ++i) transposed_[i * kBlock + b] = lead_[b * L_ + i];
    for (std::int64_t k = 0; k < K_; ++k) {
      const double* m = model_.lead_means + k * L_;
      const double* w = model_.lead_roots + k * L_ * L_;
      std::int64_t b = 0;
      pace_.worked(padded * L_ * L_ / 2);
      for (; b + 2 * W <= padded; b += 2 * W) bound_vectors<2>(k, b, m, w);
      for (; b < padded; b += W) bound_vectors<1>(k, b, m, w);
    }
  }

  template <int T>
  void bound_vectors(std::int64_t k, std::int64_t b, const double* m, const double* w) {
    constexpr int kColumns = 4;
    Vec q[T] = {};
    for (std::int64_t j = 0; j < L_; j += kColumns) {
      const std::int64_t width = std::min<std::int64_t>(kColumns, L_ - j);
      Vec y[kColumns][T] = {};
      for (std::int64_t i = 0; i < j + width; ++i)
        for (int t = 0; t < T; ++t) {
          const Vec z = load(transposed_.get() + i * kBlock + b + t * W) - m[i];
          for (int c = 0; c < kColumns; ++c) y[c][t] += z * (c < width ? w[i * L_ + j + c] : 0.0);
        }
      for (int c = 0; c < kColumns; ++c)
        for (int t = 0; t < T; ++t) q[t] += y[c][t] * y[c][t];
    }
    for (int t = 0; t < T; ++t) store(bound_.get() + k * kBlock + b + t * W, kBitsPerNat * (model_.log_scales[k] - 0.5 * q[t]));
  }

  // Evaluate each row's most promising component, a few times over: that raises what others must reach.
  void evaluate_best(std::int64_t padded) {
    std::fill_n(joint_.get(), K_ * kBlock, -kInfinity);
    std::fill_n(least_.get(), kBlock, -kInfinity);
    std::vector<std::int64_t> ends(K_ + 1);
    for (int round = 0; round < kRounds; ++round) {
      std::fill(ends.begin(), ends.end(), 0);
      for (std::int64_t b = 0; b < padded; b += W) {
        Vec most = load(bound_.get() + b), best{};
        for (std::int64_t k = 1; k < K_; ++k) {
          const Vec other = load(bound_.get() + k * kBlock + b);
          best = other > most ? splat(static_cast<double>(k)) : best;
          most = other > most ? other : most;
        }
        for (int i = 0; i < W; ++i) {
          chosen_[b + i] = most[i] == -kInfinity || most[i] < least_[b + i] ? K_ : static_cast<std::int64_t>(best[i]);
          ++ends[chosen_[b + i]];
        }
      }
      if (ends[K_] == padded) break;
      for (std::int64_t k = 1; k <= K_; ++k) ends[k] += ends[k - 1];
      for (std::int64_t b = padded - 1; b >= 0; --b) list_[--ends[chosen_[b]]] = b;  // by component, rows in order
      for (std::int64_t k = 0; k < K_; ++k) evaluate(k, ends[k], ends[k + 1]);
    }
  }

  void evaluate_others(std::int64_t padded) {
    for (std::int64_t k = 0; k < K_; ++k) {
      const double* bound = bound_.get() + k * kBlock;
      std::int64_t m = 0;
      for (std::int64_t b = 0; b < padded; ++b) {
        list_[m] = b;
        m += bound[b] > -kInfinity && !(bound[b] < least_[b]);
      }
      evaluate(k, 0, m);
    }
  }

  // log w_k N(x) of the listed rows to joint.
  void evaluate(std::int64_t k, std::int64_t from, std::int64_t to) {
    pace_.worked((to - from) * (1 + Q_) * D_);
    for (; from + kTileRows <= to; from += kTileRows) rows_of<kTileRows>(k, from);
    for (; from < to; ++from) rows_of<1>(k, from);
  }

  template <int R>
  void rows_of(std::int64_t k, std::int64_t at) {
    const double* mean = means_.get() + k * P_;
    const double* whitener = whiteners_.get() + k * (1 + Q_) * P_;
    Vec square[R] = {};
    for (int r = 0; r < R; ++r) {
      const double* x = x_.get() + list_[at + r] * P_;
      double* z = z_.get() + r * P_;
      for (std::int64_t d = 0; d < P_; d += W) {
        const Vec v = load(x + d) - load(mean + d);
        store(z + d, v);
        square[r] += v * v * load(whitener + d);
      }
    }
    inner_products<R>(z_.get(), whitener + P_, P_, Q_, along_.get(), Q_);
    for (int r = 0; r < R; ++r) {
      double q = sum(square[r]), explained = 0.0;
      for (std::int64_t j = 0; j < Q_; ++j) explained += along_[r * Q_ + j] * along_[r * Q_ + j];
      q = q < kInfinity ? std::fmax(q - explained, 0.0) : kInfinity;
      const std::int64_t b = list_[at + r];
      const double joint = q < kInfinity ? kBitsPerNat * (model_.log_scales[k] - 0.5 * q) : -kInfinity;
      joint_[k * kBlock + b] = joint;
      bound_[k * kBlock + b] = -kInfinity;  // not wanted again
      least_[b] = std::fmax(least_[b], joint + kNegligible);
    }
  }

  // A row so far away that every squared distance overflows belongs to whoever is nearest in smaller units, in which neither the
  // row, nor a mean, nor a whitener has a number above 1. Somebody is, always: whoever takes exponentials relies on it.
  void settle(std::int64_t b) {
    const double* x = x_.get() + b * P_;
    double unit = 0.0, most = 0.0, least = kInfinity;
    for (std::int64_t d = 0; d < D_; ++d) unit = std::fmax(unit, std::fabs(x[d]));
    for (std::int64_t i = 0; i < K_ * D_; ++i) unit = std::fmax(unit, std::fabs(model_.means[i]));
    for (std::int64_t k = 0; k < K_; ++k)
      for (std::int64_t d = 0; d < D_; ++d) most = std::fmax(most, model_.whiteners[k * (1 + Q_) * D_ + d]);
    const double root = std::sqrt(most);  // no direction has a larger number: its square is taken from the inverse noise
    std::vector<double> distance(K_, kInfinity);
    for (std::int64_t k = 0; k < K_; ++k) {
      if (model_.log_scales[k] == -kInfinity) continue;  // an empty component never wins
      const double* w = model_.whiteners + k * (1 + Q_) * D_;
      double q = 0.0;
      for (std::int64_t j = 0; j <= Q_; ++j) {
        double y = 0.0;
        for (std::int64_t d = 0; d < D_; ++d) {
          const double z = x[d] / unit - model_.means[k * D_ + d] / unit;
          y += j ? z * (w[j * D_ + d] / root) : z * z * (w[d] / most);
        }
        q += j ? -y * y : y;
      }
      distance[k] = q < kInfinity ? q : std::numeric_limits<double>::max();
      least = std::fmin(least, distance[k]);
    }
    for (std::int64_t k = 0; k < K_; ++k) joint_[k * kBlock + b] = distance[k] == least ? 0.0 : -kInfinity;
  }

  const Rows& rows_;
  const LowRankModel& model_;
  Model simple_;
  bool prune_;
  std::int64_t D_, P_, K_, Q_, L_;
  Buffer x_, z_, along_, means_, whiteners_, leading_, lead_, transposed_, joint_, bound_, density_, inverse_, least_;
  std::vector<std::int64_t> list_, chosen_;
  Pace pace_{rows_};
};

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
