#include "gateway/rehearsal/recorded_scene.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>

#include "gateway/dns/zone_resolver.h"
#include "gateway/rehearsal/expectation.h"

namespace gateway::rehearsal {
namespace {

// Of the scene itself, or known behind the last rule.
bool is_of_the_scene(std::string_view name) {
  return name == "now" || name == "score" || name == "rcpt.address" || name == "rcpt.domain";
}

bool is_field_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) { return c > ' ' && c < 127 && c != ':'; });
}

std::string field(std::string_view name, std::string value) {
  std::ranges::replace_if(
      value, [](char c) { return c == '\r' || c == '\n'; }, ' ');
  return fmt::format("{}: {}", name, value);
}

std::vector<std::string> fields_of(const journal::Recorded& recorded, Disguise& disguise) {
  std::vector<std::string> fields;
  const auto author = [&] { return disguise.address(Address::odd(recorded.header_from)).text(); };
  for (const journal::RecordedHeader& header : recorded.headers) {
    if (!is_field_name(header.name)) continue;
    for (const std::string& value : header.values) {
      std::string shown = disguise.text(value);
      if (shown != value && equal_nocase(header.name, "From") && !recorded.header_from.empty())
        shown = author();
      fields.push_back(field(header.name, std::move(shown)));
    }
  }
  if (!recorded.header("From") && !recorded.header_from.empty())
    fields.insert(fields.begin(), field("From", author()));
  return fields;
}

Scene scene_for(const RecordedScene& scene, const settings::Settings& settings) {
  Scene whole;
  whole.ip = scene.ip;
  whole.helo = scene.helo;
  whole.sender = scene.sender;
  whole.recipients = {scene.recipient};
  whole.now = scene.now;
  whole.given = scene.given;
  if (scene.fields) {
    std::string text;
    for (const std::string& one : *scene.fields) text += one + "\n";
    whole.message = message_of(text + "\n", settings);
  }
  return whole;
}

template <class Look>
void rehearse(const RecordedScene& scene, const std::shared_ptr<const pipeline::InForce>& in_force,
              const Look& look) {
  asio::io_context loop(1);
  dns::ZoneResolver resolver{dns::Zone()};
  Rehearsal rehearsal(in_force, resolver, scene_for(scene, *in_force->settings));
  rehearsal.run(loop);
  if (!rehearsal.transaction().recipients().empty()) look(rehearsal);
}

// The facts that the policy names, as they were.
GivenFacts facts_of(const journal::Recorded& recorded, const pipeline::InForce& in_force,
                    Disguise& disguise) {
  GivenFacts facts;
  const Vocabulary& vocabulary = in_force.vocabulary;
  const auto named = in_force.policy->facts_named();
  for (const journal::RecordedFact& one : recorded.facts) {
    if (!one.id || !one.told() || is_of_the_scene(one.name) || !named.contains(one.name)) continue;
    const FactSpec& spec = vocabulary[*one.id];
    if (spec.owner == Owner::configuration || !vocabulary.enabled(*one.id)) continue;
    Fact fact = one.fact;
    if (fact.known()) fact.value = disguise.value(spec, fact.value);
    if (!fact.known()) fact = Fact(fact.state, spec.type == Type::list ? Value(List()) : Value(), {});
    facts.insert_or_assign(*one.id, std::move(fact));
  }
  return facts;
}

bool same(const Fact& found, const Fact& recorded) {
  if (found.state != recorded.state) return false;
  return !found.known() || found.value == recorded.value;
}

}  // namespace

RecordedScene scene_of(const journal::Recorded& recorded, const Address& recipient,
                       const std::shared_ptr<const pipeline::InForce>& in_force, Disguise& disguise) {
  RecordedScene scene;
  const auto fact = [&](std::string_view name) {
    const auto at = std::ranges::find(recorded.facts, name, &journal::RecordedFact::name);
    return at == recorded.facts.end() ? nullptr : &at->fact;
  };
  const Fact* const client = fact("client.ip");
  if (!client || client->known()) scene.ip = disguise.ip(recorded.client.ip);
  if (!recorded.client.helo.empty()) scene.helo = disguise.host(recorded.client.helo);
  if (!recorded.sender.empty()) scene.sender = disguise.address(Address::odd(recorded.sender));
  scene.recipient = disguise.address(recipient);
  scene.now = recorded.start;
  const Fact* const size = fact("message.size");
  if (size && size->known()) scene.fields = fields_of(recorded, disguise);
  const GivenFacts facts = facts_of(recorded, *in_force, disguise);
  rehearse(scene, in_force, [&](const Rehearsal& rehearsal) {
    const Facts& found = *rehearsal.transaction().recipients().front().facts;
    for (const auto& [id, wanted] : facts)
      if (!same(found.at(id), wanted)) scene.given.insert_or_assign(id, wanted);
  });
  return scene;
}

Course rehearse(const RecordedScene& scene, const std::shared_ptr<const pipeline::InForce>& in_force) {
  Course course;
  rehearse(scene, in_force, [&](const Rehearsal& rehearsal) {
    const Ending ending = ending_of(rehearsal, 0);
    course.action = ending.action;
    course.rule = ending.rule;
    for (const policy::RuleOutcome& rule : rehearsal.transaction().recipients().front().verdict.rules)
      course.held.push_back(rule.held);
  });
  return course;
}

}  // namespace gateway::rehearsal
