#pragma once
// The sections of the configuration, each read by one function.  Later ones may look at what earlier ones
// set; load.cpp calls them in order.

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "gateway/settings/settings.h"
#include "gateway/settings/table_reader.h"
#include "policy/diagnostic.h"

namespace gateway::settings {

void load_identity(TableReader& root, Settings& settings);    // hostname, authserv_id, gateway, state
void load_listeners(TableReader& root, Settings& settings);   // [[listener]]
void load_networks(TableReader& root, Settings& settings);    // [networks], after the listeners
void load_tls(TableReader& root, Settings& settings);         // [tls]
void load_mailstores(TableReader& root, Settings& settings);  // [mailstore.*], [delivery]
void load_domains(TableReader& root, Settings& settings,
                  policy::Diagnostics& diagnostics);       // [domains.*], [local], after the mailstores
void load_policy(TableReader& root, Settings& settings);   // [policy]
void load_dns(TableReader& root, Settings& settings);      // [dns]
void load_filters(TableReader& root, Settings& settings);  // [filter.*]
void load_records(TableReader& root, Settings& settings);  // [journal], [quarantine], [capture], after the identity
void load_limits(TableReader& root, Settings& settings);   // [limits]
void load_access(TableReader& root, Settings& settings,
                 policy::Diagnostics& diagnostics);  // [review], [control], after the listeners and [tls]

// Where each list in the DNS is named: "postern.toml:24".
using ListIds = std::map<std::string, std::string, std::less<>>;
// The lists of [filter.NAME], which is dnsbl, dnswl or dbl; `ids` are those of lists read before.
std::vector<filters::dnsxl::DnsList> read_lists(TableReader& filter, std::string_view name, ListIds& ids);

// A domain, or an error that says what was expected.
std::optional<Domain> read_domain(const TableReader& table, const toml::node& node, std::string_view text);

// A list of networks that replaces `target`; `check` may object to one.
using NetworkCheck = std::function<void(const toml::node&, const Network&)>;
void read_networks(TableReader& table, std::string_view key, std::vector<Network>& target,
                   const NetworkCheck& check = {});

}  // namespace gateway::settings
