// What a kernel is given: rows, a mixture, and the sums to fill. Plain pointers; whoever calls has checked them.
// Symbols: n rows, D features, K components.
#pragma once

#include <cstdint>
#include <stdexcept>

namespace mixtura {

// Long work looks up every few hundredths of a second: it calls this, which throws where the work is to end.
using LookUp = void (*)(const bool* wanted);

// Another thread may take it down meanwhile.
inline bool is_wanted(const bool* wanted) { return __atomic_load_n(wanted, __ATOMIC_RELAXED); }

struct UnwantedWork : std::runtime_error {
  UnwantedWork() : std::runtime_error("this work is no longer wanted") {}
};

struct Rows {
  const void* data;         // (n, D), float or double
  bool single;              // float
  std::int64_t n, D;
  std::int64_t row_stride, column_stride;  // in elements
  const double* weights;    // (n,), or null: every row weighs 1
  LookUp look_up = nullptr;
  bool* wanted = nullptr;  // which others may take down meanwhile
};

struct Model {
  std::int64_t K;
  const double* means;       // (K, D)
  const double* whiteners;   // dense: upper factors (K or 1, D, D); diagonal: inverse deviations (K, D)
  const double* log_scales;  // (K,)
  bool dense, shared;
  bool narrow = false;  // a sweep of float rows may compute in floats; lane_model.hpp has the error bound
};

enum class Need : int { trace, diagonal, pooled, full };

struct Sums {
  Need need;
  const double* centres;  // (K, D)
  double* counts;         // (K,)
  double* first;          // (K, D)
  double* second;         // (K,), (K, D), (D, D) or (K, D, D)
  double* log_likelihood;
  double* weight;
};

// Numbers of a second moment.
inline std::int64_t numbers_of(Need need, std::int64_t K, std::int64_t D) {
  switch (need) {
    case Need::trace: return K;
    case Need::diagonal: return K * D;
    case Need::pooled: return D * D;
    default: return K * D * D;
  }
}

struct Assignment {
  double* densities;    // (n,)
  std::int64_t* labels; // (n,)
  double* confidences;  // (n,)
};

// One set of functions for each instruction set.
struct Functions {
  const char* name;
  void (*sweep)(const Rows&, const Model&, const Sums&);
  void (*gather)(const Rows&, const std::int64_t* labels, std::int64_t K, const Sums&);
  void (*assign)(const Rows&, const Model&, const Assignment&);
  void (*responsibilities)(const Rows&, const Model&, double* out);  // (n, K)
};

}  // namespace mixtura
