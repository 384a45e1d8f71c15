// The part of the Python module that serves low-rank covariances: checks shapes, lets go of the lock, calls the kernel.
#include "arrays.hpp"
#include "mixtura/low_rank_problem.hpp"
#include "variants.hpp"

MIXTURA_DECLARE(LowRankFunctions, low_rank_functions)

using namespace mixtura;

namespace {

LowRankModel model_of(const Rows& rows, const Array& means, const Array& whiteners, const Array& log_scales,
                      const Array& centre, const Array& leading, const Array& lead_means, const Array& lead_roots) {
  const auto K = static_cast<std::int64_t>(log_scales.size());
  need(K > 0 && static_cast<std::int64_t>(means.size()) == K * rows.D, "means");
  need(whiteners.ndim() == 3 && whiteners.shape(1) > 0, "whiteners");
  const auto Q = static_cast<std::int64_t>(whiteners.shape(1)) - 1;
  need(static_cast<std::int64_t>(whiteners.size()) == K * (1 + Q) * rows.D, "whiteners");
  need(static_cast<std::int64_t>(centre.size()) == rows.D, "centre");
  need(leading.ndim() == 2, "leading directions");
  const auto L = static_cast<std::int64_t>(leading.shape(0));
  need(static_cast<std::int64_t>(leading.size()) == L * rows.D, "leading directions");
  need(static_cast<std::int64_t>(lead_means.size()) == K * L, "means along leading directions");
  need(static_cast<std::int64_t>(lead_roots.size()) == K * L * L, "roots along leading directions");
  return LowRankModel{K,
                      Q,
                      L,
                      means.data(),
                      whiteners.data(),
                      log_scales.data(),
                      centre.data(),
                      leading.data(),
                      lead_means.data(),
                      lead_roots.data()};
}

ProjectedSums sums_of(const Rows& rows, const Array& directions, const Array& centres, Output& counts, Output& first,
                      Output& second, Output& log_likelihood, Output& weight) {
  const auto K = static_cast<std::int64_t>(counts.size());
  need(directions.ndim() == 3 && static_cast<std::int64_t>(directions.shape(0)) == K, "directions");
  const auto Q = static_cast<std::int64_t>(directions.shape(1));
  need(static_cast<std::int64_t>(directions.size()) == K * Q * rows.D, "directions");
  need(static_cast<std::int64_t>(centres.size()) == K * rows.D && centres.size() == first.size(), "centres and first");
  need(static_cast<std::int64_t>(second.size()) == K * (1 + Q) * rows.D, "second");
  need(log_likelihood.size() == 1 && weight.size() == 1, "totals");
  return ProjectedSums{Q,
                       directions.data(),
                       centres.data(),
                       counts.data(),
                       first.data(),
                       second.data(),
                       log_likelihood.data(),
                       weight.data()};
}

}  // namespace

void bind_low_rank(nb::module_& module) {
  module.def(
      "low_rank_sweep",
      [](const std::string& set, const Data& data, std::optional<Array> weights, const Array& means,
         const Array& whiteners, const Array& log_scales, const Array& centre, const Array& leading,
         const Array& lead_means, const Array& lead_roots, const Array& directions, const Array& centres, Output counts,
         Output first, Output second, Output log_likelihood, Output weight, std::optional<Wanted> wanted) {
        const Rows rows = rows_of(data, weights, wanted);
        const LowRankModel model =
            model_of(rows, means, whiteners, log_scales, centre, leading, lead_means, lead_roots);
        const ProjectedSums sums = sums_of(rows, directions, centres, counts, first, second, log_likelihood, weight);
        need(static_cast<std::int64_t>(counts.size()) == model.K, "counts");
        const LowRankFunctions& functions = named<LowRankFunctions>(MIXTURA_BUILT(low_rank_functions), set);
        nb::gil_scoped_release release;
        functions.sweep(rows, model, sums);
      },
      nb::arg("set"), nb::arg("rows"), nb::arg("weights").none(), nb::arg("means"), nb::arg("whiteners"),
      nb::arg("log_scales"), nb::arg("centre"), nb::arg("leading"), nb::arg("lead_means"), nb::arg("lead_roots"),
      nb::arg("directions"), nb::arg("centres"), nb::arg("counts"), nb::arg("first"), nb::arg("second"),
      nb::arg("log_likelihood"), nb::arg("weight"), nb::arg("wanted").none());
  module.def(
      "projected_gather",
      [](const std::string& set, const Data& data, std::optional<Array> weights, const ReadLabels& labels,
         const Array& directions, const Array& centres, Output counts, Output first, Output second,
         Output log_likelihood, Output weight, std::optional<Wanted> wanted) {
        const Rows rows = rows_of(data, weights, wanted);
        const ProjectedSums sums = sums_of(rows, directions, centres, counts, first, second, log_likelihood, weight);
        need(static_cast<std::int64_t>(labels.size()) == rows.n, "labels");
        const auto K = static_cast<std::int64_t>(counts.size());
        need(within(labels.data(), rows.n, K), "labels out of range");
        const LowRankFunctions& functions = named<LowRankFunctions>(MIXTURA_BUILT(low_rank_functions), set);
        nb::gil_scoped_release release;
        functions.gather(rows, labels.data(), K, sums);
      },
      nb::arg("set"), nb::arg("rows"), nb::arg("weights").none(), nb::arg("labels"), nb::arg("directions"),
      nb::arg("centres"), nb::arg("counts"), nb::arg("first"), nb::arg("second"), nb::arg("log_likelihood"),
      nb::arg("weight"), nb::arg("wanted").none());
  module.def(
      "low_rank_assign",
      [](const std::string& set, const Data& data, const Array& means, const Array& whiteners, const Array& log_scales,
         const Array& centre, const Array& leading, const Array& lead_means, const Array& lead_roots, Output densities,
         Labels labels, Output confidences, std::optional<Wanted> wanted) {
        const Rows rows = rows_of(data, std::nullopt, wanted);
        const LowRankModel model =
            model_of(rows, means, whiteners, log_scales, centre, leading, lead_means, lead_roots);
        const auto n = static_cast<std::size_t>(rows.n);
        need(densities.size() == n && labels.size() == n && confidences.size() == n, "outputs");
        const LowRankFunctions& functions = named<LowRankFunctions>(MIXTURA_BUILT(low_rank_functions), set);
        nb::gil_scoped_release release;
        functions.assign(rows, model, Assignment{densities.data(), labels.data(), confidences.data()});
      },
      nb::arg("set"), nb::arg("rows"), nb::arg("means"), nb::arg("whiteners"), nb::arg("log_scales"), nb::arg("centre"),
      nb::arg("leading"), nb::arg("lead_means"), nb::arg("lead_roots"), nb::arg("densities"), nb::arg("labels"),
      nb::arg("confidences"), nb::arg("wanted").none());
  module.def(
      "low_rank_responsibilities",
      [](const std::string& set, const Data& data, const Array& means, const Array& whiteners, const Array& log_scales,
         const Array& centre, const Array& leading, const Array& lead_means, const Array& lead_roots, Output out,
         std::optional<Wanted> wanted) {
        const Rows rows = rows_of(data, std::nullopt, wanted);
        const LowRankModel model =
            model_of(rows, means, whiteners, log_scales, centre, leading, lead_means, lead_roots);
        need(static_cast<std::int64_t>(out.size()) == rows.n * model.K, "output");
        const LowRankFunctions& functions = named<LowRankFunctions>(MIXTURA_BUILT(low_rank_functions), set);
        nb::gil_scoped_release release;
        functions.responsibilities(rows, model, out.data());
      },
      nb::arg("set"), nb::arg("rows"), nb::arg("means"), nb::arg("whiteners"), nb::arg("log_scales"), nb::arg("centre"),
      nb::arg("leading"), nb::arg("lead_means"), nb::arg("lead_roots"), nb::arg("out"), nb::arg("wanted").none());
}
