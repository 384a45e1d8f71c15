// Columns of a block: rows (n, D) laid out so that a vector holds one feature of several rows.
// Contiguous rows go through registers, 16 bytes of each at a time; others one number at a time.
#pragma once

#include <type_traits>

#include "problem.hpp"
#include "vector.hpp"

namespace mixtura {
namespace MIXTURA_VARIANT {

template <class T>
constexpr int kPiece = 16 / sizeof(T);  // features that go through registers together

#if defined(__SSE2__)
#if MIXTURA_WIDTH == 8
#define MIXTURA_X86_(operation) _mm512_##operation
MIXTURA_INLINE __m512 joined(__m128 a, __m128 b, __m128 c, __m128 d) {
  const __m512 ab = _mm512_insertf32x4(_mm512_castps128_ps512(a), b, 1);
  return _mm512_insertf32x4(_mm512_insertf32x4(ab, c, 2), d, 3);
}
#elif MIXTURA_WIDTH == 4
#define MIXTURA_X86_(operation) _mm256_##operation
MIXTURA_INLINE __m256 joined(__m128 a, __m128 b) { return _mm256_insertf128_ps(_mm256_castps128_ps256(a), b, 1); }
#else
#define MIXTURA_X86_(operation) _mm_##operation
MIXTURA_INLINE __m128 joined(__m128 a) { return a; }
#endif

// One piece of a row.
MIXTURA_INLINE __m128 piece(const float* p, float) { return _mm_loadu_ps(p); }
MIXTURA_INLINE __m128 piece(const double* p, double) { return _mm_castpd_ps(_mm_loadu_pd(p)); }
MIXTURA_INLINE __m128 piece(const float* p, double) {
  return _mm_castpd_ps(_mm_cvtps_pd(_mm_castsi128_ps(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)))));
}

// Piece `from` of rows first, first + step, ... beside one another.
template <class T, class S>
MIXTURA_INLINE auto pieces(const S* const* row, std::int64_t from) {
  constexpr int step = kPiece<T>;
#if MIXTURA_WIDTH == 8
  return joined(piece(row[0] + from, T{}), piece(row[step] + from, T{}), piece(row[2 * step] + from, T{}),
                piece(row[3 * step] + from, T{}));
#elif MIXTURA_WIDTH == 4
  return joined(piece(row[0] + from, T{}), piece(row[step] + from, T{}));
#else
  return joined(piece(row[0] + from, T{}));
#endif
}

// Transpose a piece of as many rows as a vector has lanes; the first feature goes to x, the next to x + stride.
template <class S>
MIXTURA_INLINE void transpose_piece(const S* const* row, std::int64_t from, std::int64_t stride, double* x) {
  const Vec r0 = (Vec)pieces<double>(row, from), r1 = (Vec)pieces<double>(row + 1, from);
  store(x, (Vec)MIXTURA_X86_(unpacklo_pd)(r0, r1));
  store(x + stride, (Vec)MIXTURA_X86_(unpackhi_pd)(r0, r1));
}
MIXTURA_INLINE void transpose_piece(const float* const* row, std::int64_t from, std::int64_t stride, float* x) {
  const auto r0 = pieces<float>(row, from), r1 = pieces<float>(row + 1, from), r2 = pieces<float>(row + 2, from),
             r3 = pieces<float>(row + 3, from);
  const Vec a = (Vec)MIXTURA_X86_(unpacklo_ps)(r0, r1), b = (Vec)MIXTURA_X86_(unpacklo_ps)(r2, r3);
  const Vec c = (Vec)MIXTURA_X86_(unpackhi_ps)(r0, r1), d = (Vec)MIXTURA_X86_(unpackhi_ps)(r2, r3);
  store(x, (Single)MIXTURA_X86_(unpacklo_pd)(a, b));
  store(x + stride, (Single)MIXTURA_X86_(unpackhi_pd)(a, b));
  store(x + 2 * stride, (Single)MIXTURA_X86_(unpacklo_pd)(c, d));
  store(x + 3 * stride, (Single)MIXTURA_X86_(unpackhi_pd)(c, d));
}
#undef MIXTURA_X86_

template <class T>
constexpr bool kTransposes = true;
#else
template <class T>
constexpr bool kTransposes = false;
template <class S, class T>
void transpose_piece(const S* const*, std::int64_t, std::int64_t, T*);  // never called
#endif

// Transpose rows of D features, as many as a vector has lanes.
template <int D, class S, class T>
MIXTURA_INLINE void transpose_rows(const S* const* row, std::int64_t stride, T* x) {
  if constexpr (kTransposes<T> && D >= kPiece<T>) {
#pragma GCC unroll 16
    for (int d = 0; d < D; d += kPiece<T>) {
      const int from = d + kPiece<T> <= D ? d : D - kPiece<T>;  // the last piece repeats features, to stay in its row
      transpose_piece(row, from, stride, x + from * stride);
    }
  } else {
    for (int i = 0; i < kLanes<T>; ++i)
      for (int d = 0; d < D; ++d) x[d * stride + i] = row[i][d];
  }
}

// Call with the rows' numbers as they are in memory; kernels in floats are given floats only.
template <class T, class Action>
MIXTURA_INLINE void with_type(const Rows& rows, const Action& action) {
  if constexpr (std::is_same_v<T, float>) {
    action(static_cast<const float*>(rows.data));
  } else {
    if (rows.single)
      action(static_cast<const float*>(rows.data));
    else
      action(static_cast<const double*>(rows.data));
  }
}

// Asks for the numbers of the rows after a block, a line or two whenever a vector of rows has been worked on for one
// component: asked for all at once they would be in the way of what the work itself has to wait for.
class Ahead {
 public:
  // The share of component k of K in what lies n rows after `begin`.
  Ahead(const Rows& rows, std::int64_t begin, std::int64_t n, std::int64_t lanes, std::int64_t k, std::int64_t K) {
    if (rows.column_stride != 1 || rows.row_stride > 2 * rows.D) return;
    const std::int64_t bytes = rows.row_stride * (rows.single ? sizeof(float) : sizeof(double));
    step_ = lanes * bytes / K;
    asked_ = due_ = static_cast<const char*>(rows.data) + (begin + n) * bytes + n / lanes * step_ * k;
  }
  MIXTURA_INLINE void ask() {
    for (due_ += step_; asked_ < due_; asked_ += 64) __builtin_prefetch(asked_);
  }

 private:
  std::int64_t step_ = 0;
  const char *asked_ = nullptr, *due_ = nullptr;
};

// Copy n rows from `row` on to columns x (D, stride).
template <int D, class S, class T>
inline void copy_columns(const S* row, const Rows& rows, std::int64_t n, std::int64_t stride, T* x) {
  constexpr int L = kLanes<T>;
  std::int64_t b = 0;
  if (D < kPiece<T> && rows.column_stride == 1 && rows.row_stride == D) {
    for (; b < n; ++b)  // compilers make vectors of this
#pragma GCC unroll 4
      for (int d = 0; d < D; ++d) x[d * stride + b] = row[b * D + d];
  } else if (rows.column_stride == 1) {
    const S* group[L];
    for (; b + L <= n; b += L) {
      for (int i = 0; i < L; ++i) group[i] = row + (b + i) * rows.row_stride;
      transpose_rows<D>(group, stride, x + b);
    }
  }
  for (row += b * rows.row_stride; b < n; ++b, row += rows.row_stride)
    for (int d = 0; d < D; ++d) x[d * stride + b] = row[d * rows.column_stride];
}

// Copy listed rows (m,) to columns x (D, stride), up to a whole vector: past the last the first is repeated.
template <int D, class S, class Index, class T>
inline void copy_listed(const S* data, const Rows& rows, const Index* index, std::int64_t m, std::int64_t stride,
                        T* x) {
  constexpr int L = kLanes<T>;
  for (std::int64_t done = 0; done < m; done += L) {
    const S* group[L];
    for (int i = 0; i < L; ++i) group[i] = data + index[done + i < m ? done + i : 0] * rows.row_stride;
    if (rows.column_stride == 1) {
      transpose_rows<D>(group, stride, x + done);
    } else {
      for (int i = 0; i < L; ++i)
        for (int d = 0; d < D; ++d) x[d * stride + done + i] = group[i][d * rows.column_stride];
    }
  }
}

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
