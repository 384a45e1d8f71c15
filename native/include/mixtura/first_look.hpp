// A first look at a block of rows: bounds of log2 w_k N(x) over leading features alone, for every row and component.
//
// Squared distances over some of the whitened features are lower bounds, so heights less those are upper bounds, of which
// the best says whom a row probably belongs to. Numbers U are those of the kernel itself, or, for kernels in doubles whose
// features are independent, floats: these look at twice as many rows at a time, and err by little that is known.
//
// The error of floats. Let u = 2^-24, c the mean of the means, and M_k the length of (means_k - c) whiteners_k. The row
// less c, a float, is off by u |x - c|, which is at most sqrt(q) + M_k in whitened features; subtracting, scaling and the
// mean's remainder (lane_model.hpp) add 4 u of the difference, and a sum of D squares D u of itself. So the distance found,
// q', has sqrt(q') <= (1 + D u / 2) ((1 + 5u) sqrt(q) + u M_k), and since (a - e)² >= a² (1 - t) - e² / t for any t,
// q >= q' (1 - t) (1 - (D + 12) u) - (u M_k)² / t; t is 2^-10. Heights and the difference are floats too: 8 u of each pays
// for that. What overflows bounds nothing, and counts as a distance of 0.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "distances.hpp"

namespace mixtura {
namespace MIXTURA_VARIANT {

constexpr double kRounding = 0x1p-24;  // of floats

template <class U>
class FirstLook {
 public:
  FirstLook(std::int64_t K, std::int64_t stride, std::int64_t B)
      : K_(K), stride_(stride), q_(K * stride), best_(B + L), least_(B + L), high_(K), share_(K), guess_(K) {}

  // Bounds are `height` less `share` times the distance; what the features after the leading ones will probably take from a
  // height is `tail`: without it a guess is the density of the leading features alone, with it tight components would win
  // too often.
  void know(std::int64_t k, double height, double share, double tail) {
    high_[k] = static_cast<U>(height);
    share_[k] = static_cast<U>(share);
    guess_[k] = static_cast<U>(height - tail);
  }

  U* distances() { return q_.get(); }
  U* distances(std::int64_t k) { return q_.get() + k * stride_; }

  // Guess the best component of each of n rows.
  void guess(std::int64_t n) {
    for (std::int64_t b = 0; b < n; b += L) {
      V most = guess_[0] - load(distances(0) + b), best{};
      for (std::int64_t k = 1; k < K_; ++k) {
        const V other = guess_[k] - load(distances(k) + b);
        best = other > most ? splat(static_cast<U>(k)) : best;
        most = other > most ? other : most;
      }
      store(best_.get() + b, best);
    }
  }
  std::int64_t best(std::int64_t b) const { return static_cast<std::int64_t>(best_[b]); }

  // What is worth less than this matters to row b no more.
  void require(std::int64_t b, double least) { least_[b] = static_cast<U>(least - 8 * kRounding * std::fabs(least)); }

  // List the rows, below n, that component k may matter to, but for those that it was guessed to be best for.
  std::int64_t undecided(std::int64_t k, std::int64_t n, std::int64_t* list) {
    std::int64_t m = 0;
    const V me = splat(static_cast<U>(k));
    const U high = high_[k], share = share_[k];
    for (std::int64_t b = 0; b < n; b += L) {
      V q = load(distances(k) + b);
      if (kRough) q = q < splat(kMost) ? q : V{};
      // also where the best overflowed
      const BitsOf<U> mine = load(best_.get() + b) == me, below = high - share * q < load(least_.get() + b);
      const BitsOf<U> wanted = ~mine & ~below;
      for (unsigned lanes = lanes_of(wanted); lanes; lanes &= lanes - 1) list[m++] = b + __builtin_ctz(lanes);
    }
    while (m > 0 && list[m - 1] >= n) --m;
    return m;
  }

 private:
  static constexpr int L = kLanes<U>;
  static constexpr bool kRough = std::is_same_v<U, float>;
  static constexpr U kMost = static_cast<U>(1e38);
  using V = Vector<U>;
  std::int64_t K_, stride_;
  BufferOf<U> q_, best_, least_, high_, share_, guess_;
};

// A first look in floats, about the mean of the means, for features that are independent.
struct RoughLook {
  // Nothing where numbers leave the range of floats.
  static std::unique_ptr<RoughLook> of(const Rows& rows, const Model& model, std::int64_t stride, std::int64_t B) {
    std::vector<double> centre(rows.D), means(model.means, model.means + model.K * rows.D), errors(model.K);
    for (std::int64_t i = 0; i < model.K * rows.D; ++i) centre[i % rows.D] += means[i] / static_cast<double>(model.K);
    for (std::int64_t i = 0; i < model.K * rows.D; ++i) {
      means[i] -= centre[i % rows.D];
      const double w = model.whiteners[i], length = means[i] * w * std::sqrt(0.5 * kBitsPerNat);
      if (!(w > 1e-30 && w < 1e30)) return nullptr;
      errors[i / rows.D] += length * length;
    }
    for (double& error : errors) {
      error *= 1.01 * kRounding * kRounding / kLost;
      if (!(error < 1e30)) return nullptr;
    }
    Model shifted = model;
    shifted.means = means.data();
    return std::make_unique<RoughLook>(rows, shifted, stride, B, std::move(centre), std::move(errors));
  }

  RoughLook(const Rows& rows, const Model& shifted, std::int64_t stride, std::int64_t B, std::vector<double> centre,
            std::vector<double> errors)
      : distances(rows, shifted, B), look(shifted.K, stride, B), centre(std::move(centre)), errors(std::move(errors)),
        share((1.0 - kLost) * (1.0 - static_cast<double>(rows.D + 20) * kRounding)) {}

  // The bound of log2 w_k N(x) is this less `share` times the distance found.
  double high(std::int64_t k, double height) const {
    return height > -kInfinity ? height + errors[k] + 8 * kRounding * std::fabs(height) : height;
  }

  Distances<float> distances;
  FirstLook<float> look;
  std::vector<double> centre, errors;  // (D,), (K,)
  double share;

 private:
  static constexpr double kLost = 0x1p-10;
};

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
