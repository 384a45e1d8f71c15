// The low-rank kernel, compiled once for each instruction set; MIXTURA_VARIANT names it.
#include "mixtura/low_rank.hpp"

namespace mixtura {
namespace MIXTURA_VARIANT {
namespace {

void sweep(const Rows& rows, const LowRankModel& model, const ProjectedSums& sums) { LowRank(rows, model).sweep(sums); }

void gather(const Rows& rows, const std::int64_t* labels, std::int64_t K, const ProjectedSums& sums) {
  LowRank::gather(rows, labels, K, sums);
}

void assign(const Rows& rows, const LowRankModel& model, const Assignment& out) { LowRank(rows, model).assign(out); }

void responsibilities(const Rows& rows, const LowRankModel& model, double* out) {
  LowRank(rows, model, false).responsibilities(out);
}

}  // namespace

#define MIXTURA_TEXT(x) #x
#define MIXTURA_NAME(x) MIXTURA_TEXT(x)
extern const LowRankFunctions low_rank_functions;
const LowRankFunctions low_rank_functions = {MIXTURA_NAME(MIXTURA_VARIANT), sweep, gather, assign, responsibilities};

}  // namespace MIXTURA_VARIANT
}  // namespace mixtura
