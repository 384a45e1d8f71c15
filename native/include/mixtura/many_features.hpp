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

template <class T = double>
class ManyFeatures {
 public:
  // Without pruning every pair is evaluated; the numbers of those that pruning keeps are the same, to the bit.
  explicit ManyFeatures(const Rows& rows, const Model& model, bool prune = true)
      : rows_(rows), model_(model), prune_(prune), D_(rows.D), P_(round_up(rows.D, L)), K_(model.K), lane_(model, D_, P_),
        lead_(K_ > 1 && D_ >= 32 ? std::max<std::int64_t>(D_ / 4 / L, 1) * L : P_), middle_((lead_ + P_) / 2 / L * L),
        x_(kBlock * P_), z_(P_ * kStride), columns_(P_ * kStride), joint_(K_ * kStride), inverse_(kBlock),
        distance_(K_ * kStride), tail_(K_), best_(kBlock), least_(kBlock), density_(kBlock), list_(kBlock + 1) {
    measure_tails();
  }

  // False where sums left the range of floats: nothing was added then.
  bool sweep(const Sums& sums) {
    plan();
    double log_likelihood = 0.0, weight = 0.0;
    Lists<T> lists(K_);
    Collector<T> collector(rows_, sums, K_, P_);
    for (std::int64_t begin = 0; begin < rows_.n; begin += kBlock) {
      const std::int64_t n = std::min(kBlock, rows_.n - begin);
      const double* weights = rows_.weights ? rows_.weights + begin : nullptr;
      const double total = expect(begin, n);
      add_totals(weights, n, density_.get(), total, log_likelihood, weight);
      if (weights)
        for (std::int64_t b = 0; b < n; ++b) inverse_[b] *= weights[b];
      for (std::int64_t k = 0; k < K_; ++k)
        lists.add_block(k, begin, n, joint_.get() + k * kStride, inverse_.get());
      if (lists.rows += n; lists.rows >= kGathered || begin + n == rows_.n) collector.take(lists);
    }
    if (LaneModel<T>::kNarrow && !collector.finite()) return false;
    collector.finish();
    *sums.log_likelihood += log_likelihood;
    *sums.weight += weight;
    return true;
  }

  static void gather(const Rows& rows, const std::int64_t* labels, std::int64_t K, const Sums& sums) {
    Lists<T> lists(K);
    Collector<T> collector(rows, sums, K, round_up(rows.D, L));
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
  static constexpr int L = kLanes<T>;
  using V = Vector<T>;
  static constexpr std::int64_t kBlock = 512;      // rows of a block
  static constexpr std::int64_t kStride = kBlock + 8;  // of columns: a power of two would put all in one set of a cache
  static constexpr int kGroup = W == 8 ? 16 : 8;   // rows that share a load of a whitener

  double expect(std::int64_t begin, std::int64_t n) {
    const std::int64_t padded = round_up(n, L);
    for (std::int64_t b = 0; b < padded; ++b) {
      T* x = x_.get() + b * P_;
      copy_row(rows_, begin + (b < n ? b : 0), x);
      list_[b] = b;
    }
    const Rows copied{x_.get(), false, padded, D_, P_, 1, nullptr};
    for (std::int64_t d = 0; d < lead_; d += L)
      copy_columns<L>(x_.get() + d, copied, padded, kStride, columns_.get() + d * kStride);
    for (std::int64_t k = 0; k < K_; ++k) begin_distances(k, padded);
    if (lead_ < P_) {
      evaluate_best(padded);
      evaluate_others(padded);
    } else {
      for (std::int64_t k = 0; k < K_; ++k)
        for (std::int64_t b = 0; b < padded; b += L) store(joint_.get() + k * kStride + b, bound(k, b));
    }
    return exponentiate(rows_, begin, n, model_, lane_.base, prune_ ? kNegligible : kLeast, joint_.get(), kStride,
                        inverse_.get(), density_.get());
  }

  // Upper bounds of log2 w_k N(x) for a vector of rows, and lower bounds of what matters.
  V bound(std::int64_t k, std::int64_t b) { return lane_.height(k) - load(distance_.get() + k * kStride + b); }

  // Lhat the features after the leading ones add to the height of each component. Without it the bound is the density of
  // the leading features alone, which guesses the best component; with it tight components would win too often.
  void measure_tails() {
    for (std::int64_t k = 0; k < K_; ++k) {
      tail_[k] = 0.0;
      for (std::int64_t d = lead_; d < D_; ++d)
        tail_[k] += std::log2(lane_.whitener(k)[model_.dense ? d * P_ + d : d]);
    }
  }

  // Choose how many features lead, and where the others are looked at again, from what a few rows show: for each number
  // of features the share of pairs that are undecided after it. Costs are in operations on vectors for one pair.
  void plan() {
    const std::int64_t n = std::min<std::int64_t>(16, rows_.n), steps = P_ / L;
    if (K_ == 1 || rows_.n < 1024 || !prune_) return;
    std::vector<double> undecided(steps + 1), partial(K_ * (steps + 1));
    std::vector<T> x(P_), y(P_);
    for (std::int64_t t = 0; t < n; ++t) {
      copy_row(rows_, t * (rows_.n / n), x.data());
      double best = -kInfinity;
      for (std::int64_t k = 0; k < K_; ++k) {
        std::fill(y.begin(), y.end(), T(0));
        for (std::int64_t i = 0; i < D_; ++i) {
          const T z = x[i] - lane_.mean(k)[i];
          if (model_.dense) {
            const T* w = lane_.whitener(k) + i * P_;
            for (std::int64_t j = 0; j < P_; j += L) store(y.data() + j, load(y.data() + j) + z * load(w + j));
          } else {
            y[i] = z * lane_.whitener(k)[i];
          }
        }
        double q = 0.0;
        for (std::int64_t s = 0; s < steps; ++s) {
          const V part = load(y.data() + s * L);
          q += sum(part * part);
          partial[k * (steps + 1) + s + 1] = lane_.height(k) - q;
        }
        best = std::fmax(best, partial[k * (steps + 1) + steps]);
      }
      for (std::int64_t k = 0; k < K_; ++k)
        for (std::int64_t s = 1; s <= steps; ++s)
          undecided[s] += !(partial[k * (steps + 1) + s] < best + kNegligible) / static_cast<double>(n * K_);
    }
    const auto triangle = [&](std::int64_t s) { return model_.dense ? 0.5 * s * (s + 1) * L : 3.0 * s; };
    const auto extending = [&](std::int64_t from, std::int64_t to) {
      return to == from ? 0.0 : 1.4 * (triangle(to) - triangle(from)) + (model_.dense ? 2.0 * to : 0.0) + 30.0;
    };
    double least = kInfinity;
    for (std::int64_t s = 1; s <= steps; ++s)
      for (std::int64_t m = s; m <= steps; ++m) {
        const double cost = triangle(s) + undecided[s] * extending(s, m) + undecided[m] * extending(m, steps) +
                            (s < steps ? extending(s, steps) / K_ : 0.0);
        if (cost < least) least = cost, lead_ = s * L, middle_ = m * L;
      }
    measure_tails();
  }

  void evaluate_best(std::int64_t padded) {
    for (std::int64_t b = 0; b < padded; b += L) {
      V most = bound(0, b) - tail_[0], best{};
      for (std::int64_t k = 1; k < K_; ++k) {
        const V other = bound(k, b) - tail_[k];
        best = other > most ? splat(static_cast<T>(k)) : best;
        most = other > most ? other : most;
      }
      store(best_.get() + b, best);
    }
    for (std::int64_t k = 0; k < K_; ++k) {
      std::int64_t m = 0;
      for (std::int64_t b = 0; b < padded; ++b) {
        list_[m] = b;
        m += best_[b] == static_cast<T>(k);
      }
      extend(k, list_.data(), m, lead_, middle_);
      extend(k, list_.data(), m, middle_, P_);
      finish(k, list_.data(), m);
      for (std::int64_t i = 0; i < m; ++i)
        least_[list_[i]] = prune_ ? joint_[k * kStride + list_[i]] + kNegligible : T(-kInfinity);
    }
  }

  void evaluate_others(std::int64_t padded) {
    for (std::int64_t k = 0; k < K_; ++k) {
      std::int64_t m = 0;
      const V me = splat(static_cast<T>(k));
      for (std::int64_t b = 0; b < padded; b += L) {
        const BitsOf<T> mine = load(best_.get() + b) == me;
        T* joint = joint_.get() + k * kStride + b;
        store(joint, mine ? load(joint) : splat(T(-kInfinity)));
        const BitsOf<T> wanted = ~mine & ~(BitsOf<T>)(bound(k, b) < load(least_.get() + b));  // also where the best overflowed
        for (unsigned lanes = lanes_of(wanted); lanes; lanes &= lanes - 1) list_[m++] = b + __builtin_ctz(lanes);
      }
      extend(k, list_.data(), m, lead_, middle_);
      std::int64_t left = 0;
      for (std::int64_t i = 0; i < m; ++i) {
        const std::int64_t b = list_[i];
        list_[left] = b;
        left += !(lane_.height(k) - distance_[k * kStride + b] < least_[b]);
      }
      extend(k, list_.data(), left, middle_, P_);
      finish(k, list_.data(), left);
    }
  }

  void finish(std::int64_t k, const std::int64_t* list, std::int64_t m) {
    for (std::int64_t i = 0; i < m; ++i) {
      const T q = distance_[k * kStride + list[i]];
      joint_[k * kStride + list[i]] = q < T(kInfinity) ? lane_.height(k) - q : T(-kInfinity);
    }
  }

  // Squared distances of a block's rows from component k over the leading features alone: rows fill the vectors, for all
  // of them are wanted, and a few whitened features of a few vectors of rows share their loads.
  void begin_distances(std::int64_t k, std::int64_t padded) {
    const T* m = lane_.mean(k);
    T* z = z_.get();
    if (model_.dense)
      for (std::int64_t i = 0; i < std::min(lead_, D_); ++i)
        for (std::int64_t b = 0; b < padded; b += L)
          store(z + i * kStride + b, load(columns_.get() + i * kStride + b) - m[i]);
    std::int64_t b = 0;
    for (; b + 4 * L <= padded; b += 4 * L) begin_rows<4>(k, b);
    for (; b < padded; b += L) begin_rows<1>(k, b);
  }

  template <int R>
  void begin_rows(std::int64_t k, std::int64_t b) {
    V q[R];
    for (int r = 0; r < R; ++r) q[r] = V{};
    if (model_.dense) {
      constexpr int J = L < 4 ? L : 4;  // lead_ is a multiple of it
      const T* w = lane_.whitener(k);
      const T* z = z_.get() + b;
      for (std::int64_t j = 0; j < lead_; j += J) {
        V y[J][R];
        for (int s = 0; s < J; ++s)
          for (int r = 0; r < R; ++r) y[s][r] = lane_.start(k, j + s);
        for (std::int64_t i = 0; i < std::min(j + J, D_); ++i)  // below the diagonal the whitener is 0
          for (int s = 0; s < J; ++s)
            for (int r = 0; r < R; ++r) y[s][r] += load(z + i * kStride + r * L) * w[i * P_ + j + s];
        for (int s = 0; s < J; ++s)
          for (int r = 0; r < R; ++r) q[r] += y[s][r] * y[s][r];
      }
    } else {
      const T* m = lane_.mean(k);
      const T* w = lane_.whitener(k);
      for (std::int64_t d = 0; d < lead_; ++d)
        for (int r = 0; r < R; ++r) {
          const V y = (load(columns_.get() + d * kStride + b + r * L) - m[d]) * w[d] + lane_.start(k, d);
          q[r] += y * y;
        }
    }
    for (int r = 0; r < R; ++r) store(distance_.get() + k * kStride + b + r * L, q[r]);
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
    const T* m = lane_.mean(k);
    V q[R] = {};
    if (model_.dense) {
      for (int r = 0; r < R; ++r) {
        const T* x = x_.get() + list[r] * P_;
        for (std::int64_t d = 0; d < end; d += L) store(z_.get() + r * P_ + d, load(x + d) - load(m + d));
      }
      const T* w = lane_.whitener(k);
      for (std::int64_t j = begin; j < end; j += L) {
        V y[R];
        for (int r = 0; r < R; ++r) y[r] = lane_.starts(k, j);
        const std::int64_t last = std::min(D_, j + L);
        const T* z = z_.get();
        for (std::int64_t i = 0; i < last; ++i) {
          const V column = load(w + i * P_ + j);
          for (int r = 0; r < R; ++r) y[r] += z[r * P_ + i] * column;
        }
        for (int r = 0; r < R; ++r) q[r] += y[r] * y[r];
      }
    } else {
      const T* w = lane_.whitener(k);
      for (std::int64_t d = begin; d < end; d += L) {
        const V centre = load(m + d), scale = load(w + d), start = lane_.starts(k, d);
        for (int r = 0; r < R; ++r) {
          const V y = (load(x_.get() + list[r] * P_ + d) - centre) * scale + start;
          q[r] += y * y;
        }
      }
    }
    for (int r = 0; r < R; ++r) distance_[k * kStride + list[r]] += sum(q[r]);
  }

  const Rows& rows_;
  const Model& model_;
  bool prune_;
  std::int64_t D_, P_, K_;
  const LaneModel<T> lane_;
  std::int64_t lead_, middle_;
  BufferOf<T> x_, z_, columns_, joint_, inverse_, distance_, tail_, best_, least_;
  Buffer density_;
  std::vector<std::int64_t> list_;
};

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
