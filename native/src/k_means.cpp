// K-means, compiled once for each instruction set; MIXTURA_VARIANT names it.
#include "mixtura/k_means.hpp"

namespace mixtura {
namespace MIXTURA_VARIANT {
namespace {

void run(const KMeansProblem& problem, double* centres, std::int64_t* labels) { KMeans(problem).run(centres, labels); }

}  // namespace

#define MIXTURA_TEXT(x) #x
#define MIXTURA_NAME(x) MIXTURA_TEXT(x)
extern const KMeansFunction k_means_function;
const KMeansFunction k_means_function = {MIXTURA_NAME(MIXTURA_VARIANT), run};

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
