#include "gateway/commands/list_choice.h"

#include <fmt/format.h>

#include <algorithm>

#include "filters/registry.h"

namespace gateway::commands {

Result<PolicyLists> read_lists(const std::string& config, Time now) {
  policy::Diagnostics diagnostics;
  PolicyLists read;
  read.settings = settings::Settings::read(config, diagnostics);
  if (!read.settings) return Error(diagnostics.render());
  policy::Diagnostics found;
  const Vocabulary vocabulary = filters::make_vocabulary(read.settings->filters_off);
  read.lists = policy::Policy::lists_in(read.settings->policy_files, vocabulary, now, found);
  read.mistakes = diagnostics.has_errors() || found.has_errors();
  if (read.lists.empty() && found.has_errors()) return Error(found.render());
  return read;
}

Result<policy::ListInfo> choose(const PolicyLists& from, std::string_view name) {
  const auto found = std::ranges::find(from.lists, name, &policy::ListInfo::name);
  if (found != from.lists.end()) return *found;
  std::vector<std::string_view> names;
  for (const policy::ListInfo& list : from.lists) names.emplace_back(list.name);
  return Error(fmt::format("there is no list '{}' in the policy{}", printable(name),
                           names.empty() ? ", nor any other" : policy::did_you_mean(name, names)));
}

list_files::Kind kind_of(const policy::ListInfo& list) {
  return list.kinds.empty() ? list_files::Kind::text : list.kinds.front();
}

}  // namespace gateway::commands
