// A domain and a display name, one a line: whom of ours they can be taken for.
#include "filters/from/lookalike.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "policy/resemblance/skeleton.h"

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

const std::vector<policy::Domain>& domains() {
  static const std::vector<policy::Domain> all = [] {
    std::vector<policy::Domain> made;
    for (const auto* text :
         {"example.com", "mail.example.com", "acme.org", "muster-bank.example", "xn--kln-sna.example"})
      made.push_back(policy::Domain::parse(text).value());
    return made;
  }();
  return all;
}

const std::vector<std::string>& names() {
  static const std::vector<std::string> all{"Erika Mustermann", "Jos\u00e9 D\u00edaz", "Bo Li",
                                            "Anna-Maria von der Heide"};
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const filters::from::Lookalikes lookalikes(domains(), names());
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto line = std::min(text.find('\n'), text.size());
  const std::string_view name = text.substr(std::min(line + 1, text.size()));
  const auto author = policy::Domain::parse(text.substr(0, line)).value_or(policy::Domain());

  const auto found = lookalikes.find(author, name);
  const bool a_domain =
      std::ranges::any_of(domains(), [&](const policy::Domain& one) { return one.text() == found.of; });
  const bool a_name = std::ranges::find(names(), found.of) != names().end();
  demand(found.of.empty() || a_domain || a_name);
  demand(found.of.empty() == found.how.empty());
  const bool local =
      std::ranges::any_of(domains(), [&](const policy::Domain& one) { return author.under(one); });
  demand(!local || found.of.empty());

  for (const std::string_view part : {text.substr(0, line), name}) {
    const std::string once = policy::resemblance::skeleton(part);
    demand(once.size() <= part.size() && policy::resemblance::skeleton(once) == once);
  }
  const std::string shown = policy::resemblance::skeleton(author);
  const bool looks_the_same = std::ranges::any_of(
      domains(), [&](const policy::Domain& one) { return policy::resemblance::skeleton(one) == shown; });
  demand(!looks_the_same || local || a_domain);
  return 0;
}
