#include "gateway/replay/recorded_facts.h"

#include <algorithm>
#include <array>

#include "gateway/pipeline/gather.h"

namespace gateway::replay {
namespace {

// Known from elsewhere, or only behind the last rule.
constexpr std::array<std::string_view, 4> kNotOfRecords{"now", "score", "rcpt.address", "rcpt.domain"};
// Looked at whatever the policy names: who is spoken of, and how far the message came.
constexpr std::array<std::string_view, 4> kAlwaysRead{"rcpt.address", "now", "message.is_dsn",
                                                      "message.size"};

// Octets that were no UTF-8 stand as \xNN: what they were is not to be told from what looks like it.
bool is_rewritten(std::string_view value) {
  for (std::size_t at = value.find("\\x"); at != value.npos; at = value.find("\\x", at + 2))
    if (at + 3 < value.size() && std::string_view("89abcdef").find(value[at + 2]) != std::string_view::npos)
      return true;
  return false;
}

void append_field(std::string& header, std::string_view name, std::string_view value) {
  const std::size_t begin = header.size();
  header.append(name).append(": ").append(value);
  std::replace_if(
      header.begin() + static_cast<std::ptrdiff_t>(begin), header.end(),
      [](char c) { return c == '\r' || c == '\n'; }, ' ');
  header += "\r\n";
}

}  // namespace

Wanted::Wanted(const pipeline::InForce& in_force)
    : headers_(in_force.policy->header_names()), read_(in_force.vocabulary.size(), false) {
  const Vocabulary& vocabulary = in_force.vocabulary;
  for (const std::string& name : in_force.policy->facts_named()) {
    const auto id = vocabulary.find(name);
    if (!id || vocabulary[*id].owner == Owner::configuration ||
        std::ranges::find(kNotOfRecords, name) != kNotOfRecords.end())
      continue;
    named_.push_back(*id);
    read_[index(*id)] = true;
  }
  for (const std::string_view name : kAlwaysRead)
    if (const auto id = vocabulary.find(name)) read_[index(*id)] = true;
  options_ = {.story = false, .facts = &read_};
}

RecordedFacts::RecordedFacts(const pipeline::InForce& in_force, const Wanted& wanted,
                             const journal::Recorded& recorded, const journal::RecordedRecipient* recipient)
    : vocabulary_(in_force.vocabulary),
      session_(in_force.facts, Owner::session),
      transaction_(session_, Owner::transaction),
      recipient_(transaction_, Owner::recipient),
      told_(in_force.vocabulary.size(), false) {
  pipeline::learn_time(transaction_, recorded.start);
  if (recorded.session)
    take_client(recorded);
  else
    take(recorded, recipient);
  rebuild_header(recorded, wanted);
  look_for_missing(wanted);
}

void RecordedFacts::put(FactId id, const Fact& fact) {
  const FactSpec& spec = vocabulary_[id];
  told_[index(id)] = true;
  if (spec.owner == Owner::session) session_.put(spec.name, fact);
  if (spec.owner == Owner::transaction) transaction_.put(spec.name, fact);
  if (spec.owner == Owner::recipient) recipient_.put(spec.name, fact);
}

void RecordedFacts::take(const journal::Recorded& recorded, const journal::RecordedRecipient* recipient) {
  const auto rcpt = vocabulary_.find("rcpt.address");
  const Fact* told_of = nullptr;  // whose facts stand among those of the transaction
  for (const journal::RecordedFact& one : recorded.facts)
    if (one.id == rcpt && one.fact.known()) told_of = &one.fact;
  const Address address = recipient ? Address::odd(recipient->address) : Address();
  const bool its_own = recipient && told_of && std::get<Address>(told_of->value).text() == recipient->address;
  for (const journal::RecordedFact& one : recorded.facts)
    if (one.id && one.told() && (its_own || vocabulary_[*one.id].owner != Owner::recipient))
      put(*one.id, one.fact);
  if (!recipient) return;
  for (const journal::RecordedFact& one : recipient->facts)
    if (one.id && one.told() && vocabulary_[*one.id].owner == Owner::recipient) put(*one.id, one.fact);
  pipeline::learn_recipient(recipient_, address);
  if (rcpt) told_[index(*rcpt)] = true;
  if (const auto domain = vocabulary_.find("rcpt.domain")) told_[index(*domain)] = true;
  complete_ = transaction_.at("message.size").known();
}

// Of a connection that was refused in the greeting nothing is told but who it was.
void RecordedFacts::take_client(const journal::Recorded& recorded) {
  pipeline::learn_client(session_, recorded.client);
  for (const std::string_view name :
       {"client.ip", "client.early_talker", "client.trusted", "client.relay", "listener"})
    if (const auto id = vocabulary_.find(name); id && session_.at(*id).known()) told_[index(*id)] = true;
}

// The fields that rules named then, and no others.
void RecordedFacts::rebuild_header(const journal::Recorded& recorded, const Wanted& wanted) {
  const bool came = transaction_.at("message.is_dsn").known();
  std::string header;
  for (const std::string& name : wanted.headers()) {
    const journal::RecordedHeader* field = came ? recorded.header(name) : nullptr;
    if (!field || std::ranges::any_of(field->values, is_rewritten)) {
      missing_.headers.push_back(name);
      continue;
    }
    for (const std::string& value : field->values) append_field(header, name, value);
  }
  if (came) header_ = std::make_shared<const Message>(std::move(header));
  if (missing_.headers.empty()) transaction_.set_message(header_);
}

void RecordedFacts::show_header() { transaction_.set_message(header_); }

// What a message brings is missing where none came; where it came, what stayed open stays so.
void RecordedFacts::look_for_missing(const Wanted& wanted) {
  any_missing_ = !missing_.headers.empty();
  for (const FactId id : wanted.named()) {
    const bool told = told_[index(id)] && (complete_ || recipient_.at(id).state != Fact::State::open);
    if (told) continue;
    if (missing_.facts.empty()) missing_.facts.resize(vocabulary_.size(), false);
    missing_.facts[index(id)] = any_missing_ = true;
  }
  if (told_[index(*vocabulary_.find("rcpt.address"))]) return;
  if (missing_.facts.empty()) missing_.facts.resize(vocabulary_.size(), false);
  for (const std::string_view name : {"rcpt.address", "rcpt.domain"})
    missing_.facts[index(*vocabulary_.find(name))] = any_missing_ = true;
}

}  // namespace gateway::replay
