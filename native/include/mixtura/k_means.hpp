// K-means: centres drawn far apart, then moved to the mean of the rows that are nearest to each.
//
// Arthur and Vassilvitskii (2007), "k-means++: the advantages of careful seeding", section 2.2, of several draws each time
// the one that leaves the least; Lloyd (1982), "Least squares quantization in PCM". The same steps, draws and end as
// scikit-learn's KMeans takes, so that both give the same centres to rounding.
//
// Rows whose nearest centre cannot have changed are not compared with all centres again: Hamerly (2010), "Making k-means
// even faster", SIAM International Conference on Data Mining, keeps for each row a bound that no other centre is nearer
// than; it falls by as much as the centre that moved farthest. Here distances to a row's own centre are always exact.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <type_traits>
#include <vector>

#include "mixtura/partition_problem.hpp"
#include "mixtura/vector.hpp"

namespace mixtura {
namespace MIXTURA_VARIANT {

class KMeans {
 public:
  explicit KMeans(const KMeansProblem& problem)
      : p_(problem), padded_((problem.n + kBlock - 1) / kBlock * kBlock), middle_(problem.D, 0.0),
        columns_(padded_ * problem.D, 0.0), nearest_(padded_), others_(padded_, -1.0), tile_(problem.D * kTile),
        labels_(padded_, -1), moving_(padded_) {
    for (std::int64_t d = 0; d < p_.D; ++d) {
      for (std::int64_t r = 0; r < p_.n; ++r) middle_[d] += p_.rows[r * p_.D + d];
      middle_[d] /= static_cast<double>(p_.n);
      for (std::int64_t r = 0; r < p_.n; ++r) columns_[d * padded_ + r] = p_.rows[r * p_.D + d] - middle_[d];
    }
  }

  void run(double* centres, std::int64_t* labels) {
    centres_.resize(p_.K * p_.D);
    if (p_.draws)
      seed();
    else
      for (std::int64_t i = 0; i < p_.K * p_.D; ++i) centres_[i] = centres[i] - middle_[i % p_.D];
    const double enough = tolerance();
    std::vector<std::int64_t> former(labels_);
    for (std::int64_t turn = 0; turn < p_.most; ++turn) {
      assign();
      const double moved = move();
      if (labels_ == former || moved <= enough) break;
      former = labels_;
    }
    assign();
    for (std::int64_t k = 0; k < p_.K; ++k)
      for (std::int64_t d = 0; d < p_.D; ++d) centres[k * p_.D + d] = centres_[k * p_.D + d] + middle_[d];
    std::copy(labels_.begin(), labels_.begin() + p_.n, labels);
  }

 private:
  static constexpr std::int64_t kTile = 4 * W;  // rows whose distances registers hold
  static constexpr std::int64_t kBlock = 2 * kTile < 64 ? 64 : 2 * kTile;  // what rows are padded to: whole tiles

  static constexpr std::int64_t kFewCentres = 16;  // with all of which rows are compared every time

  // Squared distances of a tile of rows, whose features lie `stride` apart, to C centres (C, D).
  template <int C>
  MIXTURA_INLINE void distances(const double* tile, std::int64_t stride, const double* centres, Vec (&away)[C][4]) const {
    for (auto& centre : away)
      for (Vec& a : centre) a = Vec{};
    for (std::int64_t d = 0; d < p_.D; ++d, tile += stride)
      for (int r = 0; r < 4; ++r) {
        const Vec x = load(tile + r * W);
        for (int c = 0; c < C; ++c) {
          const Vec z = x - centres[c * p_.D + d];
          away[c][r] += z * z;
        }
      }
  }

  // Long work asks now and then whether to go on.
  void work(std::int64_t operations) {
    if ((worked_ += operations) < (1 << 24)) return;
    worked_ = 0;
    if (p_.pause) p_.pause();
  }

  void take(std::int64_t row, std::int64_t k) {
    for (std::int64_t d = 0; d < p_.D; ++d) centres_[k * p_.D + d] = columns_[d * padded_ + row];
  }

  struct Trial {
    std::vector<double> away;  // (padded,): squared distances to it where no centre is nearer
    std::int64_t row;
    double sum;  // of weighted distances
  };

  // Try rows as the next centre, tile by tile, so that a tile is read once for all of them.
  void approach(std::vector<Trial>& trials) {
    const auto count = static_cast<std::int64_t>(trials.size());
    tried_.resize(count * p_.D);
    for (std::int64_t t = 0; t < count; ++t)
      for (std::int64_t d = 0; d < p_.D; ++d) tried_[t * p_.D + d] = columns_[d * padded_ + trials[t].row];
    for (std::int64_t b = 0; b < padded_; b += kTile) {
      const auto look = [&](std::int64_t first, auto some) {
        Vec away[some][4];
        distances(columns_.data() + b, padded_, tried_.data() + first * p_.D, away);
        for (int t = 0; t < some; ++t)
          for (int r = 0; r < 4; ++r) {
            const Vec before = load(nearest_.data() + b + r * W);
            store(trials[first + t].away.data() + b + r * W, away[t][r] < before ? away[t][r] : before);
          }
      };
      std::int64_t t = 0;
      for (; t + 2 <= count; t += 2) look(t, std::integral_constant<int, 2>{});
      if (t < count) look(t, std::integral_constant<int, 1>{});
    }
    work(static_cast<std::int64_t>(trials.size()) * padded_ * p_.D);
    for (Trial& trial : trials) {
      trial.sum = 0;
      for (std::int64_t r = 0; r < p_.n; ++r) trial.sum += p_.weights[r] * trial.away[r];
    }
  }

  void seed() {
    const double* draws = p_.draws;
    std::vector<double> cumulated(p_.n);
    std::vector<Trial> trials(1, Trial{std::vector<double>(padded_), 0, 0.0});
    double sum = 0;
    for (std::int64_t r = 0; r < p_.n; ++r) cumulated[r] = sum += p_.weights[r];
    std::fill(nearest_.begin(), nearest_.end(), kInfinity);
    const auto drawn = std::upper_bound(cumulated.begin(), cumulated.end(), *draws++ * sum) - cumulated.begin();
    trials[0].row = std::min<std::int64_t>(drawn, p_.n - 1);
    approach(trials);
    trials.resize(std::max<std::int64_t>(p_.trials, 1), trials[0]);
    Trial* best = &trials[0];
    for (std::int64_t k = 0;; ++k) {
      take(best->row, k);
      const double left = best->sum;
      nearest_.swap(best->away);
      if (k + 1 == p_.K) return;
      sum = 0;
      for (std::int64_t r = 0; r < p_.n; ++r) cumulated[r] = sum += p_.weights[r] * nearest_[r];
      for (Trial& trial : trials) {
        const auto at = std::lower_bound(cumulated.begin(), cumulated.end(), *draws++ * left) - cumulated.begin();
        trial.row = std::min<std::int64_t>(at, p_.n - 1);
      }
      approach(trials);
      best = &*std::min_element(trials.begin(), trials.end(), [](const Trial& a, const Trial& b) { return a.sum < b.sum; });
    }
  }

  // Lloyd's iterations end when the centres' squared moves sum up to no more than this share of the mean variance.
  double tolerance() const {
    double sum = 0;
    for (double value : columns_) sum += value * value;  // the rows that fill the last block are zeros
    return 1e-4 * sum / static_cast<double>(p_.n * p_.D);
  }

  // Find the nearest centre of each row, the first of equals, and the distance to it.
  void assign() {
    const bool all = p_.K < kFewCentres || others_[0] < 0;
    std::int64_t m = 0;
    for (std::int64_t r = 0; r < p_.n && !all; ++r) {
      others_[r] -= farthest_move_;
      nearest_[r] = distance(r, labels_[r]);
      moving_[m] = r;
      m += !(std::sqrt(nearest_[r]) * (1 + 1e-9) < others_[r] * (1 - 1e-9));
    }
    for (std::int64_t at = 0; at < m; at += kTile) {
      const std::int64_t count = std::min(kTile, m - at);
      for (std::int64_t i = 0; i < kTile; ++i) {
        const double* row = p_.rows + moving_[at + (i < count ? i : 0)] * p_.D;
        for (std::int64_t d = 0; d < p_.D; ++d) tile_[d * kTile + i] = row[d] - middle_[d];
      }
      compare(tile_.data(), kTile, moving_.data() + at, count);
    }
    if (!all) return;
    for (std::int64_t at = 0; at < p_.n; at += kTile) {
      std::iota(moving_.begin() + at, moving_.begin() + at + kTile, at);
      compare(columns_.data() + at, padded_, moving_.data() + at, std::min(kTile, p_.n - at));
    }
  }

  double distance(std::int64_t row, std::int64_t k) {
    const double *x = p_.rows + row * p_.D, *centre = centres_.data() + k * p_.D;
    Vec sums{};
    std::int64_t d = 0;
    for (; d + W <= p_.D; d += W) {
      const Vec z = load(x + d) - load(middle_.data() + d) - load(centre + d);
      sums += z * z;
    }
    double rest = 0;
    for (; d < p_.D; ++d) rest += (x[d] - middle_[d] - centre[d]) * (x[d] - middle_[d] - centre[d]);
    return sum(sums) + rest;
  }

  // Compare up to a tile of listed rows, whose features lie `stride` apart, with all centres.
  void compare(const double* tile, std::int64_t stride, const std::int64_t* list, std::int64_t m) {
    Vec least[4], second[4], label[4];
    for (int r = 0; r < 4; ++r) {
      least[r] = second[r] = splat(kInfinity);
      label[r] = Vec{};
    }
    const auto look = [&](std::int64_t first, auto count) {  // at so many centres
      Vec away[count][4];
      distances(tile, stride, centres_.data() + first * p_.D, away);
      for (int c = 0; c < count; ++c) {
        const Vec me = splat(static_cast<double>(first + c));
        for (int r = 0; r < 4; ++r) {
          const Vec q = away[c][r];
          const Bits nearer = q < least[r];
          second[r] = nearer ? least[r] : q < second[r] ? q : second[r];
          label[r] = nearer ? me : label[r];
          least[r] = nearer ? q : least[r];
        }
      }
    };
    std::int64_t k = 0;
    for (; k + 3 <= p_.K; k += 3) look(k, std::integral_constant<int, 3>{});
    for (; k < p_.K; ++k) look(k, std::integral_constant<int, 1>{});
    double nearest[kTile], others[kTile], labels[kTile];
    for (int r = 0; r < 4; ++r) {
      store(nearest + r * W, least[r]);
      store(others + r * W, second[r]);
      store(labels + r * W, label[r]);
    }
    for (std::int64_t i = 0; i < m; ++i) {
      nearest_[list[i]] = nearest[i];
      others_[list[i]] = std::sqrt(others[i]);
      labels_[list[i]] = static_cast<std::int64_t>(labels[i]);
    }
    work(kTile * p_.K * p_.D);
  }

  // Moves each centre to the mean of its rows; one without rows goes to the row that is farthest from its own.
  double move() {
    std::vector<double> sums(p_.K * p_.D, 0.0), weights(p_.K, 0.0);
    for (std::int64_t r = 0; r < p_.n; ++r) weights[labels_[r]] += p_.weights[r];
    for (std::int64_t d = 0; d < p_.D; ++d)
      for (std::int64_t r = 0; r < p_.n; ++r)
        sums[labels_[r] * p_.D + d] += p_.weights[r] * columns_[d * padded_ + r];
    std::vector<std::int64_t> empty;
    for (std::int64_t k = 0; k < p_.K; ++k)
      if (weights[k] == 0) empty.push_back(k);
    for (std::int64_t k : empty) {
      const std::int64_t far = std::max_element(nearest_.begin(), nearest_.begin() + p_.n) - nearest_.begin();
      const std::int64_t old = labels_[far];
      nearest_[far] = -1;  // not taken twice
      weights[k] = p_.weights[far];
      weights[old] -= p_.weights[far];
      for (std::int64_t d = 0; d < p_.D; ++d) {
        sums[k * p_.D + d] = p_.weights[far] * columns_[d * padded_ + far];
        sums[old * p_.D + d] -= sums[k * p_.D + d];
      }
    }
    double moved = 0;
    farthest_move_ = 0;
    for (std::int64_t k = 0; k < p_.K; ++k) {
      double move = 0;
      for (std::int64_t d = 0; d < p_.D; ++d) {
        const double to = weights[k] > 0 ? sums[k * p_.D + d] / weights[k] : sums[k * p_.D + d];
        move += (to - centres_[k * p_.D + d]) * (to - centres_[k * p_.D + d]);
        centres_[k * p_.D + d] = to;
      }
      moved += move;
      farthest_move_ = std::max(farthest_move_, std::sqrt(move));
    }
    return moved;
  }

  const KMeansProblem& p_;
  std::int64_t padded_, worked_ = 0;
  double farthest_move_ = 0;
  // columns (D, padded): rows less their mean, feature by feature; others: no other centre is nearer, -1 where none was seen
  std::vector<double> middle_, columns_, centres_, nearest_, others_, tile_, tried_;
  std::vector<std::int64_t> labels_, moving_;
};

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
