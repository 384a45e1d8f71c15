// Ellipsoids: the maximisation of the families whose axes are in any direction; the compiled twin of structures/axes.py.
// Symbols: K components, D features.
#pragma once

#include "mixtura/families.hpp"
#include "mixtura/matrices.hpp"
#include "mixtura/orientation.hpp"
#include "mixtura/volumes.hpp"

namespace mixtura {

class Ellipsoids {
 public:
  Ellipsoids(const double* shares, const double* within, const double* before, const double* log_volumes, std::int64_t K,
             std::int64_t D)
      : shares_(shares), within_(within), before_(before), log_volumes_(log_volumes), K_(K), D_(D), S_(D * D),
        volumes_(K), product_(S_) {}

  // Fills the covariances (K, D, D); returns which component has no volume, or -1.
  std::int64_t fit(Likeness equal, double* out) {
    if (equal.shape && equal.orientation) return common_form(out);
    if (equal.shape) return own_axes(equal.volume, out);
    const std::int64_t failed = measure();
    if (failed >= 0) return failed;
    return equal.orientation ? common_axes(equal.volume, out) : free(equal.volume, out);
  }

 private:
  // The volumes |W_k|^(1/D); returns which component has none, or -1.
  std::int64_t measure() {
    Numbers factors(K_ * S_), whiteners(K_ * S_), half_logs(K_);
    bool symmetric = false;
    const std::int64_t failed =
        factorise(within_, K_, D_, factors.data(), whiteners.data(), half_logs.data(), &symmetric);
    for (std::int64_t k = 0; failed < 0 && k < K_; ++k) volumes_[k] = std::exp(2 * half_logs[k] / D_);
    return failed;
  }

  std::int64_t free(bool equal_volume, double* out) {
    const double mean = std::inner_product(volumes_.begin(), volumes_.end(), shares_, 0.0);
    for (std::int64_t k = 0; k < K_; ++k)
      for (std::int64_t s = 0; s < S_; ++s)
        out[k * S_ + s] = within_[k * S_ + s] * (equal_volume ? mean / volumes_[k] : 1.0);
    return -1;
  }

  // One shape and orientation, volumes of their own.
  std::int64_t common_form(double* out) {
    for (std::int64_t k = 0; k < K_; ++k)
      if (*std::max_element(within_ + k * S_, within_ + (k + 1) * S_) <= 0) return k;
    return Volumes(shares_, within_, log_volumes_, K_, D_, true).fit(out) ? -1 : 0;
  }

  // One shape along the eigenvectors of each, the longest axis with the longest.
  std::int64_t own_axes(bool equal_volume, double* out) {
    Numbers lost(within_, within_ + K_ * S_), along(K_ * D_), axes(K_ * S_), fitted(K_ * D_);
    for (std::int64_t k = 0; k < K_; ++k) {
      eigen(lost.data() + k * S_, along.data() + k * D_, axes.data() + k * S_, D_);
      for (std::int64_t d = 0; d < D_; ++d) along[k * D_ + d] = std::max(along[k * D_ + d], 0.0);
      if (along[(k + 1) * D_ - 1] <= 0 && !equal_volume) return k;
    }
    if (!equal_volume) {
      if (!Volumes(shares_, along.data(), log_volumes_, K_, D_, false).fit(fitted.data())) return 0;
    } else {
      for (std::int64_t d = 0; d < D_; ++d) {
        double mean = 0;
        for (std::int64_t k = 0; k < K_; ++k) mean += shares_[k] * along[k * D_ + d];
        for (std::int64_t k = 0; k < K_; ++k) fitted[k * D_ + d] = mean;
      }
    }
    for (std::int64_t k = 0; k < K_; ++k) build(axes.data() + k * S_, fitted.data() + k * D_, out + k * S_);
    return -1;
  }

  // Shapes of their own along common axes, from those of the covariances before, or where these have none in common from
  // the axes of all and of each.
  std::int64_t common_axes(bool equal_volume, double* out) {
    Numbers candidates(S_), axes(S_), along(K_ * D_);
    Numbers pooled(S_, 0.0);
    for (std::int64_t k = 0; k < K_; ++k) add(shares_[k] * std::exp(-log_volumes_[k]), before_ + k * S_, pooled);
    Numbers values(D_);
    eigen(pooled.data(), values.data(), candidates.data(), D_);
    if (!are_axes(candidates.data())) {
      candidates.resize((K_ + 2) * S_);
      std::fill(pooled.begin(), pooled.end(), 0.0);
      for (std::int64_t k = 0; k < K_; ++k) {
        add(shares_[k] / volumes_[k], within_ + k * S_, pooled);
        Numbers lost(within_ + k * S_, within_ + (k + 1) * S_);
        eigen(lost.data(), values.data(), candidates.data() + (k + 2) * S_, D_);
      }
      eigen(pooled.data(), values.data(), candidates.data() + S_, D_);
    }
    Orientation(shares_, within_, K_, D_, equal_volume)
        .fit(candidates.data(), static_cast<std::int64_t>(candidates.size()) / S_, axes.data(), along.data());
    if (equal_volume) scale_to_mean(along);
    for (std::int64_t k = 0; k < K_; ++k) build(axes.data(), along.data() + k * D_, out + k * S_);
    return -1;
  }

  void scale_to_mean(Numbers& along) {
    double mean = 0;
    for (std::int64_t k = 0; k < K_; ++k) {
      double logs = 0;
      for (std::int64_t d = 0; d < D_; ++d) logs += std::log(along[k * D_ + d]);
      volumes_[k] = std::exp(logs / D_);
      mean += shares_[k] * volumes_[k];
    }
    for (std::int64_t k = 0; k < K_; ++k)
      for (std::int64_t d = 0; d < D_; ++d) along[k * D_ + d] *= mean / volumes_[k];
  }

  // Whether all covariances before have these axes, to rounding of their deviations.
  bool are_axes(const double* axes) {
    Numbers rotated(S_);
    for (std::int64_t k = 0; k < K_; ++k) {
      multiply(before_ + k * S_, axes, product_.data(), D_);
      multiply_transposed(axes, product_.data(), rotated.data(), D_);
      for (std::int64_t i = 0; i < D_; ++i)
        for (std::int64_t j = 0; j < i; ++j) {
          const double scale = std::sqrt(std::max(rotated[i * D_ + i], 1e-300)) *
                               std::sqrt(std::max(rotated[j * D_ + j], 1e-300));
          if (!(std::abs(rotated[i * D_ + j]) < kAlike * scale && std::abs(rotated[j * D_ + i]) < kAlike * scale))
            return false;
        }
    }
    return true;
  }

  void add(double factor, const double* matrix, Numbers& sum) const {
    for (std::int64_t s = 0; s < S_; ++s) sum[s] += factor * matrix[s];
  }

  // The covariance of variances (D,) along axes (D, D), exactly symmetric.
  void build(const double* axes, const double* variances, double* out) const {
    for (std::int64_t i = 0; i < D_; ++i)
      for (std::int64_t j = 0; j <= i; ++j) {
        double sum = 0;
        for (std::int64_t d = 0; d < D_; ++d) sum += axes[i * D_ + d] * variances[d] * axes[j * D_ + d];
        out[i * D_ + j] = out[j * D_ + i] = sum;
      }
  }

  static constexpr double kAlike = 1e-7;  // the largest correlation between axes that rounding alone leaves

  const double* shares_;
  const double* within_;
  const double* before_;
  const double* log_volumes_;
  std::int64_t K_, D_, S_;
  Numbers volumes_, product_;
};

}  // namespace mixtura
