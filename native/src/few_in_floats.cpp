// Sweeps of few features in floats, compiled once for each instruction set.
#include "mixtura/few_features.hpp"

namespace mixtura {
namespace MIXTURA_VARIANT {

// False where sums left the range of floats: nothing was added then.
bool sweep_few_in_floats(const Rows& rows, const Model& model, const Sums& sums) {
  bool done = false;
  dispatch<float>(rows.D, [&](auto kernel) { done = kernel.sweep(rows, model, sums); });
  return done;
}

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
