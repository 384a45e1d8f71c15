// A team: threads that share out numbered tasks, whoever asks being one of them. It knows no interpreter.
//
// A thread that has nothing to do looks for work a moment long before it goes to sleep: waking it takes as long as a few
// thousand rows, and the next sweep of a fit comes soon.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

#include "problem.hpp"

namespace mixtura {

class Team {
 public:
  using Work = std::function<void(std::int64_t number, bool* wanted)>;

  Team() = default;
  Team(const Team&) = delete;  // its threads know where it is, and never end

  // Call work with each number below n_tasks, on up to n_threads threads, of which this is one. Where a call throws, the flag
  // `wanted` (one given, or its own) is taken down, no thread takes another task, and what was thrown first is thrown here
  // once nobody is at work. Between tasks, and while it waits for others, this thread calls look_up, which may throw too.
  void share_out(int n_threads, std::int64_t n_tasks, const Work& work, LookUp look_up, bool* wanted = nullptr) {
    bool own = true;
    Job job(work, n_tasks, wanted ? wanted : &own);
    const auto helpers = static_cast<int>(std::min<std::int64_t>(n_threads, n_tasks)) - 1;
    if (helpers > 0) invite(job, helpers);
    job.take(look_up);
    if (helpers > 0) wait_for_those_that_began(job, look_up);
    if (job.error) std::rethrow_exception(job.error);
  }

 private:
  static constexpr std::chrono::microseconds kPatience{200};  // of a thread that has nothing to do
  static constexpr std::chrono::milliseconds kPace{30};       // of looking up

  using Clock = std::chrono::steady_clock;

  // Threads begin with the signals of whoever makes them: these leave all to the others, some of which wait for one.
  struct NoSignals {
    NoSignals() {
      sigset_t all;
      sigfillset(&all);
      pthread_sigmask(SIG_SETMASK, &all, &before);
    }
    ~NoSignals() { pthread_sigmask(SIG_SETMASK, &before, nullptr); }
    sigset_t before;
  };

  struct Job {
    Job(const Work& work, std::int64_t n_tasks, bool* wanted) : work(work), n_tasks(n_tasks), wanted(wanted) {}

    void take(LookUp look_up = nullptr) noexcept {
      try {
        auto before = Clock::now();
        while (is_wanted(wanted)) {
          const std::int64_t number = next.fetch_add(1, std::memory_order_relaxed);
          if (number >= n_tasks) return;
          work(number, wanted);
          if (!look_up || Clock::now() - before < kPace) continue;
          look_up(wanted);
          before = Clock::now();
        }
        throw UnwantedWork();
      } catch (...) {
        fail();
      }
    }

    // Called where something was caught. What is thrown later is a consequence.
    void fail() noexcept {
      const std::lock_guard<std::mutex> guard(failing);
      if (!error) error = std::current_exception();
      __atomic_store_n(wanted, false, __ATOMIC_RELAXED);
    }

    const Work& work;
    const std::int64_t n_tasks;
    std::atomic<std::int64_t> next{0};
    std::atomic<int> at_work{0};  // helpers
    bool* const wanted;
    std::mutex failing;
    std::exception_ptr error;
  };

  void invite(Job& job, int helpers) {
    const std::lock_guard<std::mutex> guard(mutex_);
    try {
      const NoSignals here;
      for (; n_threads_ < helpers; ++n_threads_) std::thread([this] { help(); }).detach();
    } catch (const std::exception&) {  // no more threads are to be had: fewer serve
    }
    helpers = std::min(helpers, n_threads_);
    invitations_.insert(invitations_.end(), helpers, &job);
    count_invitations();
    for (int i = 0; i < std::min(helpers, asleep_); ++i) invited_.notify_one();
  }

  // Threads may be busy with other jobs: whoever did not begin need not.
  void wait_for_those_that_began(Job& job, LookUp look_up) {
    {
      const std::lock_guard<std::mutex> guard(mutex_);
      invitations_.erase(std::remove(invitations_.begin(), invitations_.end(), &job), invitations_.end());
      count_invitations();
    }
    const auto done = [&] { return job.at_work.load(std::memory_order_acquire) == 0; };
    if (comes_soon(done)) return;
    std::unique_lock<std::mutex> lock(mutex_);
    while (!ended_.wait_for(lock, kPace, done)) {
      lock.unlock();
      try {
        look_up(job.wanted);
      } catch (...) {
        job.fail();
      }
      lock.lock();
    }
  }

  [[noreturn]] void help() {
    for (;;) {
      comes_soon([&] { return n_invitations_.load(std::memory_order_relaxed) > 0; });
      std::unique_lock<std::mutex> lock(mutex_);
      ++asleep_;
      invited_.wait(lock, [&] { return !invitations_.empty(); });
      --asleep_;
      Job& job = *invitations_.front();
      invitations_.pop_front();
      count_invitations();
      job.at_work.fetch_add(1, std::memory_order_relaxed);
      lock.unlock();
      job.take();
      job.at_work.fetch_sub(1, std::memory_order_release);  // from here on the job may be gone
      lock.lock();
      ended_.notify_all();
    }
  }

  void count_invitations() { n_invitations_.store(static_cast<int>(invitations_.size()), std::memory_order_relaxed); }

  // Look for something without sleep. Whether it came.
  template <class Condition>
  static bool comes_soon(const Condition& there) {
    const auto end = Clock::now() + kPatience;
    do {
      for (int i = 0; i < 32; ++i) {
        if (there()) return true;
        pause();
      }
    } while (Clock::now() < end);
    return false;
  }

  static void pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
  }

  std::mutex mutex_;  // of all that follows
  std::condition_variable invited_, ended_;
  std::deque<Job*> invitations_;  // one for each helper that a job can use
  std::atomic<int> n_invitations_{0};
  int n_threads_ = 0, asleep_ = 0;
};

}  // namespace mixtura
