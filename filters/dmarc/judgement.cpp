#include "filters/dmarc/judgement.h"

#include <fmt/core.h>

#include <algorithm>

namespace filters::dmarc {
namespace {

using State = Alignment::State;

void ask(std::vector<Question>& all, std::vector<Question> more) {
  for (Question& question : more)
    if (std::find(all.begin(), all.end(), question) == all.end()) all.push_back(std::move(question));
}

// A name without A, AAAA and MX does not exist.  RFC 9989 §3.2
enum class Existence { yes, no, unknown };

Existence find_existence(const Domain& domain, const Answers& answers, Judgement& judgement) {
  Existence existence = Existence::no;
  for (const RecordType type : {RecordType::a, RecordType::aaaa, RecordType::mx}) {
    const DnsQuestion question(domain.text(), type);
    const DnsAnswer* answer = answers.dns(question);
    if (!answer) {
      judgement.questions.push_back(question);
      continue;
    }
    if (answer->status == DnsStatus::ok) return judgement.questions.clear(), Existence::yes;
    if (!answer->failed()) continue;
    existence = Existence::unknown;
    judgement.policy_trouble = describe_failure(question, answer->status);
  }
  return existence;
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
  } else if (record.absent == record.subdomains) {
    judgement.policy = record.subdomains;
  } else {
    const Existence existence = find_existence(author, answers, judgement);
    if (existence == Existence::unknown) return;
    judgement.policy_trouble.clear();
    judgement.policy = existence == Existence::yes ? record.subdomains : record.absent;
  }
}

struct Aligned {
  std::string pass;   // the first that passes, for people
  std::string doubt;  // what could turn a failure into a pass
};

Aligned find_aligned(const Domain& author, const std::vector<Identity>& identities, const Answers& answers,
                     Judgement& judgement) {
  Aligned found;
  for (const Identity& identity : identities) {
    Alignment alignment = align(identity, author, judgement.walk, answers);
    ask(judgement.questions, std::move(alignment.questions));
    if (alignment.state == State::no) continue;
    if (identity.trouble.empty() && alignment.state == State::yes) {
      if (found.pass.empty()) found.pass = fmt::format("{} {}", identity.method, identity.domain.text());
      const std::string& domain = identity.domain.text();
      if (std::find(judgement.aligned.begin(), judgement.aligned.end(), domain) == judgement.aligned.end())
        judgement.aligned.push_back(domain);
    } else if (found.doubt.empty()) {
      const std::string& why = identity.trouble.empty() ? alignment.trouble : identity.trouble;
      found.doubt = fmt::format("{}: {}", identity.method, why);
    }
  }
  judgement.aligned_trouble = found.doubt;
  return found;
}

}  // namespace

Judgement judge(const Domain& author, const Facts& facts, const Answers& answers) {
  Judgement judgement;
  judgement.walk = walk(author, answers);
  judgement.questions = judgement.walk.questions;
  if (!judgement.questions.empty()) return judgement;

  find_policy(author, answers, judgement);
  const Aligned aligned = find_aligned(author, find_identities(facts), answers, judgement);
  if (!judgement.questions.empty()) return judgement;

  const auto conclude = [&](Outcome outcome, std::string reason) {
    judgement.outcome = outcome;
    judgement.reason = std::move(reason);
  };
  const auto& published = judgement.walk.policy;
  if (!published && !judgement.walk.trouble.empty())
    conclude(Outcome::temperror, judgement.walk.trouble);
  else if (!published)
    conclude(Outcome::none, fmt::format("no DMARC record at {} or above", author.text()));
  else if (published->record.void_policy)  // RFC 9989 §4.10.1: DMARC is not applied
    conclude(Outcome::permerror,
             fmt::format("the record at {} has no valid policy", published->domain.text()));
  else if (!aligned.pass.empty())  // stands whatever else is troubled
    conclude(Outcome::pass, fmt::format("{} is aligned with {}", aligned.pass, author.text()));
  else if (!aligned.doubt.empty())
    conclude(Outcome::temperror, aligned.doubt);
  else
    conclude(Outcome::fail, fmt::format("neither spf nor dkim is aligned with {}", author.text()));
  return judgement;
}

}  // namespace filters::dmarc
