// Orientation: axes that all components share, while shapes vary; the compiled twin of structures/orientation.py, which
// says what is minimised and by whom. Symbols: K components, D features, P = D (D - 1) / 2 planes of two axes.
#pragma once

#include "mixtura/matrices.hpp"

namespace mixtura {

class Orientation {
 public:
  // Second moments within (K, D, D) with shares (K,); one volume for all, or volumes of their own.
  Orientation(const double* shares, const double* within, std::int64_t K, std::int64_t D, bool equal)
      : shares_(shares), within_(within), K_(K), D_(D), equal_(equal), rounding_(K), product_(D * D), angles_(D * D),
        best_(K, D), ahead_(K, D) {
    for (std::int64_t k = 0; k < K; ++k) {
      rounding_[k] = 0;
      for (std::int64_t d = 0; d < D; ++d) rounding_[k] += within[(k * D + d) * D + d];
      rounding_[k] *= 2.220446049250313e-16;
    }
    for (std::int64_t i = 0; i < D; ++i)
      for (std::int64_t j = i + 1; j < D; ++j) planes_.push_back({i, j});
  }

  // Fills the best axes (D, D), in columns, found from any of the candidates (C, D, D), and the moments along them (K, D).
  void fit(const double* candidates, std::int64_t C, double* axes, double* along) {
    std::vector<Point> starts;
    for (std::int64_t c = 0; c < C; ++c) {
      starts.emplace_back(K_, D_);
      starts.back().axes.assign(candidates + c * D_ * D_, candidates + (c + 1) * D_ * D_);
      look(starts.back());
    }
    std::stable_sort(starts.begin(), starts.end(),
                     [](const Point& a, const Point& b) { return a.objective < b.objective; });
    if (starts.size() > kMostStarts) starts.resize(kMostStarts, starts[0]);
    for (std::size_t c = 0; c < starts.size(); ++c) {
      descend(starts[c]);
      if (c == 0 || starts[c].objective < best_.objective) best_ = starts[c];
    }
    std::copy(best_.axes.begin(), best_.axes.end(), axes);
    std::copy(best_.along.begin(), best_.along.end(), along);
  }

 private:
  static constexpr double kTolerance = 1e-7, kWidest = 0.7, kRound = 1e-10;
  static constexpr int kMostTurns = 100, kPatience = 3;
  static constexpr std::size_t kMostStarts = 4;

  struct Plane {
    std::int64_t first, second;
  };

  struct Point {
    Point(std::int64_t K, std::int64_t D) : axes(D * D), rotated(K * D * D), along(K * D), weights(K) {}
    Numbers axes, rotated, along, weights;
    double coupling = 0, objective = 0;
  };

  void look(Point& at) {
    for (std::int64_t k = 0; k < K_; ++k) {
      multiply(within_ + k * D_ * D_, at.axes.data(), product_.data(), D_);
      double* rotated = at.rotated.data() + k * D_ * D_;
      multiply_transposed(at.axes.data(), product_.data(), rotated, D_);
      for (std::int64_t d = 0; d < D_; ++d) at.along[k * D_ + d] = std::max(rotated[d * D_ + d], rounding_[k]);
    }
    double total = 0;
    for (std::int64_t k = 0; k < K_; ++k) {
      double logs = 0;
      for (std::int64_t d = 0; d < D_; ++d) logs += std::log(at.along[k * D_ + d]);
      at.weights[k] = equal_ ? shares_[k] * std::exp(logs / D_) : shares_[k];
      total += equal_ ? at.weights[k] : shares_[k] * logs;
    }
    at.objective = equal_ ? D_ * std::log(total) : total;
    at.coupling = equal_ ? 1.0 / D_ : 0.0;
    if (equal_)
      for (double& weight : at.weights) weight /= total;
  }

  void descend(Point& here) {
    int stalled = 0;
    for (int turns = 0; turns < kMostTurns; ++turns) {
      const double error = newton(here);
      if (error <= kTolerance || stalled >= kPatience) break;
      const double slack = 1e-15 * std::abs(here.objective);
      turn(here);
      while (ahead_.objective > here.objective + slack && widest() > 1e-12) {
        for (double& angle : angles_) angle /= 2;
        turn(here);
      }
      if (ahead_.objective > here.objective + slack) break;
      stalled = ahead_.objective >= here.objective - slack ? stalled + 1 : 0;
      std::swap(here, ahead_);
    }
  }

  double widest() const {
    double most = 0;
    for (double angle : angles_) most = std::max(most, std::abs(angle));
    return most;
  }

  // Sets ahead_ to the axes turned by Cayley's rotation of the skew matrix of angles: they stay orthogonal.
  void turn(const Point& here) {
    Numbers left(D_ * D_), right(D_ * D_);
    for (std::int64_t i = 0; i < D_ * D_; ++i) {
      left[i] = -angles_[i] / 2;
      right[i] = angles_[i] / 2;
    }
    for (std::int64_t d = 0; d < D_; ++d) left[d * D_ + d] = right[d * D_ + d] = 1;
    solve(left.data(), right.data(), D_, D_);  // never singular: its symmetric part is the identity
    multiply(here.axes.data(), right.data(), ahead_.axes.data(), D_);
    look(ahead_);
  }

  // Fills angles_ (D, D), a skew matrix, and returns how wrong the products of two axes are.
  double newton(const Point& here) {
    const auto P = static_cast<std::int64_t>(planes_.size());
    std::fill(angles_.begin(), angles_.end(), 0.0);
    if (!P) return 0;
    scaled_.resize(K_ * D_ * D_);  // R_kij / s_ki
    for (std::int64_t k = 0; k < K_; ++k)
      for (std::int64_t i = 0; i < D_; ++i)
        for (std::int64_t j = 0; j < D_; ++j)
          scaled_[(k * D_ + i) * D_ + j] = here.rotated[(k * D_ + i) * D_ + j] / here.along[k * D_ + i];
    Numbers slopes(K_ * P), slope(P, 0.0);
    double error = 0;
    for (std::int64_t p = 0; p < P; ++p) {
      const auto [i, j] = planes_[p];
      double single = 0;
      for (std::int64_t k = 0; k < K_; ++k) {
        slopes[k * P + p] = 2 * (scaled_[(k * D_ + i) * D_ + j] - scaled_[(k * D_ + j) * D_ + i]);
        slope[p] += here.weights[k] * slopes[k * P + p];
        const double ratio = here.along[k * D_ + j] / here.along[k * D_ + i];
        single += here.weights[k] * (ratio + 1 / ratio - 2);
      }
      error = std::max(error, std::abs(slope[p]) / std::sqrt(2 * single + kRound));
    }
    Numbers curvature = bend(here);
    if (here.coupling != 0)
      for (std::int64_t p = 0; p < P; ++p)
        for (std::int64_t q = 0; q < P; ++q) {
          double both = -slope[p] * slope[q];
          for (std::int64_t k = 0; k < K_; ++k) both += here.weights[k] * slopes[k * P + p] * slopes[k * P + q];
          curvature[p * P + q] += here.coupling * both;
        }
    for (std::int64_t p = 0; p < P; ++p) curvature[p * P + p] += kRound;
    solve_upwards(curvature, slope, P);
    double most = 0;
    for (double value : slope) most = std::max(most, std::abs(value));
    const double shorter = std::min(1.0, kWidest / std::max(most, 1e-300));
    for (std::int64_t p = 0; p < P; ++p) {
      const auto [i, j] = planes_[p];
      angles_[j * D_ + i] = -slope[p] * shorter;
      angles_[i * D_ + j] = slope[p] * shorter;
    }
    return error;
  }

  // The second derivatives (P, P) in the angles of the planes, weights fixed.
  Numbers bend(const Point& here) const {
    const auto P = static_cast<std::int64_t>(planes_.size());
    Numbers mean(D_ * D_, 0.0), bent(D_ * D_ * D_, 0.0), curvature(P * P);
    for (std::int64_t k = 0; k < K_; ++k) {
      const double weight = here.weights[k];
      const double* scaled = scaled_.data() + k * D_ * D_;
      const double* rotated = here.rotated.data() + k * D_ * D_;
      for (std::int64_t i = 0; i < D_; ++i) {
        const double per = weight / here.along[k * D_ + i];
        for (std::int64_t a = 0; a < D_; ++a) {
          mean[i * D_ + a] += weight * scaled[i * D_ + a];
          const double twice = 2 * weight * scaled[i * D_ + a];
          for (std::int64_t b = 0; b < D_; ++b)
            bent[(i * D_ + a) * D_ + b] += per * rotated[a * D_ + b] - twice * scaled[i * D_ + b];
        }
      }
    }
    const auto whole = [&](std::int64_t a, std::int64_t i, std::int64_t b, std::int64_t j) {  // of S_ai and S_bj
      double value = 0;
      if (i == j) value += bent[(i * D_ + a) * D_ + b];
      if (i == b) value += mean[j * D_ + a] / 2;
      if (a == j) value += mean[i * D_ + b] / 2;
      return value;
    };
    for (std::int64_t p = 0; p < P; ++p)
      for (std::int64_t q = 0; q < P; ++q) {
        const auto [i, a] = planes_[p];
        const auto [j, b] = planes_[q];
        curvature[p * P + q] = 2 * (whole(a, i, b, j) - whole(i, a, b, j) - whole(a, i, j, b) + whole(i, a, j, b));
      }
    return curvature;
  }

  // Solves for Newton's step in place, with the curvature of each direction that bends down turned up.
  static void solve_upwards(Numbers& curvature, Numbers& slope, std::int64_t P) {
    Numbers factor(P * P);
    if (cholesky(curvature.data(), factor.data(), P)) {
      solve_factored(factor.data(), slope.data(), P);
      return;
    }
    Numbers values(P), vectors(P * P), along(P, 0.0);
    eigen(curvature.data(), values.data(), vectors.data(), P);
    for (std::int64_t q = 0; q < P; ++q) {
      for (std::int64_t p = 0; p < P; ++p) along[q] += vectors[p * P + q] * slope[p];
      along[q] /= std::max(std::abs(values[q]), kRound);
    }
    std::fill(slope.begin(), slope.end(), 0.0);
    for (std::int64_t p = 0; p < P; ++p)
      for (std::int64_t q = 0; q < P; ++q) slope[p] += vectors[p * P + q] * along[q];
  }

  const double* shares_;
  const double* within_;
  std::int64_t K_, D_;
  bool equal_;
  Numbers rounding_, product_, angles_, scaled_;
  std::vector<Plane> planes_;
  Point best_, ahead_;
};

}  // namespace mixtura
