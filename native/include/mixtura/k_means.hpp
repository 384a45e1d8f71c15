// K-means: centres drawn far apart, then moved to the mean of the rows that are nearest to each.
//
// Arthur and Vassilvitskii (2007), "k-means++: the advantages of careful seeding", section 2.2, of several draws each time
// the one that leaves the least; Lloyd (1982), "Least squares quantization in PCM". The same steps, draws and end as
// scikit-learn's KMeans takes, so that both give the same centres to rounding.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "mixtura/partition_problem.hpp"

namespace mixtura {
namespace MIXTURA_VARIANT {

class KMeans {
 public:
  explicit KMeans(const KMeansProblem& problem)
      : p_(problem), padded_((problem.n + kBlock - 1) / kBlock * kBlock), middle_(problem.D, 0.0),
        columns_(padded_ * problem.D, 0.0), nearest_(padded_), labels_(padded_, -1) {
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
  static constexpr std::int64_t kBlock = 256;

  // Squared distances of a block of rows to a centre (D,).
  void distances(std::int64_t block, const double* centre, double* out) const {
    for (std::int64_t i = 0; i < kBlock; ++i) out[i] = 0;
    for (std::int64_t d = 0; d < p_.D; ++d) {
      const double* column = columns_.data() + d * padded_ + block;
      const double at = centre[d];
      for (std::int64_t i = 0; i < kBlock; ++i) out[i] += (column[i] - at) * (column[i] - at);
    }
  }

  void take(std::int64_t row, std::int64_t k) {
    for (std::int64_t d = 0; d < p_.D; ++d) centres_[k * p_.D + d] = columns_[d * padded_ + row];
  }

  // Squared distances of all rows to one of them, where the nearest centre is no nearer; returns their weighted sum.
  double approach(std::int64_t row, std::vector<double>& out) {
    std::vector<double> at(p_.D);
    for (std::int64_t d = 0; d < p_.D; ++d) at[d] = columns_[d * padded_ + row];
    for (std::int64_t block = 0; block < padded_; block += kBlock) {
      distances(block, at.data(), out.data() + block);
      for (std::int64_t i = block; i < block + kBlock; ++i) out[i] = std::min(out[i], nearest_[i]);
    }
    double sum = 0;
    for (std::int64_t r = 0; r < p_.n; ++r) sum += p_.weights[r] * out[r];
    return sum;
  }

  void seed() {
    const double* draws = p_.draws;
    std::vector<double> cumulated(p_.n), tried(padded_), best(padded_);
    double sum = 0;
    for (std::int64_t r = 0; r < p_.n; ++r) cumulated[r] = sum += p_.weights[r];
    std::fill(nearest_.begin(), nearest_.end(), std::numeric_limits<double>::infinity());
    std::int64_t row = std::upper_bound(cumulated.begin(), cumulated.end(), *draws++ * sum) - cumulated.begin();
    row = std::min(row, p_.n - 1);
    take(row, 0);
    double left = approach(row, best);
    nearest_.swap(best);
    for (std::int64_t k = 1; k < p_.K; ++k) {
      sum = 0;
      for (std::int64_t r = 0; r < p_.n; ++r) cumulated[r] = sum += p_.weights[r] * nearest_[r];
      double least = std::numeric_limits<double>::infinity();
      std::int64_t chosen = 0;
      for (std::int64_t trial = 0; trial < p_.trials; ++trial) {
        row = std::lower_bound(cumulated.begin(), cumulated.end(), *draws++ * left) - cumulated.begin();
        row = std::min(row, p_.n - 1);
        const double leaves = approach(row, tried);
        if (trial == 0 || leaves < least) {
          least = leaves;
          chosen = row;
          best.swap(tried);
        }
      }
      take(chosen, k);
      left = least;
      nearest_.swap(best);
    }
  }

  // Lloyd's iterations end when the centres' squared moves sum up to no more than this share of the mean variance.
  double tolerance() const {
    double sum = 0;
    for (double value : columns_) sum += value * value;  // the rows that fill the last block are zeros
    return 1e-4 * sum / static_cast<double>(p_.n * p_.D);
  }

  void assign() {
    double away[kBlock];
    for (std::int64_t block = 0; block < padded_; block += kBlock) {
      double* nearest = nearest_.data() + block;
      std::int64_t* labels = labels_.data() + block;
      distances(block, centres_.data(), nearest);
      for (std::int64_t i = 0; i < kBlock; ++i) labels[i] = 0;
      for (std::int64_t k = 1; k < p_.K; ++k) {
        distances(block, centres_.data() + k * p_.D, away);
        for (std::int64_t i = 0; i < kBlock; ++i) {
          const bool nearer = away[i] < nearest[i];
          labels[i] = nearer ? k : labels[i];
          nearest[i] = nearer ? away[i] : nearest[i];
        }
      }
    }
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
    for (std::int64_t k = 0; k < p_.K; ++k)
      for (std::int64_t d = 0; d < p_.D; ++d) {
        const double to = weights[k] > 0 ? sums[k * p_.D + d] / weights[k] : sums[k * p_.D + d];
        moved += (to - centres_[k * p_.D + d]) * (to - centres_[k * p_.D + d]);
        centres_[k * p_.D + d] = to;
      }
    return moved;
  }

  const KMeansProblem& p_;
  std::int64_t padded_;
  std::vector<double> middle_, columns_, centres_, nearest_;  // columns (D, padded): rows less their mean, feature by feature
  std::vector<std::int64_t> labels_;
};

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
