// Many features (D above 16): pairs of a row and a component that cannot matter are skipped.
//
// The pruning is exact to rounding: over the leading features alone the squared distance is a lower bound, so
// log2 w_k N(x) has an upper bound; the component with the best bound is evaluated in full, and any other whose bound
// lies more than 53 bits below it has a responsibility under 2^-53. Distances of few of many rows, and sums over them, are
// computed from lists (distances.hpp, collector.hpp).
#pragma once

#include <algorithm>
#include <vector>

#include "buffer.hpp"
#include "collector.hpp"
#include "distances.hpp"
#include "expectation.hpp"

namespace mixtura {
namespace MIXTURA_VARIANT {

template <class T = double>
class ManyFeatures {
 public:
  // Without pruning every pair is evaluated; the numbers of those that pruning keeps are the same, to the bit.
  explicit ManyFeatures(const Rows& rows, const Model& model, bool prune = true)
      : rows_(rows), model_(model), prune_(prune), D_(rows.D), P_(round_up(rows.D, L)), K_(model.K),
        distances_(rows, model, kBlock), lane_(distances_.lane),
        lead_(K_ > 1 && D_ >= 32 ? std::max<std::int64_t>(D_ / 4 / L, 1) * L : P_), middle_((lead_ + P_) / 2 / L * L),
        joint_(K_ * kStride), inverse_(kBlock), distance_(K_ * kStride), tail_(K_), best_(kBlock), least_(kBlock),
        density_(kBlock), list_(kBlock) {
    measure_tails();
  }

  // False where sums left the range of floats: nothing was added then.
  bool sweep(const Sums& sums) {
    plan();
    double log_likelihood = 0.0, weight = 0.0;
    Lists lists(K_);
    Collector collector(rows_, sums, K_);
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
    Lists lists(K);
    Collector collector(rows, sums, K);
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

  double expect(std::int64_t begin, std::int64_t n) {
    const std::int64_t padded = round_up(n, L);
    distances_.take(begin, n);
    distances_.begin(lead_, distance_.get(), kStride);
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

  // What the features after the leading ones add to the height of each component. Without it the bound is the density of
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
    const std::int64_t n = std::min<std::int64_t>(8, rows_.n), steps = P_ / W, unit = distances_.unit() / W;
    if (K_ == 1 || rows_.n < 1024 || !prune_) return;
    std::vector<double> undecided(steps + 1), partial(K_ * (steps + 1));
    std::vector<T> x(P_), y(P_);
    for (std::int64_t t = 0; t < n; ++t) {
      copy_row(rows_, t * (rows_.n / n), x.data());
      double best = -kInfinity;
      for (std::int64_t k = 0; k < K_; ++k) {
        std::fill(y.begin(), y.end(), T(0));
        const T* w = lane_.whitener(k);
        for (std::int64_t i = 0; i < D_ && model_.dense; ++i) {
          const T z = x[i] - lane_.mean(k)[i];
          for (std::int64_t j = i / L * L; j < P_; j += L)
            store(y.data() + j, load(y.data() + j) + z * load(w + i * P_ + j));
        }
        for (std::int64_t j = 0; j < P_ && !model_.dense; j += L)
          store(y.data() + j, (load(x.data() + j) - load(lane_.mean(k) + j)) * load(w + j));
        double q = 0.0;
        for (std::int64_t s = 0; s < steps; ++s) {
          const V part = load(y.data() + s * W / L * L);
          q += sum(half(part * part, s * W % L != 0));
          partial[k * (steps + 1) + s + 1] = lane_.height(k) - q;
        }
        best = std::fmax(best, partial[k * (steps + 1) + steps]);
      }
      for (std::int64_t k = 0; k < K_; ++k)
        for (std::int64_t s = 1; s <= steps; ++s)
          undecided[s] += !(partial[k * (steps + 1) + s] < best + kNegligible) / static_cast<double>(n * K_);
    }
    const auto triangle = [&](std::int64_t s) {
      return model_.dense ? 0.5 * s * (s + 1) * W * W / L : 3.0 * s * W / L;
    };
    const auto extending = [&](std::int64_t from, std::int64_t to) {
      return to == from ? 0.0 : 1.3 * (triangle(to) - triangle(from)) + (model_.dense ? 1.0 * to + 10.0 : 30.0);
    };
    double least = kInfinity;
    for (std::int64_t s = unit; s <= steps; s += unit)
      for (std::int64_t m = s; m <= steps; m += unit) {
        const double cost = triangle(s) + undecided[s] * extending(s, m) + undecided[m] * extending(m, steps) +
                            (s < steps ? extending(s, steps) / K_ : 0.0);
        if (cost < least) least = cost, lead_ = s * W, middle_ = m * W;
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
      for (std::int64_t b = 0; b < padded; b += L)
        for (unsigned lanes = lanes_of(load(best_.get() + b) == splat(static_cast<T>(k))); lanes; lanes &= lanes - 1)
          list_[m++] = b + __builtin_ctz(lanes);
      extend(k, m, lead_, P_);
      finish(k, m);
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
        // also where the best overflowed
        const BitsOf<T> wanted = ~mine & ~(BitsOf<T>)(bound(k, b) < load(least_.get() + b));
        for (unsigned lanes = lanes_of(wanted); lanes; lanes &= lanes - 1) list_[m++] = b + __builtin_ctz(lanes);
      }
      extend(k, m, lead_, middle_);
      std::int64_t left = 0;
      for (std::int64_t i = 0; i < m; ++i) {
        const std::int64_t b = list_[i];
        list_[left] = b;
        left += !(lane_.height(k) - distance_[k * kStride + b] < least_[b]);
      }
      extend(k, left, middle_, P_);
      finish(k, left);
    }
  }

  void finish(std::int64_t k, std::int64_t m) {
    for (std::int64_t i = 0; i < m; ++i) {
      const T q = distance_[k * kStride + list_[i]];
      joint_[k * kStride + list_[i]] = q < T(kInfinity) ? lane_.height(k) - q : T(-kInfinity);
    }
  }

  void extend(std::int64_t k, std::int64_t m, std::int64_t from, std::int64_t to) {
    distances_.extend(k, list_.data(), m, from, to, distance_.get() + k * kStride);
  }

  const Rows& rows_;
  const Model& model_;
  bool prune_;
  std::int64_t D_, P_, K_;
  Distances<T> distances_;
  const LaneModel<T>& lane_;
  std::int64_t lead_, middle_;
  BufferOf<T> joint_, inverse_, distance_, tail_, best_, least_;
  Buffer density_;
  std::vector<std::int64_t> list_;
};

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
