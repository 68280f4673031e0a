#include "filters/spf/explanation.h"

#include <algorithm>
#include <optional>

#include "policy/facts/text.h"

#include "filters/names/client_names.h"
#include "filters/names/dns_name.h"
#include "filters/spf/rewrite.h"

namespace filters::spf {

using namespace filters::names;
namespace {

constexpr std::size_t kMostOctets = 500;

// False when answers are missing.
bool fill_client_name(std::string_view text, MacroValues& values, const Answers& answers,
                      std::vector<DnsQuestion>& questions) {
  if (!needs_client_name(text)) return true;
  const ClientNames names = client_names(values.client, answers);
  if (names.open) {
    if (!answers.dns(names.asked)) questions.push_back(names.asked);
    for (const ClaimedName& one : names.claimed)
      if (one.state == ClaimedName::State::open) questions.push_back(one.asked);
    return false;
  }
  const std::string_view name = names.best(to_lower(values.domain), true);
  values.client_name = name.empty() ? "unknown" : name;
  return true;
}

// Macros bring octets that senders chose.
std::string sanitised(std::string text) {
  text.resize(std::min(text.size(), kMostOctets));
  for (char& c : text)
    if (c < ' ' || c > '~') c = '?';
  return text;
}

}  // namespace

Explanation find_explanation(std::string_view exp, MacroValues values, const Answers& answers) {
  Explanation found;
  const auto unused = [&](std::optional<DnsQuestion> asked, std::string_view why) {
    found.steps.push_back(
        {.asked = std::move(asked), .meaning = "exp=: no explanation, " + std::string(why)});
    return found;
  };
  if (!is_fair(exp)) return unused({}, "its name is too long");
  if (!fill_client_name(exp, values, answers, found.questions)) return found;
  const std::string name = expand(exp, values);
  if (!can_ask(name)) return unused({}, "what is named can be no name");
  DnsQuestion question(name, RecordType::txt);
  const DnsAnswer* answer = answers.dns(question);
  if (!answer) {
    found.questions.push_back(std::move(question));
    return found;
  }
  if (answer->failed()) return unused(std::move(question), policy::facts::name(answer->status));
  if (answer->records.size() != 1)
    return unused(std::move(question), answer->records.empty() ? "no TXT record" : "several TXT records");
  const std::string& text = answer->records.front().text;
  if (!is_explanation(text)) return unused(std::move(question), "a syntax error in its text");
  if (!fill_client_name(text, values, answers, found.questions)) return found;
  found.text = sanitised(expand_explanation(text, values, kMostOctets));
  found.steps.push_back({.asked = std::move(question), .meaning = "exp=: explanation found"});
  return found;
}

}  // namespace filters::spf
