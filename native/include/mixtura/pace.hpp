// The pace of long work on rows: it looks up every few hundredths of a second.
#pragma once

#include <chrono>

#include "problem.hpp"

namespace mixtura {

class Pace {
 public:
  explicit Pace(const Rows& rows) : rows_(rows) {}

  // After about so many operations. A clock is read after ten million: reading it takes as long as a few hundred.
  void worked(std::int64_t operations) {
    if ((operations_ += operations) < 10'000'000) return;
    operations_ = 0;
    const Clock::time_point now = Clock::now();
    if (!rows_.look_up || now - before_ < std::chrono::milliseconds(30)) return;
    rows_.look_up(rows_.wanted);
    before_ = now;
  }

 private:
  using Clock = std::chrono::steady_clock;
  const Rows& rows_;
  std::int64_t operations_ = 0;
  Clock::time_point before_ = Clock::now();
};

}  // namespace mixtura
