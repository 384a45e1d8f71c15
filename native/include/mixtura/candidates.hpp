// Candidates: the pairs of a row of a block and a component that may matter to it, component by component, and their
// responsibilities where they are few. Where they are many, a table of all pairs is quicker (expectation.hpp).
#pragma once

#include <algorithm>
#include <vector>

#include "collector.hpp"
#include "expectation.hpp"

namespace mixtura {
namespace MIXTURA_VARIANT {

template <class T>
class Candidates {
 public:
  Candidates(std::int64_t K, std::int64_t B) : K_(K), peak_(B + L), total_(B + L) {}

  void clear() {
    row_.clear();
    component_.clear();
    value_.clear();
  }
  void add(std::int64_t k, std::int64_t b, T value) {
    row_.push_back(static_cast<std::int32_t>(b));
    component_.push_back(static_cast<std::int32_t>(k));
    value_.push_back(value);
  }
  bool few(std::int64_t n) const { return size() <= n * std::max<std::int64_t>(K_ / 8, 1); }

  // All pairs to a table (K, stride) whose other entries are minus infinity.
  void scatter(T* joint, std::int64_t stride) const {
    std::fill_n(joint, K_ * stride, T(-kInfinity));
    for (std::int64_t p = 0; p < size(); ++p) joint[component_[p] * stride + row_[p]] = value_[p];
  }

  // Turn values, in bits less `base`, into powers of two less the largest of each of n rows, as exponentiate does it, and
  // return the sum of log-densities; fill inverse (n,), and density (n,) if it is not null. No largest may be -infinity.
  double exponentiate(std::int64_t n, double base, double floor, T* inverse, double* density) {
    std::fill_n(peak_.get(), n, T(-kInfinity));
    std::fill_n(total_.get(), n, T(0));
    for (std::int64_t p = 0; p < size(); ++p) peak_[row_[p]] = std::max(peak_[row_[p]], value_[p]);
    for (std::int64_t p = 0; p < size(); p += L) {
      const std::int64_t m = std::min<std::int64_t>(L, size() - p);
      alignas(64) T below[L];
      for (std::int64_t i = 0; i < L; ++i) below[i] = i < m ? value_[p + i] - peak_[row_[p + i]] : T(-kInfinity);
      store(below, power_of_two(load(below), static_cast<T>(floor)));
      for (std::int64_t i = 0; i < m; ++i) {
        value_[p + i] = below[i];
        total_[row_[p + i]] += below[i];
      }
    }
    for (std::int64_t b = n; b < round_up(n, L); ++b) {
      peak_[b] = T(0);
      total_[b] = T(1);
    }
    Vector<T> peaks{};
    Vec logarithms{};
    for (std::int64_t b = 0; b < n; b += L) {
      const Vector<T> total = load(total_.get() + b), peak = load(peak_.get() + b);
      store(inverse + b, T(1) / total);
      if constexpr (std::is_same_v<T, double>)
        if (density) store(density + b, kLog2 * (base + peak) + log_positive(total));
      peaks += peak;
      logarithms += added_logarithms(total);
    }
    return kLog2 * (base * static_cast<double>(n) + sum(added(peaks))) + sum(logarithms);
  }

  void list(std::int64_t begin, const T* inverse, Lists& lists) const {
    for (std::int64_t p = 0; p < size(); ++p)
      if (value_[p] > T(0)) lists.add(component_[p], begin + row_[p], value_[p] * inverse[row_[p]]);
  }

  // The most probable component of each of n rows, and its responsibility.
  void choose(std::int64_t begin, std::int64_t n, const T* inverse, const double* density, const Assignment& out) const {
    std::copy(density, density + n, out.densities + begin);
    std::fill_n(out.confidences + begin, n, 0.0);
    for (std::int64_t p = 0; p < size(); ++p) {
      const std::int64_t b = row_[p];
      const double share = value_[p] * inverse[b];
      if (share > out.confidences[begin + b]) {
        out.confidences[begin + b] = share;
        out.labels[begin + b] = component_[p];
      }
    }
  }

 private:
  static constexpr int L = kLanes<T>;
  std::int64_t size() const { return static_cast<std::int64_t>(value_.size()); }

  std::int64_t K_;
  std::vector<std::int32_t> row_, component_;
  std::vector<T> value_;
  BufferOf<T> peak_, total_;
};

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
