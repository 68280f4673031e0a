// A file attached to a message: whatever it is by its content is looked into, within bounds, and said the
// same twice.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "filters/attachments/look.h"
#include "policy/facts/text.h"

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

constexpr filters::attachments::Limits kLimits{.depth = 6, .parts = 20, .entries = 60, .unpacked = 200'000};

filters::attachments::Found found_in(const std::string& message) {
  filters::attachments::Look look(kLimits, message.size());
  look.message(policy::MemoryOctets(message), filters::mime::Begins::header);
  return look.take();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string message =
      "Content-Type: application/x; name=a.file\r\nContent-Transfer-Encoding: binary\r\n\r\n" +
      std::string(reinterpret_cast<const char*>(data), size);
  auto found = found_in(message);
  auto again = found_in(message);
  const auto& list = found.extensions.list();
  demand(list == again.extensions.list() && found.bounds_met == again.bounds_met);
  demand(found.encrypted == again.encrypted && found.macros == again.macros);
  demand(!list.empty() && list.front() == "file" && list.size() <= filters::attachments::Extensions::kMost);
  for (const std::string& one : list)
    demand(!one.empty() && one.size() <= 40 && policy::to_lower(one) == one);
  for (const policy::Step& step : found.trail.take())
    demand(!step.meaning.empty() && policy::is_valid_utf8(step.meaning));
  return 0;
}
