// What maximisations do beside the rows, for small matrices; plain pointers, and whoever calls has checked them.
// Symbols: K components, D features.
#pragma once

#include <cstdint>

namespace mixtura {

// Factors covariances (K, D, D): lower factors L, upper whiteners L⁻ᵀ and half the logarithms of the determinants (K,).
// Returns which is the first that is not positive definite, to rounding, or -1; says whether all are exactly symmetric.
std::int64_t factorise(const double* matrices, std::int64_t K, std::int64_t D, double* factors, double* whiteners,
                       double* half_logs, bool* symmetric);

// Volumes of one shape: second moments within (K, D, D), or (K, D) where not dense, with shares (K,) and log-volumes (K,)
// to begin with, to covariances shaped as the moments. False where the shape is singular.
bool fit_volumes(const double* shares, const double* within, const double* begin, std::int64_t K, std::int64_t D,
                 bool dense, double* out);

// Common axes (D, D), in columns, of second moments within (K, D, D), from any of the candidates (C, D, D); and the moments
// along them (K, D).
void fit_orientation(const double* shares, const double* within, std::int64_t K, std::int64_t D, bool equal,
                     const double* candidates, std::int64_t C, double* axes, double* along);

}  // namespace mixtura
