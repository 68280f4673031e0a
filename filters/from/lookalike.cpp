#include "filters/from/lookalike.h"

#include <algorithm>
#include <cstdint>

#include "policy/facts/utf8.h"
#include "policy/resemblance/skeleton.h"

namespace filters::from {
namespace {

constexpr std::size_t kMostOctets = 256;
constexpr std::size_t kMostLookedAt = 4096;  // of the name as it came, padded as it may be

// The front of the name as a reader sees it: without what is not seen, and with one blank for several.
std::string visible_front(std::string_view name) {
  std::string front;
  for (name = name.substr(0, kMostLookedAt); !name.empty() && front.size() < kMostOctets;) {
    std::uint32_t point = 0;
    const std::size_t length = std::max<std::size_t>(policy::read_point(name, point), 1);
    const bool blank = name.front() == ' ';
    if (!(blank && front.ends_with(' ')) && !policy::is_invisible(point)) front += name.substr(0, length);
    name.remove_prefix(length);
  }
  return front;
}

}  // namespace

Lookalike Lookalikes::find(const policy::Domain& author, std::string_view display_name) const {
  if (domains_.covers(author)) return {};
  if (const policy::Domain* domain = domains_.resembled_by(author))
    return {domain->text(), "the author's domain resembles"};
  if (display_name.empty() || (domains_.empty() && names_.empty())) return {};
  const std::string folded = policy::resemblance::skeleton(visible_front(display_name));
  if (const policy::Domain* domain = domains_.named_in(folded))
    return {domain->text(), "the author of another domain shows the name of"};
  if (const std::string* name = names_.resembled_by(folded))
    return {*name, "the author of another domain has the name of"};
  return {};
}

}  // namespace filters::from
