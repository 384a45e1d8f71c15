// All kernels, compiled once for each instruction set; MIXTURA_VARIANT names it.
#include "mixtura/few_features.hpp"
#include "mixtura/many_features.hpp"

namespace mixtura {
namespace MIXTURA_VARIANT {
namespace {

template <int D, class Action>
void dispatch(std::int64_t features, const Action& action) {
  if constexpr (D <= kFewFeatures) {
    if (features == D)
      action(FewFeatures<D>{});
    else
      dispatch<D + 1>(features, action);
  }
}

void sweep(const Rows& rows, const Model& model, const Sums& sums) {
  if (rows.D > kFewFeatures) return ManyFeatures(rows, model).sweep(sums);
  dispatch<1>(rows.D, [&](auto kernel) { kernel.sweep(rows, model, sums); });
}

void gather(const Rows& rows, const std::int64_t* labels, std::int64_t K, const Sums& sums) {
  ManyFeatures::gather(rows, labels, K, sums);
}

void assign(const Rows& rows, const Model& model, const Assignment& out) {
  if (rows.D > kFewFeatures) return ManyFeatures(rows, model).assign(out);
  dispatch<1>(rows.D, [&](auto kernel) { kernel.assign(rows, model, out); });
}

void responsibilities(const Rows& rows, const Model& model, double* out) {
  if (rows.D > kFewFeatures) return ManyFeatures(rows, model, false).responsibilities(out);
  dispatch<1>(rows.D, [&](auto kernel) { kernel.responsibilities(rows, model, out); });
}

}  // namespace

#define MIXTURA_TEXT(x) #x
#define MIXTURA_NAME(x) MIXTURA_TEXT(x)
extern const Functions functions;
const Functions functions = {MIXTURA_NAME(MIXTURA_VARIANT), sweep, gather, assign, responsibilities};

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
