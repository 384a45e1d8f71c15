// Sweeps of few features in doubles, compiled once for each instruction set.
#include "mixtura/few_features.hpp"

namespace mixtura {
namespace MIXTURA_VARIANT {

void sweep_few(const Rows& rows, const Model& model, const Sums& sums) {
  dispatch<double>(rows.D, [&](auto kernel) { kernel.sweep(rows, model, sums); });
}

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
