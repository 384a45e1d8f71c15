// Inner products of many rows with many directions, a tile of both at a time, so that each number is loaded once for
// several products.
#pragma once

#include <cstdint>

#include "vector.hpp"

namespace mixtura {
namespace MIXTURA_VARIANT {

constexpr int kTileRows = W == 8 ? 4 : 2;        // rows of a tile of inner products
constexpr int kTileDirections = W == 8 ? 5 : 4;  // directions of it

// out[r * stride + q] = z_r . a_q for R rows z (R, P) and J directions a (J, P).
template <int R, int J>
inline void inner_tile(const double* z, const double* a, std::int64_t P, double* out, std::int64_t stride) {
  Vec acc[R][J] = {};
  for (std::int64_t d = 0; d < P; d += W) {
    Vec right[J];
    for (int j = 0; j < J; ++j) right[j] = load(a + j * P + d);
    for (int r = 0; r < R; ++r) {
      const Vec left = load(z + r * P + d);
      for (int j = 0; j < J; ++j) acc[r][j] += left * right[j];
    }
  }
  for (int r = 0; r < R; ++r)
    for (int j = 0; j < J; ++j) out[r * stride + j] = sum(acc[r][j]);
}

template <int R>
inline void inner_products(const double* z, const double* a, std::int64_t P, std::int64_t Q, double* out,
                           std::int64_t stride) {
  std::int64_t q = 0;
  for (; q + kTileDirections <= Q; q += kTileDirections)
    inner_tile<R, kTileDirections>(z, a + q * P, P, out + q, stride);
  for (; q + 2 <= Q; q += 2) inner_tile<R, 2>(z, a + q * P, P, out + q, stride);
  for (; q < Q; ++q) inner_tile<R, 1>(z, a + q * P, P, out + q, stride);
}

// out (m, stride) = z (m, P) times the transpose of a (Q, P).
inline void inner_products(const double* z, std::int64_t m, const double* a, std::int64_t P, std::int64_t Q, double* out,
                           std::int64_t stride) {
  std::int64_t i = 0;
  for (; i + kTileRows <= m; i += kTileRows) inner_products<kTileRows>(z + i * P, a, P, Q, out + i * stride, stride);
  for (; i < m; ++i) inner_products<1>(z + i * P, a, P, Q, out + i * stride, stride);
}

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
