// Small dense matrices, row by row: what a maximisation needs of linear algebra, where a call of LAPACK would take longer
// than the work. Symbols: D rows and columns.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

namespace mixtura {

using Numbers = std::vector<double>;

// The lower factor L of a symmetric matrix, L Lᵀ = A; false if A is not positive definite. Zeros above the diagonal.
inline bool cholesky(const double* a, double* l, std::int64_t D) {
  for (std::int64_t i = 0; i < D; ++i) {
    for (std::int64_t j = 0; j <= i; ++j) {
      double rest = a[i * D + j];
      for (std::int64_t m = 0; m < j; ++m) rest -= l[i * D + m] * l[j * D + m];
      if (j < i) {
        l[i * D + j] = rest / l[j * D + j];
      } else {
        if (!(rest > 0)) return false;  // also where it is not a number
        l[i * D + i] = std::sqrt(rest);
      }
    }
    for (std::int64_t j = i + 1; j < D; ++j) l[i * D + j] = 0;
  }
  return true;
}

// The inverse of a lower factor, transposed: W = L⁻ᵀ, upper.
inline void invert_transposed(const double* l, double* w, std::int64_t D) {
  for (std::int64_t j = 0; j < D; ++j) {  // row j of W is column j of L⁻¹
    double* row = w + j * D;
    for (std::int64_t i = 0; i < j; ++i) row[i] = 0;
    row[j] = 1 / l[j * D + j];
    for (std::int64_t i = j + 1; i < D; ++i) {
      double sum = 0;
      for (std::int64_t m = j; m < i; ++m) sum += l[i * D + m] * row[m];
      row[i] = -sum / l[i * D + i];
    }
  }
}

// Solves L Lᵀ x = b in place.
inline void solve_factored(const double* l, double* x, std::int64_t D) {
  for (std::int64_t i = 0; i < D; ++i) {
    for (std::int64_t m = 0; m < i; ++m) x[i] -= l[i * D + m] * x[m];
    x[i] /= l[i * D + i];
  }
  for (std::int64_t i = D; i-- > 0;) {
    for (std::int64_t m = i + 1; m < D; ++m) x[i] -= l[m * D + i] * x[m];
    x[i] /= l[i * D + i];
  }
}

// Solves A X = B for M columns by elimination with the largest pivot of each column; both are lost, B becomes X.
// False if A is singular.
inline bool solve(double* a, double* b, std::int64_t D, std::int64_t M) {
  for (std::int64_t j = 0; j < D; ++j) {
    std::int64_t pivot = j;
    for (std::int64_t i = j + 1; i < D; ++i)
      if (std::abs(a[i * D + j]) > std::abs(a[pivot * D + j])) pivot = i;
    if (!(std::abs(a[pivot * D + j]) > 0)) return false;
    if (pivot != j) {
      std::swap_ranges(a + j * D, a + (j + 1) * D, a + pivot * D);
      std::swap_ranges(b + j * M, b + (j + 1) * M, b + pivot * M);
    }
    for (std::int64_t i = j + 1; i < D; ++i) {
      const double factor = a[i * D + j] / a[j * D + j];
      for (std::int64_t m = j + 1; m < D; ++m) a[i * D + m] -= factor * a[j * D + m];
      for (std::int64_t m = 0; m < M; ++m) b[i * M + m] -= factor * b[j * M + m];
    }
  }
  for (std::int64_t i = D; i-- > 0;)
    for (std::int64_t m = 0; m < M; ++m) {
      for (std::int64_t j = i + 1; j < D; ++j) b[i * M + m] -= a[i * D + j] * b[j * M + m];
      b[i * M + m] /= a[i * D + i];
    }
  return true;
}

// The logarithm of the determinant of a matrix, which is lost; minus infinity where it is not positive.
inline double log_determinant(double* a, std::int64_t D) {
  double logs = 0;
  bool positive = true;
  for (std::int64_t j = 0; j < D; ++j) {
    std::int64_t pivot = j;
    for (std::int64_t i = j + 1; i < D; ++i)
      if (std::abs(a[i * D + j]) > std::abs(a[pivot * D + j])) pivot = i;
    const double largest = a[pivot * D + j];
    if (largest == 0) return -HUGE_VAL;
    positive = positive == ((largest > 0) == (pivot == j));  // each exchange of rows turns the sign
    logs += std::log(std::abs(largest));
    if (pivot != j) std::swap_ranges(a + j * D + j, a + (j + 1) * D, a + pivot * D + j);
    for (std::int64_t i = j + 1; i < D; ++i) {
      const double factor = a[i * D + j] / largest;
      for (std::int64_t m = j + 1; m < D; ++m) a[i * D + m] -= factor * a[j * D + m];
    }
  }
  return positive ? logs : -HUGE_VAL;
}

// out = A B, all (D, D).
inline void multiply(const double* a, const double* b, double* out, std::int64_t D) {
  for (std::int64_t i = 0; i < D; ++i) {
    double* row = out + i * D;
    std::fill(row, row + D, 0.0);
    for (std::int64_t m = 0; m < D; ++m)
      for (std::int64_t j = 0; j < D; ++j) row[j] += a[i * D + m] * b[m * D + j];
  }
}

// out = Aᵀ B, all (D, D).
inline void multiply_transposed(const double* a, const double* b, double* out, std::int64_t D) {
  std::fill(out, out + D * D, 0.0);
  for (std::int64_t m = 0; m < D; ++m)
    for (std::int64_t i = 0; i < D; ++i)
      for (std::int64_t j = 0; j < D; ++j) out[i * D + j] += a[m * D + i] * b[m * D + j];
}

// Eigenvalues (D,), rising, and eigenvectors in the columns of a symmetric matrix, which is lost: Jacobi's rotations
// (Golub and Van Loan 2013, "Matrix Computations", section 8.5), each off-diagonal number in turn until all are rounding.
inline void eigen(double* a, double* values, double* vectors, std::int64_t D) {
  std::fill(vectors, vectors + D * D, 0.0);
  for (std::int64_t i = 0; i < D; ++i) vectors[i * D + i] = 1;
  for (int round = 0; round < 60; ++round) {
    bool turned = false;
    for (std::int64_t p = 0; p < D; ++p)
      for (std::int64_t q = p + 1; q < D; ++q) {
        const double off = a[p * D + q], low = a[p * D + p], high = a[q * D + q];
        if (std::abs(off) <= 1e-17 * std::sqrt(std::abs(low)) * std::sqrt(std::abs(high)) || off == 0) continue;
        const double theta = (high - low) / (2 * off);
        const double t = (theta >= 0 ? 1 : -1) / (std::abs(theta) + std::sqrt(theta * theta + 1));
        const double c = 1 / std::sqrt(t * t + 1), s = t * c;
        if (s == 0) continue;
        turned = turned || std::abs(off) > 1e-16 * std::sqrt(std::abs(low)) * std::sqrt(std::abs(high));
        for (std::int64_t m = 0; m < D; ++m) {
          const double x = a[m * D + p], y = a[m * D + q];
          a[m * D + p] = c * x - s * y;
          a[m * D + q] = s * x + c * y;
        }
        for (std::int64_t m = 0; m < D; ++m) {
          const double x = a[p * D + m], y = a[q * D + m];
          a[p * D + m] = c * x - s * y;
          a[q * D + m] = s * x + c * y;
        }
        for (std::int64_t m = 0; m < D; ++m) {
          const double x = vectors[m * D + p], y = vectors[m * D + q];
          vectors[m * D + p] = c * x - s * y;
          vectors[m * D + q] = s * x + c * y;
        }
        a[p * D + q] = a[q * D + p] = 0;
      }
    if (!turned) break;
  }
  for (std::int64_t i = 0; i < D; ++i) values[i] = a[i * D + i];
  for (std::int64_t i = 0; i < D; ++i) {  // few, so the least of the rest is looked for each time
    const std::int64_t least = std::min_element(values + i, values + D) - values;
    if (least == i) continue;
    std::swap(values[i], values[least]);
    for (std::int64_t m = 0; m < D; ++m) std::swap(vectors[m * D + i], vectors[m * D + least]);
  }
}

}  // namespace mixtura
