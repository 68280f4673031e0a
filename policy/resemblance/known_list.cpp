#include "policy/resemblance/known_list.h"

#include "policy/resemblance/skeleton.h"

namespace policy::resemblance {

bool KnownList::shown_in(std::string_view text) const {
  if (text.empty() || (names_.empty() && domains_.empty())) return false;
  const std::string seen = visible_front(text);
  const std::string folded = skeleton(seen);
  if (domains_.named_in(folded) || names_.resembled_by(folded)) return true;
  if (domains_.empty()) return false;
  const auto domain = Domain::parse(seen);
  return domain && domains_.resembled_by(*domain);
}

}  // namespace policy::resemblance
