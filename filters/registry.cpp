#include "filters/registry.h"

#include <array>

#include "filters/arc/arc_filter.h"
#include "filters/attachments/attachments_filter.h"
#include "filters/dkim/dkim_filter.h"
#include "filters/dmarc/dmarc_filter.h"
#include "filters/from/from_filter.h"
#include "filters/spf/spf_filter.h"
#include "policy/facts/base_facts.h"

namespace filters {

std::span<const Entry> all_filters() {
  static const std::array kFilters{
      Entry{"from", from::make_from, from::facts(), "the author, read strictly from the From field"},
      Entry{"spf", spf::make_spf, spf::facts(),
            "may this client send for the HELO name and the envelope sender"},
      Entry{"dkim", dkim::make_dkim, dkim::facts(), "signatures over the message"},
      Entry{"arc", arc::make_arc, arc::facts(), "seals of those that passed the message on"},
      Entry{"dmarc", dmarc::make_dmarc, dmarc::facts(),
            "does an aligned identity vouch for the author domain"},
      Entry{"attachments", attachments::make_attachments, attachments::facts(),
            "what is attached, by name and by content, in archives too", false},
  };
  return kFilters;
}

std::set<std::string, std::less<>> off_by_default() {
  std::set<std::string, std::less<>> off;
  for (const Entry& entry : all_filters())
    if (!entry.standard) off.emplace(entry.name);
  return off;
}

Vocabulary make_vocabulary(const std::set<std::string, std::less<>>& off) {
  std::vector<Vocabulary::Group> groups{{"", policy::base_facts(), true}};
  for (const Entry& entry : all_filters())
    groups.push_back({entry.name, entry.facts, !off.contains(entry.name)});
  return Vocabulary(groups);
}

std::vector<std::unique_ptr<Filter>> make_filters(const Options& options,
                                                  const std::set<std::string, std::less<>>& off) {
  std::vector<std::unique_ptr<Filter>> made;
  for (const Entry& entry : all_filters())
    if (!off.contains(entry.name)) made.push_back(entry.make(options));
  return made;
}

}  // namespace filters
