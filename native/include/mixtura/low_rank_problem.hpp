// What the low-rank kernel is given. Symbols: n rows, D features, K components, Q directions, L leading directions.
#pragma once

#include "problem.hpp"

namespace mixtura {

struct LowRankModel {
  std::int64_t K, Q, L;
  const double* means;       // (K, D)
  const double* whiteners;   // (K, 1 + Q, D): inverse noise p, then directions a_q; precision = diag(p) - sum a_q a_qᵀ
  const double* log_scales;  // (K,)
  const double* centre;      // (D,), what rows are seen from by the leading directions
  const double* leading;     // (L, D), the same for all components; L = 0: no pruning
  const double* lead_means;  // (K, L), means less the centre along them
  const double* lead_roots;  // (K, L, L), upper factors of the precisions along them
};

struct ProjectedSums {
  std::int64_t Q;
  const double* directions;  // (K, Q, D)
  const double* centres;     // (K, D)
  double* counts;            // (K,)
  double* first;             // (K, D)
  double* second;            // (K, 1 + Q, D): sum of r z², then of r (w_q . z) z
  double* log_likelihood;
  double* weight;
};

struct LowRankFunctions {
  const char* name;
  void (*sweep)(const Rows&, const LowRankModel&, const ProjectedSums&);
  void (*gather)(const Rows&, const std::int64_t* labels, std::int64_t K, const ProjectedSums&);
  void (*assign)(const Rows&, const LowRankModel&, const Assignment&);
  void (*responsibilities)(const Rows&, const LowRankModel&, double* out);  // (n, K)
};

}  // namespace mixtura
