#include "gateway/journal/recorded.h"

#include <algorithm>

namespace gateway::journal {
namespace {

void lend(const Recorded& recorded, Preamble& preamble) {
  preamble.id = recorded.id;
  preamble.start = recorded.start;
  preamble.duration = recorded.duration;
  preamble.hostname = recorded.hostname;
  preamble.policy_version = recorded.policy_version;
  preamble.mode = recorded.mode;
  preamble.client = &recorded.client;
  preamble.client_name = recorded.client_name;
}

std::vector<FactEntry> entries(const std::vector<RecordedFact>& facts) {
  std::vector<FactEntry> all;
  all.reserve(facts.size());
  for (const RecordedFact& one : facts) all.push_back({one.name, &one.fact, one.recorded});
  return all;
}

}  // namespace

// A subject that is not kept is written as open, with why.
bool RecordedFact::told() const {
  return recorded &&
         (fact.known() || fact.because.empty() || !fact.because.front().starts_with("not recorded"));
}

Entry Recorded::entry() const {
  Entry entry;
  lend(*this, entry);
  entry.sender = sender;
  entry.recipients.reserve(recipients.size());
  for (const RecordedRecipient& one : recipients)
    entry.recipients.push_back(
        {one.address, &one.verdict, one.reply, one.refused_by, one.fate, entries(one.facts)});
  if (subject) entry.subject = *subject;
  entry.message_id = message_id;
  entry.header_from = header_from;
  entry.size = size;
  for (const RecordedHeader& one : headers) entry.headers.push_back({one.name, one.values});
  entry.evidence = evidence;
  entry.facts = entries(facts);
  for (const RecordedDns& one : answers) entry.answers.push_back({&one.question, &one.answer});
  for (const RecordedState& one : state) entry.state.push_back({&one.question, &one.answer});
  entry.added_headers = added_headers;
  entry.verdict = &verdict;
  entry.refused_by = refused_by;
  entry.reply = reply;
  entry.delivery = &delivery;
  entry.held = held;
  entry.stages = stages;
  entry.relay = relay;
  return entry;
}

SessionEntry Recorded::session_entry() const {
  SessionEntry entry;
  lend(*this, entry);
  entry.reply = reply;
  entry.refused_by = refused_by;
  if (!session) return entry;
  entry.ended = session->ended;
  entry.detail = session->detail;
  entry.commands = session->commands;
  entry.errors = session->errors;
  entry.last_command = session->last_command;
  entry.unrecorded = session->unrecorded;
  if (session->judged) entry.verdict = &verdict;
  return entry;
}

const RecordedHeader* Recorded::header(std::string_view name) const {
  const auto at =
      std::ranges::find_if(headers, [&](const auto& one) { return equal_nocase(one.name, name); });
  return at == headers.end() ? nullptr : &*at;
}

}  // namespace gateway::journal
