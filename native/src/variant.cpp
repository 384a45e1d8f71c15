// The table of all kernels, compiled once for each instruction set, which MIXTURA_VARIANT names; and those of few features that
// are not sweeps.
#include "mixtura/few_features.hpp"

namespace mixtura {
namespace MIXTURA_VARIANT {

// In few.cpp, few_in_floats.cpp and many.cpp: compilers spend less on each loop of a large file, and more time on it.
void sweep_few(const Rows& rows, const Model& model, const Sums& sums);
bool sweep_few_in_floats(const Rows& rows, const Model& model, const Sums& sums);
void sweep_many(const Rows& rows, const Model& model, const Sums& sums);
void gather_listed(const Rows& rows, const std::int64_t* labels, std::int64_t K, const Sums& sums);
void assign_many(const Rows& rows, const Model& model, const Assignment& out);
void responsibilities_many(const Rows& rows, const Model& model, double* out);

namespace {

void sweep(const Rows& rows, const Model& model, const Sums& sums) {
  if (rows.D > kFewFeatures) return sweep_many(rows, model, sums);
  if (!(computes_in_floats(rows, model) && sweep_few_in_floats(rows, model, sums))) sweep_few(rows, model, sums);
}

void gather(const Rows& rows, const std::int64_t* labels, std::int64_t K, const Sums& sums) {
  if (rows.D > kFewFeatures || K > 16) return gather_listed(rows, labels, K, sums);
  dispatch<double>(rows.D, [&](auto kernel) { kernel.gather(rows, labels, K, sums); });
}

void assign(const Rows& rows, const Model& model, const Assignment& out) {
  if (rows.D > kFewFeatures) return assign_many(rows, model, out);
  dispatch<double>(rows.D, [&](auto kernel) { kernel.assign(rows, model, out); });
}

void responsibilities(const Rows& rows, const Model& model, double* out) {
  if (rows.D > kFewFeatures) return responsibilities_many(rows, model, out);
  dispatch<double>(rows.D, [&](auto kernel) { kernel.responsibilities(rows, model, out); });
}

}  // namespace

#define MIXTURA_TEXT(x) #x
#define MIXTURA_NAME(x) MIXTURA_TEXT(x)
extern const Functions functions;
const Functions functions = {MIXTURA_NAME(MIXTURA_VARIANT), sweep, gather, assign, responsibilities};

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
