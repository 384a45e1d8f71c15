// Columns of a block: rows (n, D) laid out so that a vector holds one feature of several rows.
// Contiguous rows go through registers, W by W numbers at a time; others one number at a time.
#pragma once

#include "problem.hpp"
#include "vector.hpp"

namespace mixtura {
namespace MIXTURA_VARIANT {

template <class T>
inline void copy_columns_one_by_one(const T* row, const Rows& rows, int D, std::int64_t from, std::int64_t n,
                                    std::int64_t stride, double* x) {
  row += from * rows.row_stride;
  for (std::int64_t b = from; b < n; ++b, row += rows.row_stride)
    for (int d = 0; d < D; ++d) x[d * stride + b] = row[d * rows.column_stride];
}

#if MIXTURA_WIDTH == 8
// The first `count` of 8 numbers, the others 0 and not read.
MIXTURA_INLINE __m512d load_some(const double* p, int count) {
  return _mm512_maskz_loadu_pd(static_cast<__mmask8>(0xff >> (8 - count)), p);
}
MIXTURA_INLINE __m512d load_some(const float* p, int count) {
  return _mm512_cvtps_pd(_mm256_maskz_loadu_ps(static_cast<__mmask8>(0xff >> (8 - count)), p));
}

// Transpose `count` features, from `from` on, of 8 rows; the first goes to x, the next to x + stride.
template <class T>
MIXTURA_INLINE void transpose_square(const T* const* row, std::int64_t from, int count, std::int64_t stride, double* x) {
  __m512d r[8], s[8], t[8];
  for (int i = 0; i < 8; ++i) r[i] = load_some(row[i] + from, count);
  for (int i = 0; i < 8; i += 2) s[i] = _mm512_unpacklo_pd(r[i], r[i + 1]), s[i + 1] = _mm512_unpackhi_pd(r[i], r[i + 1]);
  for (int i = 0; i < 8; i += 4)
    for (int j = 0; j < 2; ++j) {  // pairs of rows beside pairs of rows: features j, j + 4 and j + 2, j + 6
      t[i + j] = _mm512_shuffle_f64x2(s[i + j], s[i + j + 2], 0x88);
      t[i + j + 2] = _mm512_shuffle_f64x2(s[i + j], s[i + j + 2], 0xdd);
    }
  for (int j = 0; j < 4; ++j) {
    const int d = j;  // t[j] holds feature j, or j + 4, of rows 0 to 3; t[j + 4] the same of rows 4 to 7
    if (d < count) _mm512_storeu_pd(x + d * stride, _mm512_shuffle_f64x2(t[j], t[j + 4], 0x88));
    if (d + 4 < count) _mm512_storeu_pd(x + (d + 4) * stride, _mm512_shuffle_f64x2(t[j], t[j + 4], 0xdd));
  }
}
#elif MIXTURA_WIDTH == 4
MIXTURA_INLINE __m256d load_some(const double* p, int count) {
  const __m256i lanes = _mm256_cmpgt_epi64(_mm256_set1_epi64x(count), _mm256_setr_epi64x(0, 1, 2, 3));
  return _mm256_maskload_pd(p, lanes);
}
MIXTURA_INLINE __m256d load_some(const float* p, int count) {
  const __m128i lanes = _mm_cmpgt_epi32(_mm_set1_epi32(count), _mm_setr_epi32(0, 1, 2, 3));
  return _mm256_cvtps_pd(_mm_maskload_ps(p, lanes));
}

// Transpose `count` features, from `from` on, of 4 rows; the first goes to x, the next to x + stride.
template <class T>
MIXTURA_INLINE void transpose_square(const T* const* row, std::int64_t from, int count, std::int64_t stride, double* x) {
  __m256d r[4], s[4];
  for (int i = 0; i < 4; ++i) r[i] = load_some(row[i] + from, count);
  for (int i = 0; i < 4; i += 2) s[i] = _mm256_unpacklo_pd(r[i], r[i + 1]), s[i + 1] = _mm256_unpackhi_pd(r[i], r[i + 1]);
  _mm256_storeu_pd(x, _mm256_permute2f128_pd(s[0], s[2], 0x20));
  if (count > 1) _mm256_storeu_pd(x + stride, _mm256_permute2f128_pd(s[1], s[3], 0x20));
  if (count > 2) _mm256_storeu_pd(x + 2 * stride, _mm256_permute2f128_pd(s[0], s[2], 0x31));
  if (count > 3) _mm256_storeu_pd(x + 3 * stride, _mm256_permute2f128_pd(s[1], s[3], 0x31));
}
#endif

template <int D, class T>
MIXTURA_INLINE void transpose_rows(const T* const* row, std::int64_t stride, double* x) {
#if MIXTURA_WIDTH >= 4
  for (int d = 0; d < D; d += W) transpose_square(row, d, D - d < W ? D - d : W, stride, x + d * stride);
#else
  for (int i = 0; i < W; ++i)
    for (int d = 0; d < D; ++d) x[d * stride + i] = row[i][d];
#endif
}

// Copy n rows from `row` on to columns x (D, stride).
template <int D, class T>
inline void copy_columns(const T* row, const Rows& rows, std::int64_t n, std::int64_t stride, double* x) {
  std::int64_t done = 0;
#if MIXTURA_WIDTH >= 4
  if (D == 1 && rows.row_stride == 1) {
    for (; done + W <= n; done += W) store(x + done, (Vec)load_some(row + done, W));
  } else
#endif
  if (rows.column_stride == 1) {
    const T* group[W];
    for (; done + W <= n; done += W) {
      for (int i = 0; i < W; ++i) group[i] = row + (done + i) * rows.row_stride;
      transpose_rows<D>(group, stride, x + done);
    }
  }
  copy_columns_one_by_one(row, rows, D, done, n, stride, x);
}

// Copy listed rows (m,) to columns x (D, stride), up to a whole vector: past the last the first is repeated.
template <int D, class T>
inline void copy_listed(const T* data, const Rows& rows, const std::int64_t* index, std::int64_t m, std::int64_t stride,
                        double* x) {
  for (std::int64_t done = 0; done < m; done += W) {
    const T* group[W];
    for (int i = 0; i < W; ++i) group[i] = data + index[done + i < m ? done + i : 0] * rows.row_stride;
    if (rows.column_stride == 1) {
      transpose_rows<D>(group, stride, x + done);
    } else {
      for (int i = 0; i < W; ++i)
        for (int d = 0; d < D; ++d) x[d * stride + done + i] = group[i][d * rows.column_stride];
    }
  }
}

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
