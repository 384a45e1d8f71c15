// Threads that share out work, and sums of shards in a tree; meant for sanitizers, that of threads among them. Build and run
// with `make sanitize`.
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <string>

#include "mixtura/shards.hpp"

using namespace mixtura;

namespace {

void check(bool holds, const char* what, std::int64_t n = 0) {
  if (holds) return;
  std::printf("%s: %ld\n", what, static_cast<long>(n));
  std::exit(1);
}

void nothing(const bool*) {}

// Each task is done once, whoever does it.
void all_tasks(Team& team, int n_threads, std::int64_t n_tasks) {
  std::vector<std::atomic<int>> done(n_tasks);
  team.share_out(n_threads, n_tasks, [&](std::int64_t number, const bool*) { ++done[number]; }, nothing);
  for (auto& times : done) check(times == 1, "a task was done otherwise than once", times);
}

// What is thrown first is thrown on, and nobody is at work any longer.
void an_error(Team& team, int n_threads, std::int64_t fails) {
  std::atomic<int> at_work{0}, begun{0};
  std::string caught;
  try {
    team.share_out(n_threads, 10'000, [&](std::int64_t number, const bool* wanted) {
      ++at_work, ++begun;
      const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(2);
      while (number != fails && is_wanted(wanted) && std::chrono::steady_clock::now() < end) {
      }
      --at_work;
      if (number == fails) throw std::out_of_range("thrown first");
      if (!is_wanted(wanted)) throw UnwantedWork();
    }, nothing);
  } catch (const std::exception& error) {
    caught = error.what();
  }
  check(caught == "thrown first", "another error was thrown");
  check(at_work == 0, "threads are still at work", at_work);
  check(begun <= fails + 2 * n_threads, "threads took more tasks after an error", begun);
}

// As many threads as asked for are at work at once, no more.
void as_many_as_asked(Team& team, int n_threads) {
  std::atomic<int> at_work{0}, most{0};
  team.share_out(n_threads, 20, [&](std::int64_t, const bool*) {
    const int now = ++at_work;
    for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
    }
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(most < n_threads ? 10 : 0);
    while (most < n_threads && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    --at_work;
  }, nothing);
  check(most == n_threads, "another number of threads was at work", most);
}

// Who asks looks up between short tasks, though none of them does, and sees that a flag was taken down that it was given.
void who_asks_looks_up_between_tasks(Team& team) {
  const auto task = [](std::int64_t, const bool*) { std::this_thread::sleep_for(std::chrono::milliseconds(1)); };
  std::atomic<int> begun{0};
  std::string caught;
  try {
    team.share_out(1, 10'000, [&](std::int64_t number, const bool* wanted) { ++begun, task(number, wanted); },
                   [](const bool*) { throw std::out_of_range("interrupted"); });
  } catch (const std::exception& error) {
    caught = error.what();
  }
  check(caught == "interrupted" && begun < 1000, "nobody looked up between tasks", begun);
  bool given = true;
  try {
    team.share_out(2, 10'000, [&](std::int64_t number, bool* wanted) {
      task(number, wanted);
      if (number == 5) __atomic_store_n(&given, false, __ATOMIC_RELAXED);
      if (number == 5 && wanted != &given) throw std::out_of_range("another flag");
    }, nothing, &given);
    caught = "nothing";
  } catch (const UnwantedWork&) {
    caught = "unwanted";
  }
  check(caught == "unwanted", "the flag that was given counts for nothing");
}

// One who waits looks up, and ends the others' work by throwing.
void who_waits_looks_up(Team& team) {
  const auto caller = std::this_thread::get_id();
  std::atomic<bool> begun{false};
  std::string caught;
  try {
    team.share_out(2, 2, [&](std::int64_t, const bool* wanted) {
      if (std::this_thread::get_id() == caller)
        while (!begun) std::this_thread::yield();
      else
        for (begun = true; is_wanted(wanted);) std::this_thread::yield();
    }, [](const bool*) { throw std::out_of_range("interrupted"); });
  } catch (const std::exception& error) {
    caught = error.what();
  }
  check(caught == "interrupted", "nobody looked up");
}

// Sums of rows under a made-up sweep: shard s adds its number to all, so the tree's order shows in the rounding.
void sweep_of_numbers(const Rows& rows, const Model& model, const Sums& sums) {
  const auto add = [&](double* to, std::int64_t n) {
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t t = 0; t < rows.n; ++t) to[i] += static_cast<const double*>(rows.data)[t] / (i + 3);
  };
  add(sums.counts, model.K);
  add(sums.first, model.K * rows.D);
  add(sums.second, numbers_of(sums.need, model.K, rows.D));
  add(sums.log_likelihood, 1);
  for (std::int64_t t = 0; t < rows.n; ++t) *sums.weight += rows.weights ? rows.weights[t] : 1.0;
}

// The sum over runs first to last, neighbours with neighbours.
double tree(std::vector<double> terms) {
  while (terms.size() > 1) {
    for (std::size_t i = 0; 2 * i < terms.size(); ++i)
      terms[i] = 2 * i + 1 < terms.size() ? terms[2 * i] + terms[2 * i + 1] : terms[2 * i];
    terms.resize((terms.size() + 1) / 2);
  }
  return terms[0];
}

// Bytes of arrays that are alive, and the most there were.
std::atomic<std::int64_t> alive{0}, most_alive{0};

void few_sums_are_there_at_any_time(Team& team, int n_threads) {
  const std::int64_t K = 1, D = 100, n_shards = 64;
  std::vector<double> data(n_shards * D), means(K * D), counts(K), first(K * D), second(K * D * D);
  std::vector<std::int64_t> bounds(n_shards + 1);
  std::iota(bounds.begin(), bounds.end(), 0);
  double log_likelihood = 0, weight = 0;
  const Sums sums{Need::full, means.data(), counts.data(), first.data(), second.data(), &log_likelihood, &weight};
  const Functions functions{"", sweep_of_numbers, nullptr, nullptr, nullptr};
  const Rows rows{data.data(), false, n_shards, D, D, 1, nullptr, nothing};
  most_alive = alive.load();
  const std::int64_t before = alive;
  sweep_shards(team, n_threads, functions, rows, Model{K, nullptr, nullptr, nullptr, false, false}, sums, bounds.data(),
               n_shards);
  const auto rooms = (most_alive - before) / static_cast<std::int64_t>(D * D * sizeof(double));
  // For each that is at work itself, and no more than one that waits for it on each level of the tree.
  check(rooms > 0 && rooms <= 7 * n_threads, "so many sums were there at once", rooms);
  check(alive - before < 1000, "sums are left");
}

void sums_of_shards(Team& team, int n_threads, std::int64_t n_shards, Need need) {
  const std::int64_t K = 3, D = 1, n = 7 * n_shards;
  std::vector<double> data(n), weights(n), means(K);
  for (std::int64_t t = 0; t < n; ++t) data[t] = 1.0 / (t + 1), weights[t] = 1.0 / (n - t);
  std::vector<std::int64_t> bounds(n_shards + 1);
  for (std::int64_t s = 1; s < n_shards; ++s) bounds[s] = 7 * s - 3 * (s % 2);  // runs of two lengths
  bounds[n_shards] = n;
  std::vector<double> counts(K), first(K * D), second(numbers_of(need, K, D));
  double log_likelihood = 0, weight = 0;
  const Sums sums{need, means.data(), counts.data(), first.data(), second.data(), &log_likelihood, &weight};
  const Functions functions{"", sweep_of_numbers, nullptr, nullptr, nullptr};
  const Rows rows{data.data(), false, n, D, D, 1, weights.data(), nothing};
  sweep_shards(team, n_threads, functions, rows, Model{K, nullptr, nullptr, nullptr, false, false}, sums, bounds.data(),
               n_shards);
  const auto expected = [&](std::int64_t divisor) {
    std::vector<double> terms(n_shards);
    for (std::int64_t s = 0; s < n_shards; ++s)
      for (std::int64_t t = bounds[s]; t < bounds[s + 1]; ++t) terms[s] += divisor ? data[t] / divisor : weights[t];
    return tree(terms);
  };
  for (std::int64_t k = 0; k < K; ++k) check(counts[k] == expected(k + 3), "counts are added in another order", n_shards);
  for (std::size_t i = 0; i < second.size(); ++i) check(second[i] == expected(i + 3), "second moments", n_shards);
  check(first[2] == expected(5) && log_likelihood == expected(3) && weight == expected(0), "sums", n_shards);
}

}  // namespace

void* operator new[](std::size_t size) {
  auto* block = static_cast<std::size_t*>(std::malloc(size + 64));
  if (!block) throw std::bad_alloc();
  *block = size;
  const std::int64_t now = alive += static_cast<std::int64_t>(size);
  for (std::int64_t seen = most_alive; now > seen && !most_alive.compare_exchange_weak(seen, now);) {
  }
  return block + 8;
}
void operator delete[](void* array) noexcept {
  if (!array) return;
  auto* block = static_cast<std::size_t*>(array) - 8;
  alive -= static_cast<std::int64_t>(*block);
  std::free(block);
}
void operator delete[](void* array, std::size_t) noexcept { operator delete[](array); }

int main() {
  Team& team = *new Team;  // its threads never end
  for (const int n_threads : {1, 2, 3, 7}) {
    for (const std::int64_t n_tasks : {1, 2, 5, 1000}) all_tasks(team, n_threads, n_tasks);
    for (const std::int64_t fails : {0, 20}) an_error(team, n_threads, fails);
    as_many_as_asked(team, n_threads);
    if (n_threads < 3) few_sums_are_there_at_any_time(team, n_threads);
    for (std::int64_t n_shards = 1; n_shards < 40; ++n_shards)
      for (const Need need : {Need::trace, Need::full}) sums_of_shards(team, n_threads, n_shards, need);
  }
  who_asks_looks_up_between_tasks(team);
  for (int again = 0; again < 20; ++again) {
    who_waits_looks_up(team);
    if (again % 4 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));  // until all are asleep
  }
  // Several ask at once, and tasks ask themselves, where no thread is free.
  std::vector<std::thread> askers;
  for (int i = 0; i < 4; ++i)
    askers.emplace_back([&] {
      for (int again = 0; again < 50; ++again)
        team.share_out(3, 5, [&](std::int64_t, const bool*) { all_tasks(team, 3, 4); }, nothing);
    });
  for (auto& asker : askers) asker.join();
  std::puts("the team: all as it should be");
}
