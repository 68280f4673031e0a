#include "gateway/pipeline/in_force.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "filters/registry.h"
#include "gateway/pipeline/gather.h"

namespace gateway::pipeline {
namespace {

std::vector<FactId> enabled_facts(const Vocabulary& vocabulary) {
  std::vector<FactId> enabled;
  for (std::size_t i = 0; i < vocabulary.size(); ++i)
    if (vocabulary.enabled(FactId(i))) enabled.push_back(FactId(i));
  return enabled;
}

}  // namespace

InForce::InForce(std::shared_ptr<const settings::Settings> with, std::shared_ptr<const FilterSet> its_filters)
    : settings(std::move(with)),
      vocabulary(filters::make_vocabulary(settings->filters_off)),
      enabled(enabled_facts(vocabulary)),
      facts(vocabulary, Owner::configuration),
      filters(std::move(its_filters)) {
  learn_settings(facts, *settings);
}

InForce::InForce(std::shared_ptr<const settings::Settings> with) : InForce(std::move(with), nullptr) {
  make_filters();
}

// What rules name decides which look-ups are worth their time.
void InForce::make_filters() {
  filters::Options options;
  options.hostname = settings->hostname;
  options.dkim_signatures = settings->limits.dkim_signatures;
  options.local_domains = settings->local_domains;
  options.local_names = settings->local_names;
  options.trusted_sealers = settings->trusted_sealers;
  options.attachments = settings->attachments;
  options.greylist = settings->greylist;
  options.senders_kept = settings->senders_kept;
  for (const settings::Listener& listener : settings->listeners)
    for (const settings::Endpoint& endpoint : listener.address) options.own_addresses.push_back(endpoint.ip);
  options.dnsbl = settings->dnsbl;
  options.dnswl = settings->dnswl;
  options.dbl = settings->dbl;
  if (policy) options.facts_named = policy->facts_named();
  filters = std::make_shared<const FilterSet>(filters::make_filters(options, settings->filters_off));
}

// A rule that waits for a filter to be configured is as it should be; one whose filter somebody has switched
// off has perhaps been forgotten.
static void warn_of_rules_off(const InForce& in_force, policy::Diagnostics& diagnostics) {
  for (const policy::RuleInfo& rule : in_force.policy->rules())
    if (!rule.off.empty() && !filters::runs_once_configured(rule.off))
      diagnostics.add(
          {.severity = policy::Diagnostic::Severity::warning,
           .file = in_force.settings->file.string(),
           .message = fmt::format("rule '{}' ({}) is off: the filter '{}', which it needs, is switched off",
                                  rule.id, rule.where, rule.off),
           .source = {}});
}

// One that is not there would never be the reason to keep a message, and nobody would notice.
static void refuse_unknown_captures(const InForce& in_force, policy::Diagnostics& diagnostics) {
  const settings::CaptureSettings& capture = in_force.settings->capture;
  const std::vector<std::string> ids = in_force.policy->rule_ids();
  std::vector<std::string_view> known(ids.begin(), ids.end());
  known.insert(known.end(), {"@default", "@score", "@trouble"});  // verdicts that no rule made
  for (std::size_t i = 0; i < capture.rules.size(); ++i) {
    const std::string& id = capture.rules[i];
    if (std::ranges::find(known, id) != known.end()) continue;
    policy::Diagnostic unknown = capture.rule_spots[i];
    unknown.message =
        fmt::format("[capture] rules: there is no rule '{}'{}", id, policy::did_you_mean(id, known));
    diagnostics.add(std::move(unknown));
  }
}

std::shared_ptr<InForce> InForce::load(const settings::Path& file, Time today,
                                       policy::Diagnostics& diagnostics, std::optional<settings::Mode> mode,
                                       const std::vector<settings::Path>& policy_files) {
  policy::Diagnostics found;
  auto settings = settings::Settings::read(file, found);
  const bool sound = !found.has_errors();
  for (const policy::Diagnostic& one : found.all()) diagnostics.add(one);
  if (!settings) return nullptr;
  if (mode || !policy_files.empty()) {
    auto changed = std::make_shared<settings::Settings>(*settings);
    if (mode) changed->mode = *mode;
    if (!policy_files.empty()) changed->policy_files = policy_files;
    settings = std::move(changed);
  }
  auto loaded = std::make_shared<InForce>(std::move(settings));
  loaded->policy =
      policy::Policy::load(loaded->settings->policy_files, loaded->vocabulary,
                           {loaded->settings->policy_default, &loaded->facts}, today, diagnostics);
  if (!loaded->policy) return nullptr;
  const std::size_t before = diagnostics.all().size();
  if (policy_files.empty()) refuse_unknown_captures(*loaded, diagnostics);
  if (!sound || diagnostics.all().size() > before) return nullptr;
  warn_of_rules_off(*loaded, diagnostics);
  loaded->make_filters();
  return loaded;
}

std::shared_ptr<InForce> InForce::with_lists_read_again(std::span<const settings::Path> files,
                                                        std::size_t taken_out, Time now,
                                                        std::vector<policy::ListReading>& readings) const {
  const std::shared_ptr<InForce> next(new InForce(settings, filters));
  policy::ListsRead read =
      policy->with_lists_read_again(files, taken_out, next->vocabulary, &next->facts, now);
  readings = std::move(read.lists);
  std::ranges::move(read.ended, std::back_inserter(readings));
  if (!read.policy) return nullptr;
  next->policy = std::move(read.policy);
  return next;
}

}  // namespace gateway::pipeline
