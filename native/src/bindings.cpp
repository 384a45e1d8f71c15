// The Python module: checks shapes, lets go of the interpreter's lock, calls the kernels of the chosen instruction set.
#include <nanobind/stl/vector.h>
#include <unistd.h>

#include <vector>

#include "arrays.hpp"
#include "mixtura/narrow.hpp"
#include "mixtura/shards.hpp"
#include "variants.hpp"

MIXTURA_DECLARE(Functions, functions)

using namespace mixtura;

namespace {

std::vector<const Functions*> available() {
  std::vector<const Functions*> found{&plain::functions};
#ifdef MIXTURA_X86
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    found.push_back(&avx2::functions);
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512bw"))
      found.push_back(&avx512::functions);
  }
#endif
  return found;
}

const Functions& named(const std::string& name) {
  for (const Functions* functions : available())
    if (functions->name == name) return *functions;
  throw std::invalid_argument("this machine has no instruction set '" + name + "'");
}

Model model_of(std::int64_t D, const Array& means, const Array& whiteners, const Array& log_scales, bool dense,
               bool shared, bool narrow = false) {
  const auto K = static_cast<std::int64_t>(log_scales.size());
  need(K > 0 && static_cast<std::int64_t>(means.size()) == K * D, "means");
  const std::int64_t stored = shared ? 1 : K;
  need(static_cast<std::int64_t>(whiteners.size()) == stored * D * (dense ? D : 1), "whiteners");
  return Model{K, means.data(), whiteners.data(), log_scales.data(), dense, shared, narrow};
}

Sums sums_of(const Rows& rows, int which, const Array& centres, Output& counts, Output& first, Output& second,
             Output& log_likelihood, Output& weight) {
  const auto K = static_cast<std::int64_t>(counts.size());
  const std::int64_t D = rows.D;
  need(which >= 0 && which < 4, "need");
  need(static_cast<std::int64_t>(centres.size()) == K * D && centres.size() == first.size(), "centres and first");
  need(static_cast<std::int64_t>(second.size()) == numbers_of(static_cast<Need>(which), K, D), "second");
  need(log_likelihood.size() == 1 && weight.size() == 1, "totals");
  return Sums{static_cast<Need>(which), centres.data(), counts.data(), first.data(), second.data(),
              log_likelihood.data(), weight.data()};
}

// The threads of this process: a forked child finds none of its parent's and makes its own. They may still wait when the
// process ends, so nothing destroys them. Called with the interpreter's lock.
Team& team() {
  static Team* ours = nullptr;
  static pid_t process = 0;
  if (process != getpid()) ours = new Team, process = getpid();
  return *ours;
}

// Whether bounds cut n rows into runs.
bool cuts(const ReadLabels& bounds, std::int64_t n) {
  if (bounds.size() < 2) return false;
  const std::int64_t *first = bounds.data(), *end = first + bounds.size();
  return *first == 0 && *(end - 1) == n && std::is_sorted(first, end);
}

}  // namespace

void bind_low_rank(nb::module_& module);  // low_rank_bindings.cpp
void bind_families(nb::module_& module);  // families_bindings.cpp

NB_MODULE(_native, module) {
  bind_low_rank(module);
  bind_families(module);
  module.doc() = "The compiled kernels; see native/include/mixtura.";
  module.def("instruction_sets", [] {
    std::vector<std::string> names;
    for (const Functions* functions : available()) names.emplace_back(functions->name);
    return names;
  });
  module.def(
      "suffices_in_floats",
      [](const Array& means, const Array& variances, const Array& whiteners, const Array& log_scales, bool dense,
         bool shared) {
        need(means.ndim() == 2 && variances.ndim() == 2 && variances.shape(1) == means.shape(1), "variances");
        const auto D = static_cast<std::int64_t>(means.shape(1));
        const Model model = model_of(D, means, whiteners, log_scales, dense, shared);
        need(static_cast<std::int64_t>(variances.size()) == (shared ? 1 : model.K) * D, "variances");
        return suffices_in_floats(model, variances.data(), D);
      },
      nb::arg("means"), nb::arg("variances"), nb::arg("whiteners"), nb::arg("log_scales"), nb::arg("dense"),
      nb::arg("shared"));
  module.def(
      "sweep",
      [](const std::string& set, const Data& data, std::optional<Array> weights, const Array& means, const Array& whiteners,
         const Array& log_scales, bool dense, bool shared, bool narrow, int which, const Array& centres, Output counts,
         Output first, Output second, Output log_likelihood, Output weight, const ReadLabels& bounds, int n_threads,
         std::optional<Wanted> wanted) {
        const Rows rows = rows_of(data, weights, wanted);
        const Model model = model_of(rows.D, means, whiteners, log_scales, dense, shared, narrow);
        const Sums sums = sums_of(rows, which, centres, counts, first, second, log_likelihood, weight);
        need(static_cast<std::int64_t>(counts.size()) == model.K, "counts");
        need(cuts(bounds, rows.n), "bounds");
        const Functions& functions = named(set);
        Team& ours = team();
        nb::gil_scoped_release release;
        sweep_shards(ours, n_threads, functions, rows, model, sums, bounds.data(), bounds.size() - 1);
      },
      nb::arg("set"), nb::arg("rows"), nb::arg("weights").none(), nb::arg("means"), nb::arg("whiteners"),
      nb::arg("log_scales"), nb::arg("dense"), nb::arg("shared"), nb::arg("narrow"), nb::arg("need"), nb::arg("centres"),
      nb::arg("counts"), nb::arg("first"), nb::arg("second"), nb::arg("log_likelihood"), nb::arg("weight"),
      nb::arg("bounds"), nb::arg("n_threads"), nb::arg("wanted").none());
  module.def(
      "gather",
      [](const std::string& set, const Data& data, std::optional<Array> weights, const ReadLabels& labels, int which,
         const Array& centres, Output counts, Output first, Output second, Output log_likelihood, Output weight,
         std::optional<Wanted> wanted) {
        const Rows rows = rows_of(data, weights, wanted);
        const Sums sums = sums_of(rows, which, centres, counts, first, second, log_likelihood, weight);
        need(static_cast<std::int64_t>(labels.size()) == rows.n, "labels");
        const auto K = static_cast<std::int64_t>(counts.size());
        need(within(labels.data(), rows.n, K), "labels out of range");
        const Functions& functions = named(set);
        nb::gil_scoped_release release;
        functions.gather(rows, labels.data(), K, sums);
      },
      nb::arg("set"), nb::arg("rows"), nb::arg("weights").none(), nb::arg("labels"), nb::arg("need"), nb::arg("centres"),
      nb::arg("counts"), nb::arg("first"), nb::arg("second"), nb::arg("log_likelihood"), nb::arg("weight"),
      nb::arg("wanted").none());
  module.def(
      "assign",
      [](const std::string& set, const Data& data, const Array& means, const Array& whiteners, const Array& log_scales,
         bool dense, bool shared, Output densities, Labels labels, Output confidences, std::optional<Wanted> wanted) {
        const Rows rows = rows_of(data, std::nullopt, wanted);
        const Model model = model_of(rows.D, means, whiteners, log_scales, dense, shared);
        const auto n = static_cast<std::size_t>(rows.n);
        need(densities.size() == n && labels.size() == n && confidences.size() == n, "outputs");
        const Functions& functions = named(set);
        nb::gil_scoped_release release;
        functions.assign(rows, model, Assignment{densities.data(), labels.data(), confidences.data()});
      },
      nb::arg("set"), nb::arg("rows"), nb::arg("means"), nb::arg("whiteners"), nb::arg("log_scales"), nb::arg("dense"),
      nb::arg("shared"), nb::arg("densities"), nb::arg("labels"), nb::arg("confidences"),
      nb::arg("wanted").none());
  module.def(
      "responsibilities",
      [](const std::string& set, const Data& data, const Array& means, const Array& whiteners, const Array& log_scales,
         bool dense, bool shared, Output out, std::optional<Wanted> wanted) {
        const Rows rows = rows_of(data, std::nullopt, wanted);
        const Model model = model_of(rows.D, means, whiteners, log_scales, dense, shared);
        need(static_cast<std::int64_t>(out.size()) == rows.n * model.K, "output");
        const Functions& functions = named(set);
        nb::gil_scoped_release release;
        functions.responsibilities(rows, model, out.data());
      },
      nb::arg("set"), nb::arg("rows"), nb::arg("means"), nb::arg("whiteners"), nb::arg("log_scales"), nb::arg("dense"),
      nb::arg("shared"), nb::arg("out"), nb::arg("wanted").none());
}
