#include "filters/dmarc/judgement.h"

#include <fmt/core.h>

#include <algorithm>

#include "filters/dmarc/reason.h"

namespace filters::dmarc {
namespace {

using State = Alignment::State;

void ask(std::vector<Question>& all, std::vector<Question> more) {
  for (Question& question : more)
    if (std::find(all.begin(), all.end(), question) == all.end()) all.push_back(std::move(question));
}

void find_existence(const Domain& author, const Answers& answers, Judgement& judgement) {
  const DnsQuestion question = existence_question(author);
  const DnsAnswer* answer = answers.dns(question);
  if (!answer) return judgement.questions.push_back(question);
  judgement.existence_status = answer->status;
  if (answer->failed()) {
    judgement.existence = Existence::unknown;
    judgement.policy_trouble = describe_failure(question, answer->status);
    return;
  }
  judgement.existence = answer->status == DnsStatus::nxdomain ? Existence::no : Existence::yes;
}

void find_policy(const Domain& author, const Answers& answers, Judgement& judgement) {
  const auto& published = judgement.walk.policy;
  if (!published) {
    judgement.policy_trouble = judgement.walk.trouble;
    if (judgement.policy_trouble.empty()) judgement.policy = Policy::none;
    return;
  }
  const Record& record = published->record;
  if (published->domain == author) {
    judgement.policy = record.policy;
    return;
  }
  if (record.absent != record.subdomains) find_existence(author, answers, judgement);
  if (judgement.existence == Existence::unknown) return;
  const bool absent = judgement.existence == Existence::no;
  judgement.policy = absent ? record.absent : record.subdomains;
  judgement.policy_tag = absent ? record.absent_tag : record.subdomains_tag;
}

void find_vouches(const Domain& author, const Facts& facts, const Answers& answers, Judgement& judgement) {
  for (Identity& identity : find_identities(facts)) {
    Alignment alignment = align(identity, author, judgement.walk, answers);
    ask(judgement.questions, std::move(alignment.questions));
    judgement.vouches.push_back({std::move(identity), std::move(alignment)});
  }
}

// The identities that are aligned for sure, and what could turn a failure into a pass.
void weigh_vouches(Judgement& judgement) {
  for (const Vouch& vouch : judgement.vouches) {
    const auto& [identity, alignment] = vouch;
    if (vouch.passes()) {
      const std::string& domain = identity.domain.text();
      if (std::find(judgement.aligned.begin(), judgement.aligned.end(), domain) == judgement.aligned.end())
        judgement.aligned.push_back(domain);
    } else if (alignment.state != State::no && judgement.aligned_trouble.empty()) {
      judgement.aligned_trouble = reason_of_doubt(vouch);
    }
  }
}

Outcome outcome_of(const Judgement& judgement) {
  const auto& published = judgement.walk.policy;
  if (!published) return judgement.walk.trouble.empty() ? Outcome::none : Outcome::temperror;
  if (published->record.void_policy) return Outcome::permerror;  // RFC 9989 §4.10.1: DMARC is not applied
  if (!judgement.aligned.empty()) return Outcome::pass;          // stands whatever else is troubled
  return judgement.aligned_trouble.empty() ? Outcome::fail : Outcome::temperror;
}

}  // namespace

// A question for an alias itself: its answer is about the name asked, never about a name that an alias leads
// to.  RFC 8020 §2, RFC 6604
DnsQuestion existence_question(const Domain& domain) { return DnsQuestion(domain.text(), RecordType::cname); }

Judgement judge(const Domain& author, const Facts& facts, const Answers& answers) {
  Judgement judgement;
  judgement.walk = walk(author, answers);
  judgement.questions = std::move(judgement.walk.questions);
  if (!judgement.questions.empty()) return judgement;

  find_policy(author, answers, judgement);
  find_vouches(author, facts, answers, judgement);
  if (!judgement.questions.empty()) return judgement;

  weigh_vouches(judgement);
  judgement.outcome = outcome_of(judgement);
  judgement.reason = reason_of(author, judgement);
  return judgement;
}

}  // namespace filters::dmarc
