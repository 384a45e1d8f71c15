// Memory aligned to cache lines.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

namespace mixtura {

class Buffer {
 public:
  explicit Buffer(std::int64_t n) : data_(static_cast<double*>(std::aligned_alloc(64, (n * 8 + 127) / 64 * 64))) {
    if (!data_) throw std::bad_alloc();
    std::memset(data_, 0, n * 8);
  }
  ~Buffer() { std::free(data_); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  double* get() { return data_; }
  double& operator[](std::int64_t i) { return data_[i]; }

 private:
  double* data_;
};

inline std::int64_t round_up(std::int64_t n, std::int64_t unit) { return (n + unit - 1) / unit * unit; }

}  // namespace mixtura
