// Vectors of doubles and what the kernels need of them: load, store, maximum, sum, exp, log.
// MIXTURA_WIDTH is the number of doubles in a vector: 8 with AVX-512, 4 with AVX2, 2 elsewhere.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#if defined(MIXTURA_WIDTH) && MIXTURA_WIDTH > 2
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

constexpr int W = MIXTURA_WIDTH;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

typedef double Vec __attribute__((vector_size(8 * MIXTURA_WIDTH)));
typedef std::int64_t Bits __attribute__((vector_size(8 * MIXTURA_WIDTH)));
typedef std::uint64_t Words __attribute__((vector_size(8 * MIXTURA_WIDTH)));  // where overflow is meant

MIXTURA_INLINE Vec load(const double* p) {
  Vec v;
  std::memcpy(&v, p, sizeof v);
  return v;
}
MIXTURA_INLINE void store(double* p, Vec v) { std::memcpy(p, &v, sizeof v); }
MIXTURA_INLINE Vec splat(double x) { return x - Vec{}; }
MIXTURA_INLINE Vec larger(Vec a, Vec b) { return a > b ? a : b; }

MIXTURA_INLINE bool any(Bits mask) {  // some lane is not 0
#if MIXTURA_WIDTH == 8
  return _mm512_test_epi64_mask((__m512i)mask, (__m512i)mask) != 0;
#elif MIXTURA_WIDTH == 4
  return !_mm256_testz_si256((__m256i)mask, (__m256i)mask);
#else
  return (mask[0] | mask[1]) != 0;
#endif
}
MIXTURA_INLINE bool none(Vec v) { return !any((Bits)v); }  // all lanes are +0

MIXTURA_INLINE unsigned lanes_of(Bits mask) {  // one bit for each lane that is all ones
#if MIXTURA_WIDTH == 8
  return _mm512_movepi64_mask((__m512i)mask);
#elif MIXTURA_WIDTH == 4
  return static_cast<unsigned>(_mm256_movemask_pd((__m256d)mask));
#else
  return (mask[0] != 0) | (mask[1] != 0) << 1;
#endif
}

MIXTURA_INLINE Bits lanes_from(std::int64_t first) {  // all ones from lane `first` on
  Bits number;
  for (int i = 0; i < W; ++i) number[i] = i;
  return number >= first;
}

MIXTURA_INLINE double sum(Vec v) {  // halves added to halves: the same order for every call
  for (int half = W / 2; half > 0; half /= 2)
    for (int i = 0; i < half; ++i) v[i] += v[i + half];
  return v[0];
}
MIXTURA_INLINE double largest(Vec v) {
  double most = v[0];
  for (int i = 1; i < W; ++i) most = v[i] > most ? v[i] : most;
  return most;
}

// exp(x) for x <= 0; 0 at and below the floor, which is at least -708, and where x is not a number. The rounding of x
// itself bounds the error: 2e-16 (1 + |x|) relative. x = n log 2 + r, |r| <= log(2)/2, and a polynomial: the Chebyshev
// interpolant of degree 11 of exp on that interval, 1.7e-17 relative.
MIXTURA_INLINE Vec exp_by_polynomial(Vec x, double floor) {
  const Vec shift = splat(0x1.8p52);  // adding it rounds to whole numbers, which then stand in the low bits
  const Vec shifted = x * 0x1.71547652b82fep0 + shift;
  const Vec n = shifted - shift;
  Vec r = x - n * 0x1.62e42fefa3800p-1;
  r = r - n * 0x1.ef35793c76730p-45;
  const Vec r2 = r * r, r4 = r2 * r2;
  const Vec p01 = r + 1.0;
  const Vec p23 = r * 0x1.555555555555ap-3 + 0x1.0000000000011p-1;
  const Vec p45 = r * 0x1.111111110f225p-7 + 0x1.555555554f0cfp-5;
  const Vec p67 = r * 0x1.a01a01b14378fp-13 + 0x1.6c16c187fbe02p-10;
  const Vec p89 = r * 0x1.71ddf5749d126p-19 + 0x1.a01991ac8730ap-16;
  const Vec pab = r * 0x1.af631d0059becp-26 + 0x1.28b4057f44145p-22;
  const Vec low = r2 * p23 + p01;
  const Vec middle = r2 * p67 + p45;
  const Vec high = r2 * pab + p89;
  const Vec p = r4 * (r4 * high + middle) + low;
  const Vec scaled = (Vec)((Words)p + ((Words)shifted << 52));
  return x > floor ? scaled : Vec{};
}

#if MIXTURA_WIDTH == 8
// The same with x = (16 e + j) log(2)/16 + r, |r| <= log(2)/32: 2^(j/16) stands in a table that two registers hold, and
// Taylor's polynomial of degree 6 suffices (4e-16). The table's entries are less j 2^48, so that adding 16 e + j, moved
// up by 48 bits, puts the exponent right.
MIXTURA_INLINE Vec exp_by_table(Vec x, double floor) {
  alignas(64) static constexpr std::uint64_t powers[16] = {
      0x3ff0000000000000, 0x3fefb5586cf9890f, 0x3fef72b83c7d517b, 0x3fef387a6e756238,
      0x3fef06fe0a31b715, 0x3feedea64c123422, 0x3feebfdad5362a27, 0x3feeab07dd485429,
      0x3feea09e667f3bcd, 0x3feea11473eb0187, 0x3feeace5422aa0db, 0x3feec49182a3f090,
      0x3feee89f995ad3ad, 0x3fef199bdd85529c, 0x3fef5818dcfba487, 0x3fefa4afa2a490da};
  const Vec shift = splat(0x1.8p52);
  const Vec shifted = x * 0x1.71547652b82fep4 + shift;
  const Vec n = shifted - shift;
  const Vec r = x - n * 0x1.62e42fefa39efp-5;
  const Vec r2 = r * r;
  const Vec entry = (Vec)_mm512_permutex2var_epi64(_mm512_loadu_si512(powers), (__m512i)shifted,
                                                    _mm512_loadu_si512(powers + 8));
  const Vec power = (Vec)((Words)entry + ((Words)shifted << 48));
  const Vec p23 = r * (1.0 / 6) + 0.5;
  const Vec p45 = r * (1.0 / 120) + (1.0 / 24);
  const Vec p = r2 * (r2 * (r2 * (1.0 / 720) + p45) + p23) + r;
  return x > floor ? power * p + power : Vec{};
}
MIXTURA_INLINE Vec exp_nonpositive(Vec x, double floor) { return exp_by_table(x, floor); }
#else
MIXTURA_INLINE Vec exp_nonpositive(Vec x, double floor) { return exp_by_polynomial(x, floor); }
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
  return e * 0x1.62e42fefa39efp-1 + (t * 2.0 + t * t2 * s);
}

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
