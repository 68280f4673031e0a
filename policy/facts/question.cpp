#include "policy/facts/question.h"

#include <array>
#include <utility>

#include "policy/facts/text.h"

namespace policy::inline facts {
namespace {

constexpr std::pair<RecordType, std::string_view> kTypes[] = {
    {RecordType::a, "A"},       {RecordType::cname, "CNAME"}, {RecordType::ptr, "PTR"},
    {RecordType::mx, "MX"},     {RecordType::txt, "TXT"},     {RecordType::aaaa, "AAAA"},
    {RecordType::tlsa, "TLSA"},
};
constexpr std::array<std::string_view, 7> kStatuses{"ok",       "nodata",  "nxdomain", "timeout",
                                                    "servfail", "refused", "bogus"};

}  // namespace

std::string_view name(RecordType type) {
  for (const auto& [known, word] : kTypes)
    if (known == type) return word;
  return "TYPE?";
}

std::optional<RecordType> parse_record_type(std::string_view word) {
  for (const auto& [type, known] : kTypes)
    if (equal_nocase(known, word)) return type;
  return std::nullopt;
}

std::string_view name(DnsStatus status) { return kStatuses[static_cast<std::size_t>(status)]; }

std::optional<DnsStatus> parse_dns_status(std::string_view word) {
  for (std::size_t i = 0; i < kStatuses.size(); ++i)
    if (kStatuses[i] == word) return static_cast<DnsStatus>(i);
  return std::nullopt;
}

DnsQuestion::DnsQuestion(std::string_view question_name, RecordType question_type)
    : name(to_lower(question_name.ends_with('.') ? question_name.substr(0, question_name.size() - 1)
                                                 : question_name)),
      type(question_type) {}

std::string to_text(const Question& question) {
  if (const DnsQuestion* dns = std::get_if<DnsQuestion>(&question))
    return printable(dns->shown()) + ' ' + std::string(name(dns->type));
  const StateQuestion& state = std::get<StateQuestion>(question);
  return printable(state.table) + " of " + printable(state.key);
}

std::string DnsQuestion::shown() const {
  std::string text = name;
  if (secret_octets > 0 && secret_at < text.size()) text.replace(secret_at, secret_octets, "{key}");
  return text;
}

const DnsAnswer* Answers::dns(std::string_view name, RecordType type) const {
  return dns(DnsQuestion(name, type));
}

const DnsAnswer* Answers::dns(const DnsQuestion& question) const {
  const auto at = dns_.find(question);
  return at == dns_.end() ? nullptr : &at->second;
}

const StateAnswer* Answers::state(const StateQuestion& question) const {
  const auto at = state_.find(question);
  return at == state_.end() ? nullptr : &at->second;
}

bool Answers::has(const Question& question) const {
  if (const DnsQuestion* asked = std::get_if<DnsQuestion>(&question)) return dns(*asked) != nullptr;
  return state(std::get<StateQuestion>(question)) != nullptr;
}

void Answers::pin(const DnsQuestion& question, DnsAnswer answer) {
  dns_.try_emplace(question, std::move(answer));
}

void Answers::pin(const StateQuestion& question, StateAnswer answer) {
  state_.try_emplace(question, std::move(answer));
}

}  // namespace policy::inline facts
