// The kernels of many features, compiled once for each instruction set.
#include "mixtura/many_features.hpp"

namespace mixtura {
namespace MIXTURA_VARIANT {

void sweep_many(const Rows& rows, const Model& model, const Sums& sums) {
  if (!(computes_in_floats(rows, model) && ManyFeatures<float>(rows, model).sweep(sums)))
    ManyFeatures<double>(rows, model).sweep(sums);
}

void gather_listed(const Rows& rows, const std::int64_t* labels, std::int64_t K, const Sums& sums) {
  ManyFeatures<double>::gather(rows, labels, K, sums);
}

void assign_many(const Rows& rows, const Model& model, const Assignment& out) {
  ManyFeatures<double>(rows, model).assign(out);
}

void responsibilities_many(const Rows& rows, const Model& model, double* out) {
  ManyFeatures<double>(rows, model, false).responsibilities(out);
}

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
