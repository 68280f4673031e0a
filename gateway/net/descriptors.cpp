#include "gateway/net/descriptors.h"

#include <sys/resource.h>

#include <algorithm>
#include <limits>

namespace gateway::net {

DescriptorPlan plan_descriptors(const DescriptorNeed& need, std::uint64_t soft, std::uint64_t hard) {
  DescriptorPlan plan;
  plan.limit = std::max(soft, std::min(hard, 2 * need.connections + need.besides));
  plan.enough = plan.limit >= need.connections + need.besides;
  const std::uint64_t kept = std::min(need.besides, plan.limit / 2);  // under a tiny limit both get a half
  plan.ceiling =
      static_cast<int>(std::min<std::uint64_t>(plan.limit - kept, std::numeric_limits<int>::max()));
  return plan;
}

DescriptorPlan raise_descriptor_limit(const DescriptorNeed& need) {
  rlimit now{};
  if (::getrlimit(RLIMIT_NOFILE, &now) != 0) return plan_descriptors(need, 0, 0);
  const DescriptorPlan plan = plan_descriptors(need, now.rlim_cur, now.rlim_max);
  if (plan.limit == now.rlim_cur) return plan;
  const rlimit more{plan.limit, now.rlim_max};
  if (::setrlimit(RLIMIT_NOFILE, &more) == 0) return plan;
  return plan_descriptors(need, now.rlim_cur, now.rlim_cur);
}

}  // namespace gateway::net
