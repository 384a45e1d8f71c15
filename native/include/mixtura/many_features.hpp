// Many features (D above 16): pairs of a row and a component that cannot matter are skipped.
//
// The pruning is exact to rounding: a first look bounds log2 w_k N(x) from above (first_look.hpp); the component that looks
// best is evaluated in full, and any other whose bound lies more than 53 bits below it has a responsibility under 2^-53.
// Distances of few of many rows, and sums over them, are computed from lists (distances.hpp, collector.hpp).
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "buffer.hpp"
#include "candidates.hpp"
#include "collector.hpp"
#include "distances.hpp"
#include "expectation.hpp"
#include "first_look.hpp"
#include "pace.hpp"

namespace mixtura {
namespace MIXTURA_VARIANT {

template <class T = double>
class ManyFeatures {
 public:
  explicit ManyFeatures(const Rows& rows, const Model& model, bool prune = true)
      : rows_(rows), model_(model), prune_(prune && model.K > 1), D_(rows.D), P_(round_up(rows.D, L)), K_(model.K),
        looks_(prune_ && D_ >= 32), lead_(std::max<std::int64_t>(D_ / 4 / L, 1) * L), middle_((lead_ + P_) / 2 / L * L),
        distances_(rows, model, kBlock), lane_(distances_.lane), candidates_(K_, kBlock),
        joint_(K_ * kStride), inverse_(kBlock), own_(kBlock), distance_(kBlock), density_(kBlock), list_(kBlock + 2 * L),
        grouped_(kBlock), ends_(K_ + 1) {
    if (prune_ && D_ >= 32 && !model.dense && !LaneModel<T>::kNarrow)
      rough_ = RoughLook::of(rows, model, kStride, kBlock);
    if (prune_ && !rough_) look_.emplace(K_, kStride, kBlock);
    know();
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
      if (few_)
        candidates_.list(begin, inverse_.get(), lists);
      else
        for (std::int64_t k = 0; k < K_; ++k)
          lists.add_block(k, begin, n, joint_.get() + k * kStride, inverse_.get());
      if (lists.rows += n; lists.rows >= collector.enough() || begin + n == rows_.n) collector.take(lists);
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
    Pace pace(rows);
    for (std::int64_t n = 0; n < rows.n; ++n) {
      const double weight = rows.weights ? rows.weights[n] : 1.0;
      *sums.weight += weight;
      lists.add(labels[n], n, weight);
      if (++lists.rows >= collector.enough() || n + 1 == rows.n) collector.take(lists);
      pace.worked(rows.D * rows.D);
    }
    collector.finish();
  }

  void assign(const Assignment& out) {
    plan();
    for (std::int64_t begin = 0; begin < rows_.n; begin += kBlock) {
      const std::int64_t n = std::min(kBlock, rows_.n - begin);
      expect(begin, n);
      if (few_) {
        candidates_.choose(begin, n, inverse_.get(), density_.get(), out);
        continue;
      }
      normalise(joint_.get(), kStride, n, K_, inverse_.get());
      choose(joint_.get(), kStride, n, K_, density_.get(), begin, out);
    }
  }

  // Of every pair, those that cannot matter too.
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
  static constexpr std::int64_t kBlock = 512;           // rows of a block
  static constexpr std::int64_t kStride = kBlock + 16;  // of columns: a power of two would put all in one set of a cache

  // Fill inverse_, density_, and what is not negligible: candidates_ where they are few_, joint_ elsewhere. Returns the sum
  // of log-densities.
  double expect(std::int64_t begin, std::int64_t n) {
    distances_.take(begin, n);
    few_ = false;
    if (!looks_) {
      distances_.begin(P_, joint_.get(), kStride);
      for (std::int64_t k = 0; k < K_; ++k)
        for (T* at = joint_.get() + k * kStride, *end = at + n; at < end; at += L) store(at, lane_.height(k) - load(at));
    } else if (rough_) {
      rough_->distances.take(distances_, rough_->centre.data(), n);
      rough_->distances.begin(lead_, rough_->look.distances(0), kStride);
      few_ = choose_candidates(rough_->look, n);
    } else {
      distances_.begin(lead_, look_->distances(0), kStride);
      few_ = choose_candidates(*look_, n);
    }
    if (few_) return candidates_.exponentiate(n, lane_.base, kNegligible, inverse_.get(), density_.get());
    if (looks_) candidates_.scatter(joint_.get(), kStride);
    return exponentiate(rows_, begin, n, model_, lane_.base, prune_ ? kNegligible : kLeast, joint_.get(), kStride,
                        inverse_.get(), density_.get());
  }

  // Fill candidates_. Returns whether they are few, and every row near enough to one of them.
  template <class U>
  bool choose_candidates(FirstLook<U>& look, std::int64_t n) {
    look.guess(n);
    group_by_best(look, n);
    candidates_.clear();
    bool near = true;
    for (std::int64_t k = 0; k < K_; ++k) {
      const std::int64_t* mine = grouped_.data() + ends_[k];
      const std::int64_t m = ends_[k + 1] - ends_[k];
      const T* q = extend(look, k, mine, m, kStart, P_);
      pace_.worked(m * per_pair_);
      for (std::int64_t i = 0; i < m; ++i) {
        const T value = own_[mine[i]] = value_of(k, q[mine[i]]);
        near &= value > kFar<T>;
        look.require(mine[i], value + kNegligible);
      }
    }
    for (std::int64_t k = 0; k < K_; ++k) {
      for (std::int64_t at = ends_[k]; at < ends_[k + 1]; ++at) candidates_.add(k, grouped_[at], own_[grouped_[at]]);
      const std::int64_t m = look.undecided(k, n, list_.data());
      if (!m) continue;
      const T* q = extend(look, k, list_.data(), m, kStart, middle_);
      std::int64_t left = 0;
      for (std::int64_t i = 0; i < m; ++i) {
        const std::int64_t b = list_[i];
        list_[left] = b;
        left += !(lane_.height(k) - q[b] < own_[b] + kNegligible);
      }
      extend(look, k, list_.data(), left, middle_, P_);
      pace_.worked(m * per_pair_);
      for (std::int64_t i = 0; i < left; ++i) candidates_.add(k, list_[i], value_of(k, q[list_[i]]));
    }
    return near && candidates_.few(n);
  }

  T value_of(std::int64_t k, T q) const { return q < T(kInfinity) ? lane_.height(k) - q : T(-kInfinity); }

  // Rows by the component that was guessed: those of k are grouped_ from ends_[k] to ends_[k + 1], in order.
  template <class U>
  void group_by_best(const FirstLook<U>& look, std::int64_t n) {
    std::fill(ends_.begin(), ends_.end(), 0);
    for (std::int64_t b = 0; b < n; ++b) ++ends_[look.best(b)];
    std::int64_t before = 0;
    for (std::int64_t& end : ends_) before += std::exchange(end, before);
    for (std::int64_t b = 0; b < n; ++b) grouped_[ends_[look.best(b)]++] = b;
    for (std::int64_t k = K_; k > 0; --k) ends_[k] = ends_[k - 1];
    ends_[0] = 0;
  }

  // Squared distances of listed rows from component k: what the first look found, if it counted in T, or nothing, and then
  // the features `from` where the last call ended `to` where this one does. Returns where they stand, by row.
  static constexpr std::int64_t kStart = -1;
  template <class U>
  const T* extend(FirstLook<U>& look, std::int64_t k, const std::int64_t* list, std::int64_t m, std::int64_t from,
                  std::int64_t to) {
    T* q = distance_.get();
    if constexpr (std::is_same_v<U, T>) {
      q = look.distances(k);
      if (from == kStart) from = lead_;
    } else if (from == kStart) {
      for (std::int64_t i = 0; i < m; ++i) q[list[i]] = T(0);
      from = 0;
    }
    distances_.extend(k, list, m, from, to, q);
    return q;
  }

  void know() {
    for (std::int64_t k = 0; k < K_ && looks_; ++k) {
      double tail = 0.0;
      for (std::int64_t d = lead_; d < D_; ++d) tail += std::log2(lane_.whitener(k)[model_.dense ? d * P_ + d : d]);
      if (rough_)
        rough_->look.know(k, rough_->high(k, lane_.height(k)), rough_->share, tail);
      else
        look_->know(k, lane_.height(k), 1.0, tail);
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
          partial[k * (steps + 1) + s + 1] = q;
        }
        best = std::fmax(best, lane_.height(k) - q);
        pace_.worked(per_pair_);
      }
      for (std::int64_t k = 0; k < K_; ++k) {
        const double high = rough_ ? rough_->high(k, lane_.height(k)) : lane_.height(k), share = rough_ ? rough_->share : 1.0;
        for (std::int64_t s = 1; s <= steps; ++s)
          undecided[s] += !(high - share * partial[k * (steps + 1) + s] < best + kNegligible) / static_cast<double>(n * K_);
      }
    }
    const auto triangle = [&](std::int64_t s) {
      return model_.dense ? 0.5 * s * (s + 1) * W * W / L : 3.0 * s * W / L;
    };
    const auto extending = [&](std::int64_t from, std::int64_t to) {
      return to == from ? 0.0 : 1.3 * (triangle(to) - triangle(from)) + (model_.dense ? 1.0 * to + 10.0 : 30.0);
    };
    double least = triangle(steps);  // of looking at all features of all pairs
    looks_ = false;
    for (std::int64_t s = unit; s <= steps - !rough_; s += unit)
      for (std::int64_t m = s; m <= steps; m += unit) {
        const std::int64_t from = rough_ ? 0 : s;
        const double cost = triangle(s) * (rough_ ? 0.5 : 1.0) + undecided[s] * extending(from, m) +
                            undecided[m] * extending(m, steps) + extending(from, steps) / K_;
        if (cost < least) least = cost, lead_ = s * W, middle_ = m * W, looks_ = true;
      }
    know();
  }

  const Rows& rows_;
  const Model& model_;
  const bool prune_;
  const std::int64_t D_, P_, K_;
  bool looks_, few_ = false;
  std::int64_t lead_, middle_;
  Distances<T> distances_;
  const LaneModel<T>& lane_;
  std::optional<FirstLook<T>> look_;
  std::unique_ptr<RoughLook> rough_;
  Candidates<T> candidates_;
  BufferOf<T> joint_, inverse_, own_, distance_;
  Buffer density_;
  std::vector<std::int64_t> list_, grouped_, ends_;
  const std::int64_t per_pair_ = model_.dense ? D_ * D_ / 2 : D_;  // operations
  Pace pace_{rows_};
};

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
