#include "gateway/replay/todays_dns.h"

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>

#include "gateway/rehearsal/rehearsal.h"

namespace gateway::replay {
namespace {

constexpr std::array<std::string_view, 8> kAskedAgain{"rdns",  "helo",  "sender", "spf",
                                                      "dnsbl", "dnswl", "dbl",    "dbl_from"};

rehearsal::Scene scene_of(const journal::Recorded& recorded, const settings::Settings& settings) {
  rehearsal::Scene scene;
  scene.ip = recorded.client.ip;
  if (!recorded.client.helo.empty()) scene.helo = recorded.client.helo;
  scene.sender = recorded.sender.empty() ? Address() : Address::odd(recorded.sender);
  if (!recorded.recipients.empty())
    scene.recipients.push_back(Address::odd(recorded.recipients.front().address));
  scene.now = recorded.start;
  // Filters are waited for at the end of a message; of this one there is no more than its author.
  std::string from = recorded.header_from;
  std::erase_if(from, [](char c) { return c == '\r' || c == '\n'; });
  scene.message = rehearsal::message_of("From: <" + from + ">\n\n", settings);
  return scene;
}

bool is_asked_again(std::string_view filter) {
  return std::ranges::find(kAskedAgain, filter) != kAskedAgain.end();
}

// True when it says something else.
bool put(journal::Recorded& recorded, const FactSpec& spec, FactId id, const Fact& fact) {
  const auto known =
      std::ranges::find_if(recorded.facts, [&](const auto& one) { return one.id == id && one.told(); });
  if (known == recorded.facts.end()) {
    recorded.facts.push_back({std::string(spec.name), id, fact});
    return false;  // there is nothing to compare it with
  }
  const bool same = known->fact.state == fact.state && (!fact.known() || known->fact.value == fact.value);
  known->fact = fact;
  return !same;
}

}  // namespace

TodaysDns::Found TodaysDns::refresh(journal::Recorded& recorded) const {
  const Vocabulary& vocabulary = in_force_->vocabulary;
  const auto client = vocabulary.find("client.ip");
  const bool client_known = std::ranges::none_of(
      recorded.facts, [&](const auto& one) { return one.id == client && !one.fact.known(); });
  if (recorded.session || !client_known) return Found::not_asked;
  asio::io_context loop(1);
  rehearsal::Rehearsal rehearsal(in_force_, resolver_, scene_of(recorded, *in_force_->settings));
  rehearsal.run(loop);
  const auto& recipients = rehearsal.transaction().recipients();
  if (recipients.empty()) return Found::not_asked;
  bool otherwise = false;
  for (std::size_t i = 0; i < vocabulary.size(); ++i) {
    const FactId id{static_cast<std::uint16_t>(i)};
    if (!vocabulary.enabled(id) || !is_asked_again(vocabulary.filter(id))) continue;
    // What only an author could have told stays, where none came.
    if (vocabulary.filter(id) == "dbl_from" && recorded.header_from.empty()) continue;
    const Fact& fact = recipients.front().facts->at(id);
    if (fact.state != Fact::State::open) otherwise |= put(recorded, vocabulary[id], id, fact);
  }
  return otherwise ? Found::otherwise : Found::as_recorded;
}

}  // namespace gateway::replay
