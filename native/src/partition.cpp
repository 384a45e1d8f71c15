// K-means and Ward's hierarchy, compiled once for each instruction set; MIXTURA_VARIANT names it.
#include "mixtura/k_means.hpp"
#include "mixtura/ward.hpp"

namespace mixtura {
namespace MIXTURA_VARIANT {
namespace {

void k_means(const KMeansProblem& problem, double* centres, std::int64_t* labels) {
  KMeans(problem).run(centres, labels);
}

void ward(const double* rows, std::int64_t n, std::int64_t D, std::int64_t cells, std::int64_t* labels) {
  Ward(rows, n, D).cut(cells, labels);
}

}  // namespace

#define MIXTURA_TEXT(x) #x
#define MIXTURA_NAME(x) MIXTURA_TEXT(x)
extern const PartitionFunctions partition_functions;
const PartitionFunctions partition_functions = {MIXTURA_NAME(MIXTURA_VARIANT), k_means, ward};

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
