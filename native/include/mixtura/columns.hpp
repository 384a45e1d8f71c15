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
inline __m512d load_some(const double* p, int count) {
  return _mm512_maskz_loadu_pd(static_cast<__mmask8>(0xff >> (8 - count)), p);
}
inline __m512d load_some(const float* p, int count) {
  return _mm512_cvtps_pd(_mm256_maskz_loadu_ps(static_cast<__mmask8>(0xff >> (8 - count)), p));
}

// Transpose 8 rows of `count` features; column d goes to x + d * stride.
template <class T>
inline void transpose_square(const T* row, std::int64_t row_stride, int count, std::int64_t stride, double* x) {
  __m512d r[8], s[8], t[8];
  for (int i = 0; i < 8; ++i) r[i] = load_some(row + i * row_stride, count);
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
inline __m256d load_some(const double* p, int count) {
  const __m256i lanes = _mm256_cmpgt_epi64(_mm256_set1_epi64x(count), _mm256_setr_epi64x(0, 1, 2, 3));
  return _mm256_maskload_pd(p, lanes);
}
inline __m256d load_some(const float* p, int count) {
  const __m128i lanes = _mm_cmpgt_epi32(_mm_set1_epi32(count), _mm_setr_epi32(0, 1, 2, 3));
  return _mm256_cvtps_pd(_mm_maskload_ps(p, lanes));
}

// Transpose 4 rows of `count` features; column d goes to x + d * stride.
template <class T>
inline void transpose_square(const T* row, std::int64_t row_stride, int count, std::int64_t stride, double* x) {
  __m256d r[4], s[4];
  for (int i = 0; i < 4; ++i) r[i] = load_some(row + i * row_stride, count);
  for (int i = 0; i < 4; i += 2) s[i] = _mm256_unpacklo_pd(r[i], r[i + 1]), s[i + 1] = _mm256_unpackhi_pd(r[i], r[i + 1]);
  _mm256_storeu_pd(x, _mm256_permute2f128_pd(s[0], s[2], 0x20));
  if (count > 1) _mm256_storeu_pd(x + stride, _mm256_permute2f128_pd(s[1], s[3], 0x20));
  if (count > 2) _mm256_storeu_pd(x + 2 * stride, _mm256_permute2f128_pd(s[0], s[2], 0x31));
  if (count > 3) _mm256_storeu_pd(x + 3 * stride, _mm256_permute2f128_pd(s[1], s[3], 0x31));
}
#endif

// Ask for part `part` of `parts` of the rows that the next block begins with, so that they come while this one is worked on.
inline void prefetch(const Rows& rows, std::int64_t begin, std::int64_t n, std::int64_t part, std::int64_t parts) {
  if (rows.column_stride != 1 || rows.row_stride < 0) return;
  const std::int64_t size = rows.single ? 4 : 8, row = rows.row_stride * size;
  const std::int64_t end = (begin + n < rows.n ? begin + n : rows.n) * row;
  const std::int64_t from = begin * row, share = (n * row + parts - 1) / parts;
  const char* data = static_cast<const char*>(rows.data);
  for (std::int64_t at = from + part * share; at < end && at < from + (part + 1) * share; at += 64)
    __builtin_prefetch(data + at, 0, 2);
}

// Copy n rows from `row` on to columns x (D, stride).
template <int D, class T>
inline void copy_columns(const T* row, const Rows& rows, std::int64_t n, std::int64_t stride, double* x) {
  std::int64_t done = 0;
  if (D == 1 && rows.row_stride == 1) {
    for (; done < n; ++done) x[done] = row[done];
  }
#if MIXTURA_WIDTH >= 4
  if (D > 1 && rows.column_stride == 1)
    for (; done + W <= n; done += W)
      for (int d = 0; d < D; d += W)
        transpose_square(row + done * rows.row_stride + d, rows.row_stride, D - d < W ? D - d : W, stride,
                         x + d * stride + done);
#endif
  copy_columns_one_by_one(row, rows, D, done, n, stride, x);
}

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
