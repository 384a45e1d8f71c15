// Many features (D above 16): rows stay rows, features fill the vectors. Both triangular steps skip their zero half, and
// pairs of a row and a component that cannot matter are skipped.
//
// The pruning is exact to rounding: over the leading features alone the squared distance is a lower bound, so
// log w_k N(x) has an upper bound; the component with the best bound is evaluated in full, and any other whose bound lies
// more than 36.8 = 53 log 2 below it has a responsibility under 2^-53.
#pragma once

#include <algorithm>
#include <vector>

#include "buffer.hpp"
#include "expectation.hpp"

namespace mixtura {
namespace MIXTURA_VARIANT {

class ManyFeatures {
 public:
  // Without pruning every pair is evaluated; the numbers of those that pruning keeps are the same, to the bit.
  explicit ManyFeatures(const Rows& rows, const Model& model, bool prune = true)
      : rows_(rows), model_(model), prune_(prune), D_(rows.D), P_(round_up(rows.D, W)), K_(model.K),
        lead_(D_ >= 32 && K_ > 1 ? round_up(D_ / 4, W) : 0), middle_(round_up((lead_ + D_) / 2, W)), x_(kBlock * P_), z_(kGroup * P_), means_(K_ * P_),
        whiteners_((model.dense ? (model.shared ? 1 : K_) * D_ : K_) * P_), joint_(K_ * kBlock), inverse_(kBlock), density_(kBlock),
        distance_(K_ * kBlock), best_(kBlock), least_(kBlock), list_(kBlock + 1) {
    for (std::int64_t k = 0; k < K_; ++k) std::copy_n(model.means + k * D_, D_, means_.get() + k * P_);
    const std::int64_t lines = model.dense ? (model.shared ? 1 : K_) * D_ : K_;
    for (std::int64_t i = 0; i < lines; ++i) std::copy_n(model.whiteners + i * D_, D_, whiteners_.get() + i * P_);
  }

  void sweep(const Sums& sums) {
    Lists lists(K_);
    Collector collector(rows_, sums, K_, P_);
    for (std::int64_t begin = 0; begin < rows_.n; begin += kBlock) {
      const std::int64_t n = std::min(kBlock, rows_.n - begin);
      const double* weights = rows_.weights ? rows_.weights + begin : nullptr;
      add_totals(weights, n, density_.get(), expect(begin, n), sums);
      if (weights)
        for (std::int64_t b = 0; b < n; ++b) inverse_[b] *= weights[b];
      for (std::int64_t k = 0; k < K_; ++k)
        for (std::int64_t b = 0; b < n; ++b) {
          const double e = joint_[k * kBlock + b];
          if (e > 0.0) lists.add(k, begin + b, e * inverse_[b]);
        }
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
      normalise(joint_.get(), kBlock, n, K_, inverse_.get());
      choose(joint_.get(), kBlock, n, K_, density_.get(), begin, out);
    }
  }

  void responsibilities(double* out) {
    for (std::int64_t begin = 0; begin < rows_.n; begin += kBlock) {
      const std::int64_t n = std::min(kBlock, rows_.n - begin);
      expect(begin, n);
      normalise(joint_.get(), kBlock, n, K_, inverse_.get());
      copy_rows(joint_.get(), kBlock, n, K_, out + begin * K_);
    }
  }

 private:
  static constexpr std::int64_t kBlock = 256;      // rows of a block
  static constexpr std::int64_t kGathered = 4096;  // rows between two maximisation steps
  static constexpr std::int64_t kChunk = 128;      // rows of one weighted product
  static constexpr int kGroup = W == 8 ? 16 : 8;   // rows that share a load of a whitener

  // For each component the rows that count, with their weighted responsibilities.
  struct Lists {
    explicit Lists(std::int64_t K) : index(K), share(K) {}
    void add(std::int64_t k, std::int64_t n, double r) {
      index[k].push_back(n);
      share[k].push_back(r);
    }
    std::vector<std::vector<std::int64_t>> index;
    std::vector<std::vector<double>> share;
    std::int64_t rows = 0;
  };

  // Sums moments of listed rows.
  class Collector {
   public:
    Collector(const Rows& rows, const Sums& sums, std::int64_t K, std::int64_t P)
        : rows_(rows), sums_(sums), D_(rows.D), P_(P), K_(K), a_(kChunk * P),
          second_(sums.need == Need::full ? K * P * P : sums.need == Need::pooled ? P * P : K * P), first_(K * P),
          centres_(K * P) {
      for (std::int64_t k = 0; k < K; ++k) std::copy_n(sums.centres + k * D_, D_, centres_.get() + k * P);
    }

    void take(Lists& lists) {
      for (std::int64_t k = 0; k < K_; ++k) {
        const auto size = static_cast<std::int64_t>(lists.index[k].size());
        for (std::int64_t at = 0; at < size; at += kChunk)
          chunk(k, lists.index[k].data() + at, lists.share[k].data() + at, std::min(kChunk, size - at));
        lists.index[k].clear();
        lists.share[k].clear();
      }
      lists.rows = 0;
    }

    void finish() {
      for (std::int64_t k = 0; k < K_; ++k)
        for (std::int64_t d = 0; d < D_; ++d) sums_.first[k * D_ + d] += first_[k * P_ + d];
      if (sums_.need == Need::trace || sums_.need == Need::diagonal) {
        for (std::int64_t k = 0; k < K_; ++k)
          for (std::int64_t d = 0; d < D_; ++d)
            sums_.second[sums_.need == Need::trace ? k : k * D_ + d] += second_[k * P_ + d];
        return;
      }
      for (std::int64_t k = 0; k < (sums_.need == Need::full ? K_ : 1); ++k)
        for (std::int64_t i = 0; i < D_; ++i)
          for (std::int64_t j = i; j < D_; ++j) {  // the upper half was summed
            const double amount = second_[(k * P_ + i) * P_ + j];
            sums_.second[(k * D_ + i) * D_ + j] += amount;
            if (i != j) sums_.second[(k * D_ + j) * D_ + i] += amount;
          }
    }

   private:
    void chunk(std::int64_t k, const std::int64_t* index, const double* share, std::int64_t m) {
      const double* centre = centres_.get() + k * P_;
      double count = 0.0;
      for (std::int64_t n = 0; n < m; ++n) {
        double* a = a_.get() + n * P_;
        copy_row(rows_, index[n], a);
        for (std::int64_t d = 0; d < P_; d += W) store(a + d, load(a + d) - load(centre + d));
        count += share[n];
      }
      sums_.counts[k] += count;
      const bool products = sums_.need == Need::full || sums_.need == Need::pooled;
      std::int64_t d = 0;
      for (; d + 4 * W <= P_; d += 4 * W) columns<4>(k, share, m, d, !products);
      for (; d < P_; d += W) columns<1>(k, share, m, d, !products);
      if (!products) return;
      for (std::int64_t n = 0; n < m; ++n) {
        const double root = std::sqrt(share[n]);
        double* a = a_.get() + n * P_;
        for (std::int64_t at = 0; at < P_; at += W) store(a + at, root * load(a + at));
      }
      symmetric_product(m, second_.get() + (sums_.need == Need::full ? k * P_ * P_ : 0));
    }

    // Sum r z, and r z² if asked, over the chunk's rows, for J vectors of features.
    template <int J>
    void columns(std::int64_t k, const double* share, std::int64_t m, std::int64_t d, bool squares) {
      Vec first[J] = {}, second[J] = {};
      const double* a = a_.get() + d;
      for (std::int64_t n = 0; n < m; ++n, a += P_)
        for (int t = 0; t < J; ++t) {
          const Vec v = load(a + t * W), weighted = share[n] * v;
          first[t] += weighted;
          second[t] += weighted * v;
        }
      for (int t = 0; t < J; ++t) {
        double* to = first_.get() + k * P_ + d + t * W;
        store(to, load(to) + first[t]);
        if (!squares) continue;
        to = second_.get() + k * P_ + d + t * W;
        store(to, load(to) + second[t]);
      }
    }

    // second (P, P) += aᵀ a for a (m, P), upper half by tiles.
    void symmetric_product(std::int64_t m, double* second) const {
      constexpr int I = W == 8 ? 8 : 4;
      for (std::int64_t i = 0; i < P_; i += I) {
        std::int64_t j = i / W * W;
        for (; j + 2 * W <= P_; j += 2 * W) tile<I, 2>(m, i, j, second);
        for (; j < P_; j += W) tile<I, 1>(m, i, j, second);
      }
    }

    template <int I, int J>
    void tile(std::int64_t m, std::int64_t i, std::int64_t j, double* second) const {
      Vec acc[I][J] = {};
      const double* a = const_cast<Buffer&>(a_).get();
      for (std::int64_t n = 0; n < m; ++n, a += P_) {
        Vec right[J];
        for (int t = 0; t < J; ++t) right[t] = load(a + j + t * W);
        for (int s = 0; s < I; ++s)
          for (int t = 0; t < J; ++t) acc[s][t] += a[i + s] * right[t];
      }
      for (int s = 0; s < I && i + s < P_; ++s)
        for (int t = 0; t < J; ++t) {
          double* to = second + (i + s) * P_ + j + t * W;
          store(to, load(to) + acc[s][t]);
        }
    }

    const Rows& rows_;
    const Sums& sums_;
    std::int64_t D_, P_, K_;
    Buffer a_, second_, first_, centres_;
  };

  double expect(std::int64_t begin, std::int64_t n) {
    const std::int64_t padded = round_up(n, W);
    for (std::int64_t b = 0; b < padded; ++b) {
      double* x = x_.get() + b * P_;
      copy_row(rows_, begin + (b < n ? b : 0), x);
      list_[b] = b;
    }
    std::fill_n(distance_.get(), K_ * kBlock, 0.0);
    if (!lead_) {
      for (std::int64_t k = 0; k < K_; ++k) {
        extend(k, list_.data(), padded, 0, P_);
        finish(k, list_.data(), padded);
      }
    } else {
      for (std::int64_t k = 0; k < K_; ++k) extend(k, list_.data(), padded, 0, lead_);
      evaluate_best(padded);
      evaluate_others(padded);
    }
    return exponentiate(rows_, begin, n, model_, prune_ ? kLogNegligible : kLogLeast, joint_.get(), kBlock, inverse_.get(),
                        density_.get());
  }

  // Upper bounds of log w_k N(x) for a vector of rows, and lower bounds of what matters.
  Vec bound(std::int64_t k, std::int64_t b) {
    return model_.log_scales[k] - 0.5 * load(distance_.get() + k * kBlock + b);
  }

  void evaluate_best(std::int64_t padded) {
    for (std::int64_t b = 0; b < padded; b += W) {
      Vec most = bound(0, b), best{};
      for (std::int64_t k = 1; k < K_; ++k) {
        const Vec other = bound(k, b);
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
        least_[list_[i]] = prune_ ? joint_[k * kBlock + list_[i]] + kLogNegligible : -kInfinity;
    }
  }

  void evaluate_others(std::int64_t padded) {
    for (std::int64_t k = 0; k < K_; ++k) {
      std::int64_t m = 0;
      const Vec me = splat(static_cast<double>(k));
      for (std::int64_t b = 0; b < padded; b += W) {
        const Bits mine = load(best_.get() + b) == me;
        double* joint = joint_.get() + k * kBlock + b;
        store(joint, mine ? load(joint) : splat(-kInfinity));
        const Bits wanted = ~mine & ~(Bits)(bound(k, b) < load(least_.get() + b));  // also where the best overflowed
        for (int i = 0; i < W; ++i) {
          list_[m] = b + i;
          m += wanted[i] != 0;
        }
      }
      extend(k, list_.data(), m, lead_, middle_);
      std::int64_t left = 0;
      for (std::int64_t i = 0; i < m; ++i) {
        const std::int64_t b = list_[i];
        list_[left] = b;
        left += !(model_.log_scales[k] - 0.5 * distance_[k * kBlock + b] < least_[b]);
      }
      extend(k, list_.data(), left, middle_, P_);
      finish(k, list_.data(), left);
    }
  }

  void finish(std::int64_t k, const std::int64_t* list, std::int64_t m) {
    for (std::int64_t i = 0; i < m; ++i) {
      const double q = distance_[k * kBlock + list[i]];
      joint_[k * kBlock + list[i]] = q < kInfinity ? model_.log_scales[k] - 0.5 * q : -kInfinity;
    }
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
    for (int r = 0; r < R; ++r) distance_[k * kBlock + list[r]] += sum(q[r]);
  }

  const Rows& rows_;
  const Model& model_;
  bool prune_;
  std::int64_t D_, P_, K_, lead_, middle_;
  Buffer x_, z_, means_, whiteners_, joint_, inverse_, density_, distance_, best_, least_;
  std::vector<std::int64_t> list_;
};

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
