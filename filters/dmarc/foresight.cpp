#include "filters/dmarc/foresight.h"

#include <algorithm>

#include "policy/facts/text.h"

#include "filters/dmarc/alignment.h"
#include "filters/dmarc/judgement.h"
#include "filters/dmarc/tree_walk.h"

namespace filters::dmarc {
namespace {

constexpr std::size_t kMostSignatures = 10;  // as many as are judged, unless the configuration says otherwise

// d= of a signature, without judging it: at worst a question is asked in vain.
std::optional<Domain> signing_domain(std::string_view value) {
  while (!value.empty()) {
    const std::string_view tag = value.substr(0, value.find(';'));
    value.remove_prefix(std::min(tag.size() + 1, value.size()));
    const auto equals = tag.find('=');
    if (equals != tag.npos && trim(tag.substr(0, equals)) == "d")
      return Domain::parse(trim(tag.substr(equals + 1)));
  }
  return std::nullopt;
}

std::optional<Domain> spf_domain(const Facts& facts) {
  const Address* sender = facts.envelope() ? &facts.envelope()->sender : nullptr;
  if (sender && !sender->is_null()) return sender->domain();
  const std::string* helo = facts.get<std::string>("helo.name");
  return helo ? Domain::parse(*helo) : std::nullopt;
}

// Those who could vouch for the author.
std::vector<Identity> candidates(const Facts& facts) {
  std::vector<Identity> all;
  const auto add = [&all](std::string_view method, std::optional<Domain> domain) {
    if (domain && !domain->empty()) all.push_back({std::string(method), std::move(*domain), {}});
  };
  add("spf", spf_domain(facts));
  std::size_t signatures = 0;
  if (const Message* message = facts.message())
    for (const Field* field : message->find("DKIM-Signature"))
      if (++signatures <= kMostSignatures) add("dkim", signing_domain(field->value));
  return all;
}

}  // namespace

std::vector<Question> foresee(const Domain& author, const Facts& facts, const Answers& answers) {
  const Walk author_walk = walk(author, answers);
  if (!author_walk.questions.empty()) return author_walk.questions;
  std::vector<Question> questions;
  const auto& policy = author_walk.policy;
  if (!policy) return questions;
  if (policy->domain != author && policy->record.absent != policy->record.subdomains)
    questions.emplace_back(existence_question(author));
  for (const Identity& candidate : candidates(facts)) {
    const Alignment alignment = align(candidate, author, author_walk, answers);
    questions.insert(questions.end(), alignment.questions.begin(), alignment.questions.end());
  }
  return questions;
}

}  // namespace filters::dmarc
