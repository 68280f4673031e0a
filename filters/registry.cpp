#include "filters/registry.h"

#include <algorithm>
#include <array>

#include "filters/arc/arc_filter.h"
#include "filters/attachments/attachments_filter.h"
#include "filters/dbl/dbl_filter.h"
#include "filters/dkim/dkim_filter.h"
#include "filters/dmarc/dmarc_filter.h"
#include "filters/dnsbl/dnsbl_filter.h"
#include "filters/dnswl/dnswl_filter.h"
#include "filters/from/from_filter.h"
#include "filters/greylist/greylist_filter.h"
#include "filters/helo/helo_filter.h"
#include "filters/rate/rate_filter.h"
#include "filters/rate/rcpt_rate_filter.h"
#include "filters/rdns/rdns_filter.h"
#include "filters/reputation/reputation_filter.h"
#include "filters/sender/sender_filter.h"
#include "filters/spf/spf_filter.h"
#include "policy/facts/base_facts.h"

namespace filters {

std::span<const Entry> all_filters() {
  static const std::array kFilters{
      Entry{"rdns", rdns::make_rdns, rdns::facts(), "the client's name, confirmed by its own addresses"},
      Entry{"dnsbl",
            dnsbl::make_dnsbl,
            dnsbl::facts(),
            "lists of bad addresses, asked for the client",
            {},
            false},
      Entry{"dnswl",
            dnswl::make_dnswl,
            dnswl::facts(),
            "lists of good addresses, asked for the client",
            {},
            false},
      Entry{"helo", helo::make_helo, helo::facts(), "what the client calls itself"},
      Entry{"sender", sender::make_sender, sender::facts(),
            "would mail to the envelope sender have somewhere to go"},
      Entry{"dbl",
            dbl::make_dbl,
            dbl::envelope_facts(),
            "lists of domains, asked for the client's name, HELO name and envelope sender",
            {},
            false},
      Entry{"from", from::make_from, from::facts(), "the author, read strictly from the From field"},
      Entry{"dbl_from", dbl::make_dbl_from, dbl::author_facts(), "the same lists, asked for the author",
            "dbl", false},
      Entry{"spf", spf::make_spf, spf::facts(),
            "may this client send for the HELO name and the envelope sender"},
      Entry{"dkim", dkim::make_dkim, dkim::facts(), "signatures over the message"},
      Entry{"arc", arc::make_arc, arc::facts(), "seals of those that passed the message on"},
      Entry{"dmarc", dmarc::make_dmarc, dmarc::facts(),
            "does an aligned identity vouch for the author domain"},
      Entry{"attachments",
            attachments::make_attachments,
            attachments::facts(),
            "what is attached, by name and by content, in archives too",
            {},
            false},
      Entry{
          "rate", rate::make_rate, rate::facts(), "how much a client and a sender's domain send", {}, false},
      Entry{"rate.rcpt", rate::make_rcpt_rate, rate::rcpt_facts(), "how much a recipient is sent", "rate",
            false},
      Entry{"reputation",
            reputation::make_sender,
            reputation::sender_facts(),
            "since when mail of the envelope sender's domain has been accepted",
            {},
            false},
      Entry{"reputation.from", reputation::make_from, reputation::from_facts(),
            "since when mail of the author's domain has been accepted", "reputation", false},
      Entry{"greylist",
            greylist::make_greylist,
            greylist::facts(),
            "has a stranger come again, as mail servers do",
            {},
            false},
  };
  return kFilters;
}

static bool is_off(const Entry& entry, const std::set<std::string, std::less<>>& off) {
  return off.contains(entry.name) || off.contains(entry.part_of);
}

std::set<std::string, std::less<>> off_by_default() {
  std::set<std::string, std::less<>> off;
  for (const Entry& entry : all_filters())
    if (!entry.standard && entry.part_of.empty()) off.emplace(entry.name);
  return off;
}

static const Entry* entry_of(std::string_view filter) {
  const auto entries = all_filters();
  const auto found = std::ranges::find(entries, filter, &Entry::name);
  return found == entries.end() ? nullptr : &*found;
}

bool runs_once_configured(std::string_view filter) {
  const Entry* entry = entry_of(filter);
  return entry && !entry->standard;
}

std::string_view section_of(std::string_view filter) {
  const Entry* entry = entry_of(filter);
  return entry && !entry->part_of.empty() ? entry->part_of : filter;
}

Vocabulary make_vocabulary(const std::set<std::string, std::less<>>& off) {
  std::vector<Vocabulary::Group> groups{{"", policy::base_facts(), true}};
  for (const Entry& entry : all_filters()) groups.push_back({entry.name, entry.facts, !is_off(entry, off)});
  return Vocabulary(groups);
}

std::vector<std::unique_ptr<Filter>> make_filters(const Options& options,
                                                  const std::set<std::string, std::less<>>& off) {
  std::vector<std::unique_ptr<Filter>> made;
  for (const Entry& entry : all_filters())
    if (!is_off(entry, off)) made.push_back(entry.make(options));
  return made;
}

}  // namespace filters
