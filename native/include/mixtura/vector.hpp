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
MIXTURA_INLINE void add_to(double* to, Vec v) { store(to, load(to) + v); }
MIXTURA_INLINE void add_to(double* to, Single v) {
  add_to(to, low_half(v));
  add_to(to + W, high_half(v));
}

// 2^x for x <= 0; 0 at and below the floor, which is at least -1022 for doubles and -126 for floats, and where x is not a
// number. x = n + r without an error, and a polynomial: an interpolant in Chebyshev's points for |r| <= 1/2, 3e-18
// relative for doubles, 2e-9 for floats. With AVX-512 n counts sixteenths: 2^(n mod 1) stands in a table that registers
// hold, and |r| <= 1/32 needs Taylor's polynomial of degree 6 (4e-16) or an interpolant of degree 3 (1e-9). A table's
// entry j is less j sixteenths of an exponent, so that adding n, moved up, puts the exponent right.
#if MIXTURA_WIDTH == 8
MIXTURA_INLINE Vec power_of_two(Vec x, double floor) {
  alignas(64) static constexpr std::uint64_t powers[16] = {
      0x3ff0000000000000, 0x3fefb5586cf9890f, 0x3fef72b83c7d517b, 0x3fef387a6e756238,
      0x3fef06fe0a31b715, 0x3feedea64c123422, 0x3feebfdad5362a27, 0x3feeab07dd485429,
      0x3feea09e667f3bcd, 0x3feea11473eb0187, 0x3feeace5422aa0db, 0x3feec49182a3f090,
      0x3feee89f995ad3ad, 0x3fef199bdd85529c, 0x3fef5818dcfba487, 0x3fefa4afa2a490da};
  const Vec shifted = x + 0x1.8p48;  // rounded to sixteenths, whose number stands in the low bits
  const Vec r = (Vec)_mm512_reduce_pd((__m512d)x, 4 << 4), r2 = r * r;  // less x rounded to 4 places after the point
  const Vec entry = (Vec)_mm512_permutex2var_epi64(_mm512_loadu_si512(powers), (__m512i)shifted,
                                                   _mm512_loadu_si512(powers + 8));
  const Vec power = (Vec)((Words)entry + ((Words)shifted << 48));
  const Vec p12 = r * 0x1.ebfbdff82c58fp-3 + 0x1.62e42fefa39efp-1;
  const Vec p34 = r * 0x1.3b2ab6fba4e77p-7 + 0x1.c6b08d704a0c0p-5;
  const Vec p56 = r * 0x1.430912f86c787p-13 + 0x1.5d87fe78a6731p-10;
  const Vec p = r2 * (r2 * p56 + p34) + p12;
  return x > floor ? power * (r * p) + power : Vec{};
}
MIXTURA_INLINE Single power_of_two(Single x, float floor) {
  alignas(64) static constexpr std::uint32_t powers[16] = {
      0x3f800000, 0x3f7daac3, 0x3f7b95c2, 0x3f79c3d3, 0x3f7837f0, 0x3f76f532, 0x3f75fed7, 0x3f75583f,
      0x3f7504f3, 0x3f7508a4, 0x3f75672a, 0x3f76248c, 0x3f7744fd, 0x3f78ccdf, 0x3f7ac0c7, 0x3f7d257d};
  const Single shifted = x + 0x1.8p19f;
  const Single r = (Single)_mm512_reduce_ps((__m512)x, 4 << 4);
  const Single entry = (Single)_mm512_permutexvar_epi32((__m512i)shifted, _mm512_loadu_si512(powers));
  const Single power = (Single)((SingleWords)entry + ((SingleWords)shifted << 19));
  const Single p = r * (r * 0x1.c6b29ap-5f + 0x1.ebff92p-3f) + 0x1.62e43p-1f;
  return x > floor ? power * (r * p) + power : Single{};
}
#else
MIXTURA_INLINE Vec power_of_two(Vec x, double floor) {
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
  return x > floor ? scaled : Vec{};
}
MIXTURA_INLINE Single power_of_two(Single x, float floor) {
  const Single shift = splat(0x1.8p23f);
  const Single shifted = x + shift;
  const Single r = x - (shifted - shift), r2 = r * r;
  const Single p01 = r * 0x1.62e43p-1f + 1.0f;
  const Single p23 = r * 0x1.c6aeccp-5f + 0x1.ebfbep-3f;
  const Single p456 = r2 * 0x1.444p-13f + (r * 0x1.5f48cp-10f + 0x1.3b2a1cp-7f);
  const Single p = r2 * (r2 * p456 + p23) + p01;
  const Single scaled = (Single)((SingleWords)p + ((SingleWords)shifted << 23));
  return x > floor ? scaled : Single{};
}
#endif

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
