// Memory aligned to cache lines.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

namespace mixtura {

template <class T>
class BufferOf {
 public:
  explicit BufferOf(std::int64_t n) : data_(static_cast<T*>(std::aligned_alloc(64, (n * sizeof(T) + 127) / 64 * 64))) {
    if (!data_) throw std::bad_alloc();
    std::memset(data_, 0, n * sizeof(T));
  }
  ~BufferOf() { std::free(data_); }
  BufferOf(const BufferOf&) = delete;
  BufferOf& operator=(const BufferOf&) = delete;
  T* get() { return data_; }
  const T* get() const { return data_; }
  T& operator[](std::int64_t i) { return data_[i]; }
  T operator[](std::int64_t i) const { return data_[i]; }

 private:
  T* data_;
};
using Buffer = BufferOf<double>;

inline std::int64_t round_up(std::int64_t n, std::int64_t unit) { return (n + unit - 1) / unit * unit; }

}  // namespace mixtura
