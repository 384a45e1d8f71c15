// Agglomeration: groups are merged two by two; the compiled twin of starts/agglomeration.py, which says by which criteria
// and by whom. Symbols: M groups, D features.
#pragma once

#include "mixtura/families.hpp"
#include "mixtura/matrices.hpp"

namespace mixtura {

class Agglomeration {
 public:
  Agglomeration(const GroupArrays& groups, Criterion criterion, double alpha)
      : g_(groups), criterion_(criterion), alpha_(alpha), M_(groups.M), D_(groups.D), terms_(M_), costs_(M_ * M_, HUGE_VAL),
        best_(M_, HUGE_VAL), mean_(D_), scatter_(D_ * D_), lost_(D_ * D_), nearest_(M_), alive_(M_, true) {}

  // Fills the pairs (M - 1, 2), earliest first: the second joins the first.
  void run(std::int64_t* pairs) {
    double largest = 0;
    for (std::int64_t i = 0; i < M_; ++i) {
      terms_[i] = term(g_.counts[i], g_.sizes[i], g_.scatters + i * D_ * D_);
      largest = std::max(largest, std::abs(terms_[i]));
    }
    for (std::int64_t i = 0; i < M_; ++i)
      for (std::int64_t j = i + 1; j < M_; ++j) cost(i, j);
    for (std::int64_t i = 0; i < M_; ++i) scan(i);
    const double tie = kTie * largest;
    for (std::int64_t step = 0; step + 1 < M_; ++step) {
      const double enough = *std::min_element(best_.begin(), best_.end()) + tie;
      const std::int64_t first = within(best_.data(), enough), second = within(costs_.data() + first * M_, enough);
      pairs[2 * step] = first;
      pairs[2 * step + 1] = second;
      join(first, second);
    }
  }

 private:
  static constexpr double kTie = 1e-10;  // costs that differ by less, as a share of the largest term, are equal

  std::int64_t within(const double* costs, double enough) const {
    return std::find_if(costs, costs + M_, [&](double cost) { return cost <= enough; }) - costs;
  }

  void join(std::int64_t first, std::int64_t second) {
    const double count = merge(first, second);
    terms_[first] += terms_[second] + costs_[first * M_ + second];
    g_.counts[first] = count;
    g_.sizes[first] += g_.sizes[second];
    std::copy(mean_.begin(), mean_.end(), g_.means + first * D_);
    std::copy(scatter_.begin(), scatter_.end(), g_.scatters + first * D_ * D_);
    alive_[second] = false;
    best_[second] = HUGE_VAL;
    for (std::int64_t i = 0; i < M_; ++i) costs_[second * M_ + i] = costs_[i * M_ + second] = HUGE_VAL;
    for (std::int64_t i = 0; i < M_; ++i) {
      if (!alive_[i] || i == first) continue;
      cost(first, i);
      if (nearest_[i] == first || nearest_[i] == second)
        scan(i);
      else if (costs_[i * M_ + first] < best_[i]) {
        best_[i] = costs_[i * M_ + first];
        nearest_[i] = first;
      }
    }
    scan(first);
  }

  void scan(std::int64_t i) {
    const double* row = costs_.data() + i * M_;
    nearest_[i] = std::min_element(row, row + M_) - row;
    best_[i] = row[nearest_[i]];
  }

  void cost(std::int64_t i, std::int64_t j) {
    const double count = merge(i, j);
    costs_[i * M_ + j] = costs_[j * M_ + i] =
        term(count, g_.sizes[i] + g_.sizes[j], scatter_.data()) - terms_[i] - terms_[j];
  }

  // Sets mean_ and scatter_ to those of two groups together; returns how much both count.
  double merge(std::int64_t i, std::int64_t j) {
    const double count = g_.counts[i] + g_.counts[j], share = g_.counts[i] / count, between = share * g_.counts[j];
    const double *a = g_.scatters + i * D_ * D_, *b = g_.scatters + j * D_ * D_;
    for (std::int64_t d = 0; d < D_; ++d) {
      const double apart = g_.means[i * D_ + d] - g_.means[j * D_ + d];
      mean_[d] = g_.means[j * D_ + d] + share * apart;
      for (std::int64_t e = 0; e < D_; ++e)
        scatter_[d * D_ + e] =
            a[d * D_ + e] + b[d * D_ + e] + between * apart * (g_.means[i * D_ + e] - g_.means[j * D_ + e]);
    }
    return count;
  }

  double term(double count, std::int64_t size, const double* scatter) {
    double trace = 0;
    for (std::int64_t d = 0; d < D_; ++d) trace += scatter[d * D_ + d];
    if (criterion_ == Criterion::eii) return trace;
    const double ball = std::log((trace + alpha_) / count);
    if (criterion_ == Criterion::vii || size <= D_) return count * ball;
    for (std::int64_t s = 0; s < D_ * D_; ++s) lost_[s] = scatter[s] / count;
    const double volume = log_determinant(lost_.data(), D_);  // the two are added as numbers, not as logarithms
    const double more = std::max(volume, ball), less = std::min(volume, ball);
    return count * (more + std::log1p(std::exp(less - more)));
  }

  GroupArrays g_;
  Criterion criterion_;
  double alpha_;
  std::int64_t M_, D_;
  Numbers terms_, costs_, best_, mean_, scatter_, lost_;
  std::vector<std::int64_t> nearest_;
  std::vector<bool> alive_;
};

}  // namespace mixtura
