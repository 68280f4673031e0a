#include "filters/dbl/judgement.h"

#include <fmt/format.h>

#include <algorithm>

#include "filters/dmarc/public_suffix.h"
#include "filters/dnsxl/set_aside.h"

namespace filters::dbl {
namespace {

using dnsxl::DnsList;
using dnsxl::Listing;

// The names of one domain that a list is asked for.
std::vector<std::string_view> names_of(const Domain& domain, const DnsList& list) {
  std::vector<std::string_view> names{domain.text()};
  if (!list.org_domain) return names;
  const std::string_view organisation = dmarc::rfc7489_organisation(domain.text());
  if (!organisation.empty() && organisation != domain.text()) names.push_back(organisation);
  return names;
}

void append(std::string& text, std::string_view more, std::string_view border = "; ") {
  text.append(text.empty() ? "" : border).append(more);
}

// Of one list: the name that weighs most.
struct Best {
  bool listed = false;
  bool silent = false;
  double weight = 0;
};

Best look_at(const Domain& domain, const DnsList& list, const Answers& answers, Judgement& judgement,
             std::string& codes) {
  Best best;
  for (const std::string_view name : names_of(domain, list)) {
    auto question = question_of(list, name);
    if (!question) continue;
    const DnsAnswer* answer = answers.dns(*question);
    const Listing listing = dnsxl::read(list, answer);
    if (!answer) judgement.questions.emplace_back(*question);
    const std::string told = dnsxl::told(list, listing, name);
    judgement.evidence.steps.push_back({.asked = std::move(question), .meaning = told});
    const bool listed = listing.state == Listing::State::listed;
    const bool clean =
        listing.state == Listing::State::not_listed || listing.state == Listing::State::uncounted;
    best.silent = best.silent || (!listed && !clean);
    if (listed || !clean) append(judgement.evidence.reason, told);
    if (!listed) continue;
    best.listed = true;
    best.weight = std::max(best.weight, listing.weight);
    for (const IpAddress& code : listing.codes) append(codes, list.id + ":" + code.text(), ", ");
  }
  return best;
}

}  // namespace

Judgement judge(const Domain& domain, const std::vector<DnsList>& lists, const Facts& facts,
                const Answers& answers) {
  Judgement judgement;
  judgement.weights.resize(lists.size());
  Evidence& evidence = judgement.evidence;
  evidence.value = domain.text();
  if (domain.empty()) {
    evidence.reason = "there is no domain to ask for";
    return judgement;
  }
  bool silent = false;
  std::string codes;
  for (std::size_t i = 0; i < lists.size(); ++i) {
    if (const auto why = dnsxl::set_aside(facts, lists[i].id)) {
      append(evidence.reason, fmt::format("{} is set aside, and was not asked: {}", lists[i].id, *why));
      silent = true;
      continue;
    }
    const Best best = look_at(domain, lists[i], answers, judgement, codes);
    silent = silent || best.silent;
    judgement.weights[i] = best.weight;
    if (best.listed) judgement.listed.push_back(lists[i].id);
  }
  evidence.outcome = !judgement.listed.empty() ? Outcome::fail : silent ? Outcome::temperror : Outcome::none;
  if (evidence.reason.empty()) evidence.reason = "no list has it";
  if (!codes.empty()) evidence.details.emplace_back("codes", std::move(codes));
  return judgement;
}

}  // namespace filters::dbl
