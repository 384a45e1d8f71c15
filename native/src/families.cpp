// The small algebra of maximisations, compiled once: it is too little work for wide instructions.
#include "mixtura/families.hpp"

#include "mixtura/agglomeration.hpp"
#include "mixtura/ellipsoids.hpp"
#include "mixtura/volumes.hpp"

namespace mixtura {

bool centre(Need need, const double* counts, const double* first, const double* second, std::int64_t K, std::int64_t D,
            double limit, double* shifts, double* scatter) {
  const bool full = need == Need::full, pooled = need == Need::pooled;
  const std::int64_t size = full ? K * D * D : pooled ? D * D : need == Need::diagonal ? K * D : K;
  std::copy(second, second + size, scatter);
  for (std::int64_t k = 0; k < K; ++k) {
    double* shift = shifts + k * D;
    for (std::int64_t d = 0; d < D; ++d) shift[d] = counts[k] > 0 ? first[k * D + d] / counts[k] : first[k * D + d];
    for (std::int64_t d = 0; d < D; ++d) {
      const double moved = counts[k] * shift[d];
      if (need == Need::trace) scatter[k] -= moved * shift[d];
      if (need == Need::diagonal) scatter[k * D + d] -= moved * shift[d];
      double* row = scatter + (full ? (k * D + d) * D : d * D);
      for (std::int64_t e = 0; (full || pooled) && e < D; ++e) row[e] -= counts[k] * (shift[d] * shift[e]);
    }
  }
  bool cancels = false;
  const std::int64_t step = full || pooled ? D + 1 : 1, block = full || pooled ? D * D : size;
  for (std::int64_t begin = 0; begin < size; begin += block)
    for (std::int64_t s = begin; s < begin + block; s += step)
      cancels = cancels || second[s] > limit * std::abs(scatter[s]);
  return cancels;
}

std::int64_t factorise(const double* matrices, std::int64_t K, std::int64_t D, double* factors, double* whiteners,
                       double* half_logs, bool* symmetric) {
  for (std::int64_t k = 0; k < K; ++k)
    if (!cholesky(matrices + k * D * D, factors + k * D * D, D)) return k;
  *symmetric = true;
  const double resolution = 2.220446049250313e-16 * static_cast<double>(D);
  for (std::int64_t k = 0; k < K; ++k) {
    const double* matrix = matrices + k * D * D;
    const double* factor = factors + k * D * D;
    double logs = 0;
    for (std::int64_t d = 0; d < D; ++d) {
      const double pivot = factor[d * D + d];
      if (!(pivot * pivot > resolution * matrix[d * D + d])) return k;  // below rounding, a pivot is noise
      logs += std::log(pivot);
      for (std::int64_t e = 0; e < d; ++e) *symmetric = *symmetric && matrix[d * D + e] == matrix[e * D + d];
    }
    half_logs[k] = logs;
    invert_transposed(factor, whiteners + k * D * D, D);
  }
  return -1;
}

bool fit_volumes(const double* shares, const double* within, const double* begin, std::int64_t K, std::int64_t D,
                 bool dense, double* out) {
  return Volumes(shares, within, begin, K, D, dense).fit(out);
}

std::int64_t fit_ellipsoids(Likeness equal, const double* shares, const double* within, const double* before,
                            const double* log_volumes, std::int64_t K, std::int64_t D, double* out) {
  return Ellipsoids(shares, within, before, log_volumes, K, D).fit(equal, out);
}

void agglomerate(const GroupArrays& groups, Criterion criterion, double alpha, std::int64_t* pairs) {
  Agglomeration(groups, criterion, alpha).run(pairs);
}

}  // namespace mixtura
