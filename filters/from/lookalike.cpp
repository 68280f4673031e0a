#include "filters/from/lookalike.h"

#include "policy/resemblance/skeleton.h"

namespace filters::from {
Lookalike Lookalikes::find(const policy::Domain& author, std::string_view display_name) const {
  if (domains_.covers(author)) return {};
  if (const policy::Domain* domain = domains_.resembled_by(author))
    return {domain->text(), "the author's domain resembles"};
  if (display_name.empty() || (domains_.empty() && names_.empty())) return {};
  const std::string folded = policy::resemblance::skeleton(policy::resemblance::visible_front(display_name));
  if (const policy::Domain* domain = domains_.named_in(folded))
    return {domain->text(), "the author of another domain shows the name of"};
  if (const std::string* name = names_.resembled_by(folded))
    return {*name, "the author of another domain has the name of"};
  return {};
}

}  // namespace filters::from
