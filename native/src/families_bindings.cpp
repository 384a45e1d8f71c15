// The part of the Python module that serves maximisations and starts: checks shapes, lets go of the lock, calls C++.
#include "arrays.hpp"
#include "mixtura/families.hpp"
#include "mixtura/partition_problem.hpp"
#include "variants.hpp"

MIXTURA_DECLARE(PartitionFunctions, partition_functions)

using namespace mixtura;

namespace {

using Pairs = nb::ndarray<std::int64_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

std::int64_t length(const Array& array, std::size_t axis) { return static_cast<std::int64_t>(array.shape(axis)); }

}  // namespace

void bind_families(nb::module_& module) {
  module.def(
      "centre",
      [](int which, double limit, const Array& counts, const Array& first, const Array& second, Output shifts,
         Output scatter) {
        const auto K = static_cast<std::int64_t>(counts.size());
        need(first.ndim() == 2 && length(first, 0) == K && shifts.size() == first.size(), "first");
        const std::int64_t D = length(first, 1);
        need(which >= 0 && which < 4, "need");
        const auto kind = static_cast<Need>(which);
        need(static_cast<std::int64_t>(second.size()) == numbers_of(kind, K, D) && scatter.size() == second.size(), "second");
        return centre(kind, counts.data(), first.data(), second.data(), K, D, limit, shifts.data(),
                      scatter.data());
      },
      nb::arg("need"), nb::arg("limit"), nb::arg("counts"), nb::arg("first"), nb::arg("second"), nb::arg("shifts"),
      nb::arg("scatter"));
  module.def(
      "factorise",
      [](const Array& matrices, Output factors, Output whiteners, Output half_logs) {
        need(matrices.ndim() == 3 && matrices.shape(1) == matrices.shape(2), "matrices");
        need(factors.size() == matrices.size() && whiteners.size() == matrices.size(), "factors");
        need(half_logs.size() == matrices.shape(0), "determinants");
        bool symmetric = false;
        const std::int64_t failed = factorise(matrices.data(), length(matrices, 0), length(matrices, 1), factors.data(),
                                              whiteners.data(), half_logs.data(), &symmetric);
        return nb::make_tuple(failed, symmetric);
      },
      nb::arg("matrices"), nb::arg("factors"), nb::arg("whiteners"), nb::arg("half_logs"));
  module.def(
      "fit_volumes",
      [](const Array& shares, const Array& within, const Array& begin, Output out) {
        need(within.ndim() == 2 || (within.ndim() == 3 && within.shape(1) == within.shape(2)), "moments");
        need(shares.size() == within.shape(0) && begin.size() == shares.size(), "shares");
        need(out.size() == within.size(), "output");
        const bool dense = within.ndim() == 3;
        nb::gil_scoped_release release;
        return fit_volumes(shares.data(), within.data(), begin.data(), length(within, 0), length(within, 1), dense,
                           out.data());
      },
      nb::arg("shares"), nb::arg("within"), nb::arg("begin"), nb::arg("out"));
  module.def(
      "fit_ellipsoids",
      [](bool equal_volume, bool equal_shape, bool equal_orientation, const Array& shares, const Array& within,
         const Array& before, const Array& log_volumes, Output out) {
        need(within.ndim() == 3 && within.shape(1) == within.shape(2), "moments");
        need(shares.size() == within.shape(0) && log_volumes.size() == shares.size(), "shares");
        need(before.size() == within.size() && out.size() == within.size(), "covariances");
        nb::gil_scoped_release release;
        return fit_ellipsoids({equal_volume, equal_shape, equal_orientation}, shares.data(), within.data(), before.data(),
                              log_volumes.data(), length(within, 0), length(within, 1), out.data());
      },
      nb::arg("equal_volume"), nb::arg("equal_shape"), nb::arg("equal_orientation"), nb::arg("shares"), nb::arg("within"),
      nb::arg("before"), nb::arg("log_volumes"), nb::arg("out"));
  module.def(
      "agglomerate",
      [](int criterion, double alpha, Output counts, Labels sizes, Output means, Output scatters, Pairs pairs) {
        need(criterion >= 0 && criterion < 3, "criterion");
        need(means.ndim() == 2 && means.shape(0) > 0, "means");
        const auto M = static_cast<std::int64_t>(means.shape(0)), D = static_cast<std::int64_t>(means.shape(1));
        need(static_cast<std::int64_t>(counts.size()) == M && static_cast<std::int64_t>(sizes.size()) == M, "counts");
        need(static_cast<std::int64_t>(scatters.size()) == M * D * D, "scatters");
        need(static_cast<std::int64_t>(pairs.size()) == 2 * (M - 1), "pairs");
        nb::gil_scoped_release release;
        agglomerate({counts.data(), sizes.data(), means.data(), scatters.data(), M, D}, static_cast<Criterion>(criterion),
                    alpha, pairs.data());
      },
      nb::arg("criterion"), nb::arg("alpha"), nb::arg("counts"), nb::arg("sizes"), nb::arg("means"), nb::arg("scatters"),
      nb::arg("pairs"));
  module.def(
      "k_means",
      [](const std::string& set, const Array& rows, const Array& weights, const Array& draws, std::int64_t most,
         Output centres, Labels labels) {
        need(rows.ndim() == 2 && rows.shape(0) > 0, "rows");
        need(centres.ndim() == 2 && centres.shape(0) > 0 && centres.shape(1) == rows.shape(1), "centres");
        need(weights.size() == rows.shape(0) && labels.size() == rows.shape(0), "weights");
        const auto K = static_cast<std::int64_t>(centres.shape(0)), given = static_cast<std::int64_t>(draws.size());
        const std::int64_t trials = given > 0 && K > 1 ? (given - 1) / (K - 1) : 0;
        need(given == 0 || (given == 1 + trials * (K - 1) && (K == 1 || trials > 0)), "draws");
        need(most > 0, "iterations");
        const KMeansProblem problem{rows.data(), weights.data(), length(rows, 0), length(rows, 1), K,
                                    given > 0 ? draws.data() : nullptr, trials, most, heed_signals};
        const PartitionFunctions& functions = named<PartitionFunctions>(MIXTURA_BUILT(partition_functions), set);
        nb::gil_scoped_release release;
        functions.k_means(problem, centres.data(), labels.data());
      },
      nb::arg("set"), nb::arg("rows"), nb::arg("weights"), nb::arg("draws"), nb::arg("most"), nb::arg("centres"),
      nb::arg("labels"));
  module.def(
      "ward",
      [](const std::string& set, const Array& rows, std::int64_t cells, Labels labels) {
        need(rows.ndim() == 2 && rows.shape(0) > 0 && labels.size() == rows.shape(0), "rows");
        need(cells > 0 && cells <= length(rows, 0), "cells");
        const PartitionFunctions& functions = named<PartitionFunctions>(MIXTURA_BUILT(partition_functions), set);
        nb::gil_scoped_release release;
        functions.ward(rows.data(), length(rows, 0), length(rows, 1), cells, labels.data());
      },
      nb::arg("set"), nb::arg("rows"), nb::arg("cells"), nb::arg("labels"));
}
