// Ward's hierarchy of many rows, cut at a number of cells: merges that add least to the squares within.
//
// Found by chains of nearest neighbours (Murtagh 1983, "A survey of recent advances in hierarchical clustering algorithms",
// The Computer Journal 26), from centres alone: no matrix of distances is kept. Symbols: n rows, D features.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

namespace mixtura {
namespace MIXTURA_VARIANT {

class Ward {
 public:
  Ward(const double* rows, std::int64_t n, std::int64_t D)
      : n_(n), D_(D), slots_(n), alive_(n), columns_(n * D), sizes_(n, 1.0), gone_(n, 0.0), away_(n), row_(n) {
    for (std::int64_t r = 0; r < n; ++r)
      for (std::int64_t d = 0; d < D; ++d) columns_[d * n + r] = rows[r * D + d];
    std::iota(row_.begin(), row_.end(), 0);
  }

  // Fills labels (n,) from 0 on, in the order in which cells appear.
  void cut(std::int64_t cells, std::int64_t* labels) {
    build();
    std::stable_sort(merges_.begin(), merges_.end(), [](const Merge& a, const Merge& b) { return a.cost < b.cost; });
    std::vector<std::int64_t> parent(n_);
    std::iota(parent.begin(), parent.end(), 0);
    const auto root = [&](std::int64_t r) {
      while (parent[r] != r) r = parent[r] = parent[parent[r]];
      return r;
    };
    for (std::int64_t m = 0; m < n_ - cells; ++m) parent[root(merges_[m].one)] = root(merges_[m].other);
    std::vector<std::int64_t> number(n_, -1);
    std::int64_t next = 0;
    for (std::int64_t r = 0; r < n_; ++r) {
      const std::int64_t top = root(r);
      if (number[top] < 0) number[top] = next++;
      labels[r] = number[top];
    }
  }

 private:
  struct Merge {
    std::int64_t one, other;  // a row of each
    double cost;
  };

  void build() {
    std::vector<std::int64_t> chain;
    while (alive_ > 1) {
      if (chain.empty()) {
        if (2 * alive_ < slots_) compact();
        chain.push_back(std::find(gone_.begin(), gone_.begin() + slots_, 0.0) - gone_.begin());
      }
      for (;;) {
        const std::int64_t top = chain.back(), before = chain.size() > 1 ? chain[chain.size() - 2] : -1;
        const std::int64_t nearest = find_nearest(top, before);
        if (nearest == before) break;
        chain.push_back(nearest);
      }
      const std::int64_t top = chain.back();
      chain.pop_back();
      join(top, chain.back());
      chain.pop_back();
    }
  }

  // The cluster whose merger with one adds least; of equals the one before it in the chain.
  std::int64_t find_nearest(std::int64_t one, std::int64_t before) {
    std::fill(away_.begin(), away_.begin() + slots_, 0.0);
    for (std::int64_t d = 0; d < D_; ++d) {
      const double* column = columns_.data() + d * n_;
      const double at = column[one];
      for (std::int64_t j = 0; j < slots_; ++j) away_[j] += (column[j] - at) * (column[j] - at);
    }
    const double size = sizes_[one];
    for (std::int64_t j = 0; j < slots_; ++j) away_[j] = away_[j] * (size * sizes_[j] / (size + sizes_[j])) + gone_[j];
    away_[one] = HUGE_VAL;
    double least = HUGE_VAL;
    for (std::int64_t j = 0; j < slots_; ++j) least = away_[j] < least ? away_[j] : least;
    if (before >= 0 && away_[before] <= least) return before;
    return std::find(away_.begin(), away_.begin() + slots_, least) - away_.begin();
  }

  void join(std::int64_t one, std::int64_t other) {
    merges_.push_back({row_[one], row_[other], away_[other]});  // the chain's last search was from `one`
    const double both = sizes_[one] + sizes_[other];
    for (std::int64_t d = 0; d < D_; ++d) {
      double* column = columns_.data() + d * n_;
      column[other] += (column[one] - column[other]) * (sizes_[one] / both);
    }
    sizes_[other] = both;
    gone_[one] = HUGE_VAL;
    --alive_;
  }

  // Moves what is left to the front.
  void compact() {
    std::int64_t to = 0;
    for (std::int64_t from = 0; from < slots_; ++from) {
      if (gone_[from] > 0) continue;
      for (std::int64_t d = 0; d < D_; ++d) columns_[d * n_ + to] = columns_[d * n_ + from];
      sizes_[to] = sizes_[from];
      row_[to] = row_[from];
      gone_[to++] = 0.0;
    }
    slots_ = to;
  }

  std::int64_t n_, D_, slots_, alive_;
  std::vector<double> columns_, sizes_, gone_, away_;  // columns (D, n): centres, feature by feature
  std::vector<std::int64_t> row_;
  std::vector<Merge> merges_;
};

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
