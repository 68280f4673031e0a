#include "tests/support/fake_filter.h"

#include <algorithm>
#include <boost/asio/post.hpp>

#include "policy/facts/base_facts.h"

namespace support {

using namespace policy::facts;
using filters::FactValue;
using filters::Finding;

namespace {

struct Names {
  std::string_view filter, found, count;
};
constexpr Names kNames[] = {{"first", "first.found", "first.count"},
                            {"second", "second.found", "second.count"},
                            {"third", "third.found", "third.count"}};

const Names& names(std::string_view filter) {
  return *std::find_if(std::begin(kNames), std::end(kNames),
                       [&](const Names& row) { return row.filter == filter; });
}

Evidence evidence(std::string_view filter, Outcome outcome, std::string reason) {
  return {.method = std::string(filter),
          .property = {},
          .value = {},
          .outcome = outcome,
          .reason = std::move(reason),
          .details = {}};
}

}  // namespace

Finding FakeFilter::found(std::string_view name, std::string text) {
  Finding finding;
  finding.evidence.push_back(evidence(name, Outcome::pass, text));
  finding.facts.push_back(FactValue::known(names(name).count, static_cast<double>(text.size())));
  finding.facts.push_back(FactValue::known(names(name).found, std::move(text)));
  return finding;
}

Finding FakeFilter::asks(std::vector<DnsQuestion> questions) {
  Finding finding;
  finding.questions.assign(questions.begin(), questions.end());
  return finding;
}

Finding FakeFilter::trouble(std::string_view because) const {
  Finding finding;
  finding.evidence.push_back(evidence(name_, Outcome::temperror, std::string(because)));
  finding.facts.push_back(FactValue::troubled(names(name_).found, std::string(because)));
  finding.facts.push_back(FactValue::troubled(names(name_).count, std::string(because)));
  return finding;
}

const Vocabulary& fake_vocabulary() {
  static const std::vector<std::vector<FactSpec>> specs = [] {
    std::vector<std::vector<FactSpec>> made;
    for (const Names& row : kNames)
      made.push_back({{row.found, Type::text, Phase::message, Owner::transaction, "what it found"},
                      {row.count, Type::number, Phase::message, Owner::transaction, "how much of it"}});
    return made;
  }();
  static const Vocabulary vocabulary = [] {
    std::vector<Vocabulary::Group> groups{{"", base_facts(), true}};
    for (std::size_t i = 0; i < specs.size(); ++i) groups.push_back({kNames[i].filter, specs[i], true});
    return Vocabulary(groups);
  }();
  return vocabulary;
}

std::optional<DnsAnswer> FakeResolver::known(const DnsQuestion& question) {
  const auto at = memory.find(question);
  return at == memory.end() ? std::nullopt : std::optional(at->second);
}

void FakeResolver::ask(DnsQuestion question, gateway::asio::any_io_executor executor, Handler handler) {
  asked.push_back(question.name);
  pending.push_back({std::move(question), std::move(executor), std::move(handler)});
}

DnsAnswer FakeResolver::text(std::string text, std::uint32_t ttl) {
  DnsAnswer answer;
  answer.status = DnsStatus::ok;
  answer.ttl = ttl;
  answer.records.push_back({.text = std::move(text), .address = {}, .preference = 0});
  return answer;
}

DnsAnswer FakeResolver::status(DnsStatus status) {
  DnsAnswer answer;
  answer.status = status;
  return answer;
}

bool FakeResolver::answer(std::string_view name, DnsAnswer answer) {
  const auto at = std::find_if(pending.begin(), pending.end(),
                               [&](const Pending& waiting) { return waiting.question.name == name; });
  if (at == pending.end()) return false;
  gateway::asio::post(at->executor,
                      [handler = std::move(at->handler), answer = std::move(answer)] { handler(answer); });
  pending.erase(at);
  return true;
}

}  // namespace support
