// The arrays that the Python module takes, and the checks that its parts share.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>

#include <optional>
#include <stdexcept>
#include <string>

#include "mixtura/problem.hpp"

namespace mixtura {

namespace nb = nanobind;

using Array = nb::ndarray<const double, nb::c_contig, nb::device::cpu>;
using Output = nb::ndarray<double, nb::c_contig, nb::device::cpu>;
using Labels = nb::ndarray<std::int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using ReadLabels = nb::ndarray<const std::int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Wanted = nb::ndarray<bool, nb::device::cpu>;
using Data = nb::ndarray<nb::ro, nb::ndim<2>, nb::device::cpu>;

inline void need(bool holds, const char* what) {
  if (!holds) throw std::invalid_argument(std::string("mixtura's compiled kernel got arrays that disagree: ") + what);
}

// Whether all labels (n,) are from 0 to K - 1.
inline bool within(const std::int64_t* labels, std::int64_t n, std::int64_t K) {
  bool outside = false;
  for (std::int64_t i = 0; i < n; ++i)
    outside |= static_cast<std::uint64_t>(labels[i]) >= static_cast<std::uint64_t>(K);  // also the negative ones
  return !outside;
}

// Ends long work where Ctrl-C was pressed. Only the main thread hears of it.
inline void heed_signals() {
  nb::gil_scoped_acquire acquire;
  if (PyErr_CheckSignals()) throw nb::python_error();
}

// The same, and where another thread says that the work is no longer wanted.
inline void heed(const bool* wanted) {
  if (wanted && !is_wanted(wanted)) throw UnwantedWork();
  heed_signals();
}

inline Rows rows_of(const Data& data, const std::optional<Array>& weights,
                    const std::optional<Wanted>& wanted) {
  const bool single = data.dtype() == nb::dtype<float>();
  need(single || data.dtype() == nb::dtype<double>(), "rows are neither float32 nor float64");
  need(!weights || (weights->ndim() == 1 && weights->shape(0) == data.shape(0)), "weights and rows");
  need(!wanted || wanted->size() == 1, "wanted");
  return Rows{data.data(),
              single,
              static_cast<std::int64_t>(data.shape(0)),
              static_cast<std::int64_t>(data.shape(1)),
              data.stride(0),
              data.stride(1),
              weights ? weights->data() : nullptr,
              heed,
              wanted ? wanted->data() : nullptr};
}

}  // namespace mixtura
