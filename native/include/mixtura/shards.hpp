// A sweep over shards, runs of rows: each has sums of its own, which are added in a tree of neighbours that their number
// alone shapes. So the answer has the same bits for any number of threads. engines/threads.py: ordered_sum is the twin.
#pragma once

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "buffer.hpp"
#include "problem.hpp"
#include "team.hpp"

namespace mixtura {

// Rows from first to last.
inline Rows part_of(const Rows& rows, std::int64_t first, std::int64_t last) {
  const std::int64_t size = rows.single ? sizeof(float) : sizeof(double);
  Rows part = rows;
  part.data = static_cast<const char*>(rows.data) + first * rows.row_stride * size;
  part.n = last - first;
  part.weights = rows.weights ? rows.weights + first : nullptr;
  return part;
}

// The sums of all shards; those of the first are the total in the end. Few are there at any time: what has been added to
// its neighbour makes room for another.
class ShardSums {
 public:
  ShardSums(const Sums& total, std::int64_t K, std::int64_t D, std::int64_t n_shards)
      : total_(total), K_(K), products_(K * D), seconds_(numbers_of(total.need, K, D)),
        size_(round_up(K_ + products_ + seconds_ + 2, 8)), n_shards_(n_shards), numbers_(n_shards), there_(2 * n_shards) {}

  // Sums to fill, of zeros.
  Sums begin(std::int64_t shard) {
    if (shard > 0) {
      numbers_[shard] = room();
      std::fill_n(numbers_[shard].get(), size_, 0.0);
    }
    return of(shard);
  }

  // The sums of a shard are there: add them to those of its neighbour if that has come, and so on.
  void arrived(std::int64_t shard) {
    std::int64_t number = shard, reach = 1;  // of a sum on this level, which covers so many shards
    auto* there = there_.data();
    for (std::int64_t left = n_shards_; left > 1; left = (left + 1) / 2, number /= 2, reach *= 2) {
      if ((number ^ 1) < left) {
        if (!there[number / 2].exchange(true, std::memory_order_acq_rel)) return;
        const std::int64_t right = (number | 1) * reach;
        add(of(number / 2 * 2 * reach), of(right));
        const std::lock_guard<std::mutex> guard(rooms_mutex_);
        rooms_.push_back(std::move(numbers_[right]));
      }
      there += left / 2;
    }
  }

 private:
  Sums of(std::int64_t shard) const {
    if (shard == 0) return total_;
    double* counts = numbers_[shard].get();
    double *first = counts + K_, *second = first + products_, *rest = second + seconds_;
    return Sums{total_.need, total_.centres, counts, first, second, rest, rest + 1};
  }

  void add(const Sums& to, const Sums& from) const {
    const auto add_all = [](double* __restrict a, const double* __restrict b, std::int64_t n) {
      for (std::int64_t i = 0; i < n; ++i) a[i] += b[i];
    };
    add_all(to.counts, from.counts, K_);
    add_all(to.first, from.first, products_);
    add_all(to.second, from.second, seconds_);
    *to.log_likelihood += *from.log_likelihood;
    *to.weight += *from.weight;
  }

  std::unique_ptr<double[]> room() {
    {
      const std::lock_guard<std::mutex> guard(rooms_mutex_);
      if (!rooms_.empty()) {
        auto room = std::move(rooms_.back());
        rooms_.pop_back();
        return room;
      }
    }
    return std::unique_ptr<double[]>(new double[size_]);
  }

  const Sums total_;
  const std::int64_t K_, products_, seconds_, size_, n_shards_;
  std::vector<std::unique_ptr<double[]>> numbers_;  // of each shard and, in the left one's, of neighbours
  std::vector<std::unique_ptr<double[]>> rooms_;    // that nobody uses
  std::mutex rooms_mutex_;
  std::vector<std::atomic<bool>> there_;  // whether one of two neighbours has come, level by level
};

// Sweep the rows from each bound to the next, n_shards runs, on up to n_threads threads. Only the calling one looks up as
// the rows say; others see whether the work is still wanted. A single run is swept as it is.
inline void sweep_shards(Team& team, int n_threads, const Functions& functions, const Rows& rows, const Model& model,
                         const Sums& sums, const std::int64_t* bounds, std::int64_t n_shards) {
  if (n_shards == 1) return functions.sweep(rows, model, sums);
  ShardSums shards(sums, model.K, rows.D, n_shards);
  const auto caller = std::this_thread::get_id();
  const LookUp see = [](const bool* wanted) {
    if (!is_wanted(wanted)) throw UnwantedWork();
  };
  const auto sweep = [&](std::int64_t shard, bool* wanted) {
    Rows part = part_of(rows, bounds[shard], bounds[shard + 1]);
    part.wanted = wanted;
    if (std::this_thread::get_id() != caller) part.look_up = see;
    functions.sweep(part, model, shards.begin(shard));
    shards.arrived(shard);
  };
  team.share_out(n_threads, n_shards, sweep, rows.look_up, rows.wanted);
}

}  // namespace mixtura
