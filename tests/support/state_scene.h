#pragma once
// A filter that asks the state, one transaction after the other: what the pipeline does, without I/O.

#include <memory>
#include <string>
#include <string_view>

#include "filters/filter.h"
#include "tests/support/naive_state.h"

namespace support {

struct StateScene {
  explicit StateScene(std::unique_ptr<filters::Filter> filter_used);

  NaiveState state;
  policy::Time now;
  std::unique_ptr<filters::Filter> filter;

  // Facts as support::set_facts has them.  The finding is complete; what the filter learns of the ending is
  // learnt. `ends`: "taken", or a verdict without a message taken: "accept", "defer", "reject", "open".
  filters::Finding message(std::string_view facts, std::string_view ends = "taken", unsigned refused = 0);
  // A fact of that finding as text; "troubled: why".
  std::string fact(std::string_view name, std::string_view facts, std::string_view ends = "taken",
                   unsigned refused = 0);

  std::size_t asked = 0;   // questions of the last message
  std::size_t learnt = 0;  // updates of the last message
};

}  // namespace support
