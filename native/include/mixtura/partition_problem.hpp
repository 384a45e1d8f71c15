// What k-means and Ward's hierarchy are given. Plain pointers; whoever calls has checked them. Symbols: n rows, D features, K centres.
#pragma once

#include <cstdint>

namespace mixtura {

struct KMeansProblem {
  const double* rows;     // (n, D)
  const double* weights;  // (n,)
  std::int64_t n, D, K;
  const double* draws;    // uniform numbers: one for the first centre, then `trials` for each further one; none where
                          // the centres are given
  std::int64_t trials;
  std::int64_t most;      // iterations, at least 1
  void (*pause)() = nullptr;  // called every hundredth of a second or so; it may throw to end the work
};

// One set of functions for each instruction set. K-means fills centres (K, D) and the nearest centre of each row (n,);
// Ward's hierarchy of rows (n, D), cut at a number of cells, the cell of each row.
struct PartitionFunctions {
  const char* name;
  void (*k_means)(const KMeansProblem&, double* centres, std::int64_t* labels);
  void (*ward)(const double* rows, std::int64_t n, std::int64_t D, std::int64_t cells, std::int64_t* labels);
};

}  // namespace mixtura
