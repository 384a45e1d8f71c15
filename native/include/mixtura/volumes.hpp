// Volumes: covariances of one shape whose volumes vary, Σ_k = λ_k C; the compiled twin of structures/volumes.py, which
// says what is minimised and by whom. Symbols: K components, D features; S numbers in one second moment, D or D².
#pragma once

#include "mixtura/matrices.hpp"

namespace mixtura {

class Volumes {
 public:
  // Second moments within (K, S) with shares (K,); x (K,) are log-volumes to begin with.
  Volumes(const double* shares, const double* within, const double* x, std::int64_t K, std::int64_t D, bool dense)
      : shares_(shares), within_(within), K_(K), D_(D), S_(dense ? D * D : D), dense_(dense), factor_(D * D),
        white_(D * D), product_(D * D), here_(K, S_), ahead_(K, S_) {
    here_.x.assign(x, x + K);
  }

  // Fills the covariances (K, S); false where the shape is singular.
  bool fit(double* out) {
    if (!evaluate(here_)) return false;
    Numbers step(K_);
    int stalled = 0;
    for (int steps = 0; steps < kMostSteps; ++steps) {
      double error = 0;
      for (std::int64_t k = 0; k < K_; ++k) error = std::max(error, std::abs(std::log(here_.traces[k] / D_)));
      if (error <= kTolerance || stalled >= kPatience) break;
      if (!newton(step)) return false;
      if (!reach(step)) return false;
      if (!(ahead_.objective <= here_.objective + 1e-14 * std::abs(here_.objective))) {  // the step back and forth
        for (std::int64_t k = 0; k < K_; ++k) step[k] = std::log(here_.traces[k] / D_);
        if (!reach(step)) return false;
      }
      stalled = ahead_.objective >= here_.objective - 1e-15 * std::abs(here_.objective) ? stalled + 1 : 0;
      std::swap(here_, ahead_);
    }
    for (std::int64_t k = 0; k < K_; ++k)
      for (std::int64_t s = 0; s < S_; ++s) out[k * S_ + s] = std::exp(here_.x[k]) * here_.common[s];
    return true;
  }

 private:
  static constexpr double kTolerance = 1e-12, kLongest = 2.0;
  static constexpr int kMostSteps = 100, kPatience = 3;

  struct Point {
    Point(std::int64_t K, std::int64_t S) : x(K), common(S), parts(K * S), traces(K) {}
    Numbers x, common, parts, traces;
    double objective = 0;
  };

  bool reach(const Numbers& step) {
    for (std::int64_t k = 0; k < K_; ++k) ahead_.x[k] = here_.x[k] + step[k];
    return evaluate(ahead_);
  }

  bool evaluate(Point& at) {
    std::fill(at.common.begin(), at.common.end(), 0.0);
    double along = 0;
    for (std::int64_t k = 0; k < K_; ++k) {
      const double scale = std::exp(-at.x[k]);
      along += shares_[k] * at.x[k];
      for (std::int64_t s = 0; s < S_; ++s) {
        at.parts[k * S_ + s] = within_[k * S_ + s] * scale;
        at.common[s] += shares_[k] * at.parts[k * S_ + s];
      }
    }
    at.objective = D_ * along;
    return dense_ ? whiten(at) : divide(at);
  }

  bool divide(Point& at) {
    double logs = 0;
    for (std::int64_t d = 0; d < D_; ++d) {
      if (!(at.common[d] > 0)) return false;
      logs += std::log(at.common[d]);
    }
    at.objective += logs;
    for (std::int64_t k = 0; k < K_; ++k) {
      at.traces[k] = 0;
      for (std::int64_t d = 0; d < D_; ++d) at.traces[k] += at.parts[k * D_ + d] /= at.common[d];
    }
    return true;
  }

  bool whiten(Point& at) {
    if (!cholesky(at.common.data(), factor_.data(), D_)) return false;
    invert_transposed(factor_.data(), white_.data(), D_);
    double logs = 0;
    for (std::int64_t d = 0; d < D_; ++d) logs += std::log(factor_[d * D_ + d]);
    at.objective += 2 * logs;
    for (std::int64_t k = 0; k < K_; ++k) {
      double* part = at.parts.data() + k * S_;  // becomes L⁻¹ part L⁻ᵀ
      multiply(part, white_.data(), product_.data(), D_);
      multiply_transposed(white_.data(), product_.data(), part, D_);
      at.traces[k] = 0;
      for (std::int64_t d = 0; d < D_; ++d) at.traces[k] += part[d * D_ + d];
    }
    return true;
  }

  // Newton's step, of those with rows; the others take the step that goes back and forth.
  bool newton(Numbers& step) const {
    std::vector<std::int64_t> live;
    for (std::int64_t k = 0; k < K_; ++k) {
      step[k] = std::log(here_.traces[k] / D_);
      if (shares_[k] > 0) live.push_back(k);
    }
    const auto n = static_cast<std::int64_t>(live.size());
    Numbers curvature(n * n), right(n);
    for (std::int64_t i = 0; i < n; ++i) {
      const std::int64_t k = live[i];
      right[i] = shares_[k] * (here_.traces[k] - D_);
      for (std::int64_t j = 0; j <= i; ++j) {
        const std::int64_t m = live[j];
        double both = 0;
        for (std::int64_t s = 0; s < S_; ++s) both += here_.parts[k * S_ + s] * here_.parts[m * S_ + s];
        curvature[i * n + j] = curvature[j * n + i] = shares_[k] * shares_[m] * (1 - both);
      }
      curvature[i * n + i] += shares_[k] * here_.traces[k] * (1 + 1e-12);
    }
    if (!solve(curvature.data(), right.data(), n, 1)) return false;
    double longest = 0;
    for (double value : right) longest = std::max(longest, std::abs(value));
    const double shorter = std::min(1.0, kLongest / std::max(longest, 1e-300));
    for (std::int64_t i = 0; i < n; ++i) step[live[i]] = right[i] * shorter;
    return true;
  }

  const double* shares_;
  const double* within_;
  std::int64_t K_, D_, S_;
  bool dense_;
  Numbers factor_, white_, product_;
  Point here_, ahead_;
};

}  // namespace mixtura
