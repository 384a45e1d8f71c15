// What maximisations do beside the rows, for small matrices; plain pointers, and whoever calls has checked them.
// Symbols: K components, D features.
#pragma once

#include <cstdint>

#include "mixtura/problem.hpp"

namespace mixtura {

// From sums about centres, counts (K,), first (K, D) and second as the need shapes it, how far the means are from the
// centres (K, D) and the second moments about the means. Says whether a square is more than `limit` times what is left.
bool centre(Need need, const double* counts, const double* first, const double* second, std::int64_t K, std::int64_t D,
            double limit, double* shifts, double* scatter);

// Factors covariances (K, D, D): lower factors L, upper whiteners L⁻ᵀ and half the logarithms of the determinants (K,).
// Returns which is the first that is not positive definite, to rounding, or -1; says whether all are exactly symmetric.
std::int64_t factorise(const double* matrices, std::int64_t K, std::int64_t D, double* factors, double* whiteners,
                       double* half_logs, bool* symmetric);

// Volumes of one shape: second moments within (K, D, D), or (K, D) where not dense, with shares (K,) and log-volumes (K,)
// to begin with, to covariances shaped as the moments. False where the shape is singular.
bool fit_volumes(const double* shares, const double* within, const double* begin, std::int64_t K, std::int64_t D,
                 bool dense, double* out);

// Ellipsoids whose axes are their own (not common) with one shape, or common, or which have one volume: second moments
// within (K, D, D) with shares (K,), the covariances before (K, D, D) and their log-volumes (K,), to covariances
// (K, D, D). Returns which component has no volume, or -1.
struct Likeness {
  bool volume, shape, orientation;  // equal among components
};
std::int64_t fit_ellipsoids(Likeness equal, const double* shares, const double* within, const double* before,
                            const double* log_volumes, std::int64_t K, std::int64_t D, double* out);

// A hierarchy of groups: M groups by how much they count, their numbers of distinct rows, means (M, D) and scatters
// (M, D, D), all overwritten; `alpha` keeps small groups finite. Fills the pairs (M - 1, 2).
enum class Criterion : int { eii, vii, vvv };
struct GroupArrays {
  double* counts;
  std::int64_t* sizes;
  double* means;
  double* scatters;
  std::int64_t M, D;
};
void agglomerate(const GroupArrays& groups, Criterion criterion, double alpha, std::int64_t* pairs);

}  // namespace mixtura
