// Vectors of numbers and what the kernels need of them: load, store, maximum, sum, powers of two, logarithms.
// MIXTURA_WIDTH is the number of doubles in a vector: 8 with AVX-512, 4 with AVX2, 2 elsewhere. Of floats, which serve
// where they suffice (lane_model.hpp says when), a vector holds twice as many.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

#ifndef MIXTURA_WIDTH
#define MIXTURA_WIDTH 2
#define MIXTURA_VARIANT plain
#endif

// What stands in the innermost loops is always inlined: compilers stop doing it by themselves where a file grows.
#define MIXTURA_INLINE __attribute__((always_inline)) inline

namespace mixtura {
namespace MIXTURA_VARIANT {

template <class T>
struct Lanes;
template <>
struct Lanes<double> {
  typedef double Vector __attribute__((vector_size(8 * MIXTURA_WIDTH)));
  typedef std::int64_t Bits __attribute__((vector_size(8 * MIXTURA_WIDTH)));
  typedef std::uint64_t Words __attribute__((vector_size(8 * MIXTURA_WIDTH)));  // where overflow is meant
};
template <>
struct Lanes<float> {
  typedef float Vector __attribute__((vector_size(8 * MIXTURA_WIDTH)));
  typedef std::int32_t Bits __attribute__((vector_size(8 * MIXTURA_WIDTH)));
  typedef std::uint32_t Words __attribute__((vector_size(8 * MIXTURA_WIDTH)));
};

template <class T>
using Vector = typename Lanes<T>::Vector;
template <class T>
using BitsOf = typename Lanes<T>::Bits;
template <class T>
constexpr int kLanes = 8 * MIXTURA_WIDTH / sizeof(T);

using Vec = Vector<double>;
using Bits = BitsOf<double>;
using Words = Lanes<double>::Words;
using Single = Vector<float>;
using SingleBits = BitsOf<float>;
using SingleWords = Lanes<float>::Words;
constexpr int W = kLanes<double>;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kLog2 = 0x1.62e42fefa39efp-1;         // nats in a bit
constexpr double kBitsPerNat = 0x1.71547652b82fep+0;

template <class T>
MIXTURA_INLINE Vector<T> load(const T* p) {
  Vector<T> v;
  std::memcpy(&v, p, sizeof v);
  return v;
}
MIXTURA_INLINE void store(double* p, Vec v) { std::memcpy(p, &v, sizeof v); }
MIXTURA_INLINE void store(float* p, Single v) { std::memcpy(p, &v, sizeof v); }
MIXTURA_INLINE Vec splat(double x) { return x - Vec{}; }
MIXTURA_INLINE Single splat(float x) { return x - Single{}; }
MIXTURA_INLINE Vec larger(Vec a, Vec b) { return a > b ? a : b; }
MIXTURA_INLINE Single larger(Single a, Single b) { return a > b ? a : b; }

MIXTURA_INLINE unsigned lanes_of(Bits mask) {  // one bit for each lane that is all ones
#if MIXTURA_WIDTH == 8
  return _mm512_movepi64_mask((__m512i)mask);
#elif MIXTURA_WIDTH == 4
  return static_cast<unsigned>(_mm256_movemask_pd((__m256d)mask));
#else
  return (mask[0] != 0) | (mask[1] != 0) << 1;
#endif
}
MIXTURA_INLINE unsigned lanes_of(SingleBits mask) {
#if MIXTURA_WIDTH == 8
  return _mm512_movepi32_mask((__m512i)mask);
#elif MIXTURA_WIDTH == 4
  return static_cast<unsigned>(_mm256_movemask_ps((__m256)mask));
#else
  return (mask[0] != 0) | (mask[1] != 0) << 1 | (mask[2] != 0) << 2 | (mask[3] != 0) << 3;
#endif
}

template <class T>
MIXTURA_INLINE BitsOf<T> lane_numbers() {
  BitsOf<T> number;
  for (int i = 0; i < kLanes<T>; ++i) number[i] = i;
  return number;
}

template <class T>
MIXTURA_INLINE BitsOf<T> lanes_from(std::int64_t first) {  // all ones from lane `first` on
  const BitsOf<T> number = lane_numbers<T>();
  return number >= static_cast<decltype(number[0] + 0)>(first);
}

// Store the lanes that have a bit, one after another; a whole vector may be written. Other widths have no operation for it.
template <class V, class Number>
MIXTURA_INLINE void pack(Number* to, V v, unsigned lanes) {
#if MIXTURA_WIDTH == 8
  if constexpr (sizeof(Number) == 8)
    v = (V)_mm512_maskz_compress_epi64(static_cast<__mmask8>(lanes), (__m512i)v);
  else
    v = (V)_mm512_maskz_compress_epi32(static_cast<__mmask16>(lanes), (__m512i)v);
  std::memcpy(to, &v, sizeof v);
#else
  for (; lanes; lanes &= lanes - 1) *to++ = v[__builtin_ctz(lanes)];
#endif
}

template <class V>
MIXTURA_INLINE auto sum(V v) {  // halves added to halves: the same order for every call
  for (int half = static_cast<int>(sizeof(v) / sizeof(v[0])) / 2; half > 0; half /= 2)
    for (int i = 0; i < half; ++i) v[i] += v[i + half];
  return v[0] + 0;
}

// A vector as doubles: of floats one of the halves, or both beside each other or added.
MIXTURA_INLINE Vec low_half(Single v) {
#if MIXTURA_WIDTH == 8
  return (Vec)_mm512_cvtps_pd(_mm512_castps512_ps256((__m512)v));
#elif MIXTURA_WIDTH == 4
  return (Vec)_mm256_cvtps_pd(_mm256_castps256_ps128((__m256)v));
#else
  return Vec{v[0], v[1]};
#endif
}
MIXTURA_INLINE Vec high_half(Single v) {
#if MIXTURA_WIDTH == 8
  return (Vec)_mm512_cvtps_pd(_mm512_extractf32x8_ps((__m512)v, 1));
#elif MIXTURA_WIDTH == 4
  return (Vec)_mm256_cvtps_pd(_mm256_extractf128_ps((__m256)v, 1));
#else
  return Vec{v[2], v[3]};
#endif
}
MIXTURA_INLINE Vec half(Vec v, bool) { return v; }
MIXTURA_INLINE Vec half(Single v, bool high) { return high ? high_half(v) : low_half(v); }
MIXTURA_INLINE Vec added(Vec v) { return v; }
MIXTURA_INLINE Vec added(Single v) { return low_half(v) + high_half(v); }
// The same, where floats may be added in pairs first, which costs one rounding more.
MIXTURA_INLINE Vec paired(Vec v) { return v; }
MIXTURA_INLINE Vec paired(Single v) {
#if MIXTURA_WIDTH == 8
  const __m256 low = _mm512_castps512_ps256((__m512)v), high = _mm512_extractf32x8_ps((__m512)v, 1);
  return (Vec)_mm512_cvtps_pd(_mm256_add_ps(low, high));
#elif MIXTURA_WIDTH == 4
  const __m128 low = _mm256_castps256_ps128((__m256)v), high = _mm256_extractf128_ps((__m256)v, 1);
  return (Vec)_mm256_cvtps_pd(_mm_add_ps(low, high));
#else
  return added(v);
#endif
}
MIXTURA_INLINE void add_to(double* to, Vec v) { store(to, load(to) + v); }
MIXTURA_INLINE void add_to(double* to, Single v) {
  add_to(to, low_half(v));
  add_to(to + W, high_half(v));
}

// 2^x for x up to 1000, of floats 120. x = n + r without an error, and a polynomial: an interpolant in Chebyshev's points
// for |r| <= 1/2, 3e-18 relative for doubles, 2e-9 for floats. With AVX-512 n counts sixteenths: 2^(n mod 1) stands in a
// table that registers hold, and |r| <= 1/32 needs Taylor's polynomial of degree 6 (4e-16) or an interpolant of degree 3
// (1e-9). Powers below the normal numbers are right there too, and 0 elsewhere. With a floor, which is at least -1022 or
// of floats -126: 0 at and below it, and where x is not a number.
#if MIXTURA_WIDTH == 8
MIXTURA_INLINE Vec taylor(Vec r) {  // of (2^r - 1) / r
  Vec p = r * 0x1.430912f86c787p-13 + 0x1.5d87fe78a6731p-10;
  p = p * r + 0x1.3b2ab6fba4e77p-7;
  p = p * r + 0x1.c6b08d704a0c0p-5;
  p = p * r + 0x1.ebfbdff82c58fp-3;
  return p * r + 0x1.62e42fefa39efp-1;
}
MIXTURA_INLINE Vec power_of_two(Vec x) {
  alignas(64) static constexpr double powers[16] = {
      0x1.0000000000000p+0, 0x1.0b5586cf9890fp+0, 0x1.172b83c7d517bp+0, 0x1.2387a6e756238p+0,
      0x1.306fe0a31b715p+0, 0x1.3dea64c123422p+0, 0x1.4bfdad5362a27p+0, 0x1.5ab07dd485429p+0,
      0x1.6a09e667f3bcdp+0, 0x1.7a11473eb0187p+0, 0x1.8ace5422aa0dbp+0, 0x1.9c49182a3f090p+0,
      0x1.ae89f995ad3adp+0, 0x1.c199bdd85529cp+0, 0x1.d5818dcfba487p+0, 0x1.ea4afa2a490dap+0};
  const Vec n = (Vec)_mm512_roundscale_pd((__m512d)x, 4 << 4), r = x - n;  // to 4 places after the point
  const Vec shifted = x + 0x1.8p48;  // their number stands in the low bits
  const Vec power = (Vec)_mm512_permutex2var_pd(_mm512_load_pd(powers), (__m512i)shifted, _mm512_load_pd(powers + 8));
  const Vec p = taylor(r);
  return (Vec)_mm512_scalef_pd((__m512d)(power * r * p + power), (__m512d)n);  // times two to n, rounded down
}
// Beside a comparison with a floor, adding to exponents takes less time: entry j is less j sixteenths of an exponent, so
// that adding n, moved up, puts it right.
MIXTURA_INLINE Vec power_of_two(Vec x, double floor) {
  alignas(64) static constexpr std::uint64_t powers[16] = {
      0x3ff0000000000000, 0x3fefb5586cf9890f, 0x3fef72b83c7d517b, 0x3fef387a6e756238,
      0x3fef06fe0a31b715, 0x3feedea64c123422, 0x3feebfdad5362a27, 0x3feeab07dd485429,
      0x3feea09e667f3bcd, 0x3feea11473eb0187, 0x3feeace5422aa0db, 0x3feec49182a3f090,
      0x3feee89f995ad3ad, 0x3fef199bdd85529c, 0x3fef5818dcfba487, 0x3fefa4afa2a490da};
  const Vec r = (Vec)_mm512_reduce_pd((__m512d)x, 4 << 4);  // less x rounded to 4 places after the point
  const Vec shifted = x + 0x1.8p48;
  const Vec entry = (Vec)_mm512_permutex2var_epi64(_mm512_load_si512(powers), (__m512i)shifted,
                                                   _mm512_load_si512(powers + 8));
  const Vec power = (Vec)((Words)entry + ((Words)shifted << 48));
  return x > floor ? power * (r * taylor(r)) + power : Vec{};
}
MIXTURA_INLINE Single power_of_two(Single x) {
  alignas(64) static constexpr float powers[16] = {
      0x1.000000p+0f, 0x1.0b5586p+0f, 0x1.172b84p+0f, 0x1.2387a6p+0f, 0x1.306fe0p+0f, 0x1.3dea64p+0f,
      0x1.4bfdaep+0f, 0x1.5ab07ep+0f, 0x1.6a09e6p+0f, 0x1.7a1148p+0f, 0x1.8ace54p+0f, 0x1.9c4918p+0f,
      0x1.ae89fap+0f, 0x1.c199bep+0f, 0x1.d5818ep+0f, 0x1.ea4afap+0f};
  const Single n = (Single)_mm512_roundscale_ps((__m512)x, 4 << 4), r = x - n;
  const Single shifted = x + 0x1.8p19f;
  const Single power = (Single)_mm512_permutexvar_ps((__m512i)shifted, _mm512_load_ps(powers));
  const Single p = r * (r * 0x1.c6b29ap-5f + 0x1.ebff92p-3f) + 0x1.62e43p-1f;
  return (Single)_mm512_scalef_ps((__m512)(power * r * p + power), (__m512)n);
}
#else
MIXTURA_INLINE Vec power_of_two(Vec x) {
  const Vec shift = splat(0x1.8p52);  // adding it rounds to whole numbers, which then stand in the low bits
  const Vec shifted = x + shift;
  const Vec r = x - (shifted - shift), r2 = r * r, r4 = r2 * r2;
  const Vec p01 = r * 0x1.62e42fefa39efp-1 + 1.0;
  const Vec p23 = r * 0x1.c6b08d704a0c6p-5 + 0x1.ebfbdff82c5aep-3;
  const Vec p45 = r * 0x1.5d87fe78a3f9cp-10 + 0x1.3b2ab6fb9f1a5p-7;
  const Vec p67 = r * 0x1.ffcbfc6da6ed1p-17 + 0x1.430913112c61bp-13;
  const Vec p89 = r * 0x1.b524ebd13a55fp-24 + 0x1.62bfc2c86d700p-20;
  const Vec pab = r * 0x1.e9ec1fcb69a7fp-32 + 0x1.e6228acd1c6e5p-28;
  const Vec p = r4 * (r4 * (r2 * pab + p89) + (r2 * p67 + p45)) + (r2 * p23 + p01);
  const Vec scaled = (Vec)((Words)p + ((Words)shifted << 52));
  return x > -1022.0 ? scaled : Vec{};
}
MIXTURA_INLINE Single power_of_two(Single x) {
  const Single shift = splat(0x1.8p23f);
  const Single shifted = x + shift;
  const Single r = x - (shifted - shift), r2 = r * r;
  const Single p01 = r * 0x1.62e43p-1f + 1.0f;
  const Single p23 = r * 0x1.c6aeccp-5f + 0x1.ebfbep-3f;
  const Single p456 = r2 * 0x1.444p-13f + (r * 0x1.5f48cp-10f + 0x1.3b2a1cp-7f);
  const Single p = r2 * (r2 * p456 + p23) + p01;
  const Single scaled = (Single)((SingleWords)p + ((SingleWords)shifted << 23));
  return x > -126.0f ? scaled : Single{};
}
MIXTURA_INLINE Vec power_of_two(Vec x, double floor) { return x > floor ? power_of_two(x) : Vec{}; }
#endif
MIXTURA_INLINE Single power_of_two(Single x, float floor) { return x > floor ? power_of_two(x) : Single{}; }

// log(x) for normal x >= 1 (a softmax's total). x = 2^e m, m in [sqrt(1/2), sqrt(2)); log m = 2 atanh((m - 1)/(m + 1)).
MIXTURA_INLINE Vec log_positive(Vec x) {
  const Bits bits = (Bits)x;
  const Bits exponent = (bits - 0x3fe6a09e667f3bcdLL) >> 52;  // so that m lies about 1
  const Vec m = (Vec)((Words)bits - ((Words)exponent << 52));
  const Vec e = __builtin_convertvector(exponent, Vec);
  const Vec t = (m - 1.0) / (m + 1.0), t2 = t * t;
  Vec s = t2 * (2.0 / 21) + (2.0 / 19);
  s = s * t2 + (2.0 / 17);
  s = s * t2 + (2.0 / 15);
  s = s * t2 + (2.0 / 13);
  s = s * t2 + (2.0 / 11);
  s = s * t2 + (2.0 / 9);
  s = s * t2 + (2.0 / 7);
  s = s * t2 + (2.0 / 5);
  s = s * t2 + (2.0 / 3);
  return e * kLog2 + (t * 2.0 + t * t2 * s);
}
MIXTURA_INLINE Vec added_logarithms(Vec x) { return log_positive(x); }
MIXTURA_INLINE Vec added_logarithms(Single x) { return log_positive(low_half(x) * high_half(x)); }

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
