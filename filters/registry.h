#pragma once
// All filters, in the order of their evidence.  To add one: a folder, one line in registry.cpp, a table test.

#include <chrono>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "filters/attachments/limits.h"
#include "filters/dnsxl/list.h"
#include "filters/filter.h"
#include "filters/greylist/terms.h"

namespace filters {

// What filters are made with.  Everything else reaches them as facts and answers.
struct Options {
  std::string hostname;           // ours, for the SPF macro %{r}
  unsigned dkim_signatures = 10;  // judged per message, from the top; DESIGN limits.dkim_signatures
  unsigned dkim_body_hashes = 4;  // distinct ones per message
  // Whom authors from outside may want to be taken for; the same as the facts local.domains and local.names.
  std::vector<Domain> local_domains = {};
  std::vector<std::string> local_names = {};
  std::vector<Domain> trusted_sealers = {};  // whose word about where a message came from counts
  attachments::Limits attachments = {};
  greylist::Terms greylist = {};
  std::chrono::seconds senders_kept{365 * 86'400};  // how long reputation remembers who sends no more
  std::vector<IpAddress> own_addresses = {};        // those we listen on, where they are named
  std::vector<dnsxl::DnsList> dnsbl = {};           // the lists of each of these filters
  std::vector<dnsxl::DnsList> dnswl = {};
  std::vector<dnsxl::DnsList> dbl = {};
  // The facts that a rule or a reply names: one that costs look-ups of its own is not found for nobody.
  std::set<std::string, std::less<>> facts_named = {};
};

struct Entry {
  std::string_view name;
  std::unique_ptr<Filter> (*make)(const Options&);
  std::span<const FactSpec> facts;
  std::string_view description;  // one line, for `postern facts` and diagnostics
  // The filter it belongs to, whose [filter.…] switches both: one has facts of one owner, found at one time.
  std::string_view part_of = {};
  bool standard = true;  // runs unless it is switched off; else once it is configured
};

std::span<const Entry> all_filters();

// Those that run only once they are configured.
std::set<std::string, std::less<>> off_by_default();

// Whether it is one of those or a part of one.  A rule that needs it waits, which is no mistake.
bool runs_once_configured(std::string_view filter);

// The X of the [filter.X] that switches it.
std::string_view section_of(std::string_view filter);

// The gateway's own facts and those of every filter; a filter in `off` declares its facts as not enabled.
Vocabulary make_vocabulary(const std::set<std::string, std::less<>>& off = {});

// The filters that are not in `off`, in order.
std::vector<std::unique_ptr<Filter>> make_filters(const Options& options,
                                                  const std::set<std::string, std::less<>>& off = {});

}  // namespace filters
