// What k-means is given. Plain pointers; whoever calls has checked them. Symbols: n rows, D features, K centres.
#pragma once

#include <cstdint>

namespace mixtura {

struct KMeansProblem {
  const double* rows;     // (n, D)
  const double* weights;  // (n,)
  std::int64_t n, D, K;
  const double* draws;    // uniform numbers: one for the first centre, then `trials` for each further one
  std::int64_t trials;
  std::int64_t most;      // iterations, at least 1
};

// One for each instruction set. Fills centres (K, D) and the nearest centre of each row (n,).
struct KMeansFunction {
  const char* name;
  void (*run)(const KMeansProblem&, double* centres, std::int64_t* labels);
};

}  // namespace mixtura
