#include "filters/dkim/judgement.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "policy/facts/text.h"

#include "filters/dkim/by_hand.h"
#include "filters/dkim/key_search.h"
#include "filters/dkim/moment.h"
#include "filters/dkim/opendkim.h"
#include "filters/signing/body_hash.h"
#include "filters/signing/field_index.h"
#include "filters/signing/public_key.h"

namespace filters::dkim {
namespace {

constexpr std::string_view kField = "DKIM-Signature";
std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : ":").append(word);
  return text;
}

class Judge {
 public:
  Judge(const Message& message, const std::vector<SignatureField>& fields, const Answers& answers,
        std::optional<Time> now, const Limits& limits)
      : message_(message),
        fields_(fields),
        answers_(answers),
        now_(now),
        limits_(limits),
        judged_(fields.size()),
        by_hand_(message) {}

  std::vector<Judged> run() {
    for (std::size_t i = 0; i < fields_.size(); ++i) prepare(i);
    const std::vector<Checked> checked = verify(message_, candidates_);
    for (std::size_t i = 0; i < checked.size(); ++i) conclude(of_candidate_[i], checked[i]);
    return std::move(judged_);
  }

 private:
  void say(std::size_t i, Outcome outcome, std::string reason, std::string remedy = {}) {
    judged_[i].outcome = outcome;
    judged_[i].reason = std::move(reason);
    judged_[i].remedy = std::move(remedy);
  }

  void step(std::size_t i, std::string meaning) {
    judged_[i].steps.push_back({.depth = 0, .asked = {}, .meaning = std::move(meaning)});
  }

  // Everything that can be said without the body; what is left becomes a candidate.
  void prepare(std::size_t i) {
    const auto& [place, read] = fields_[i];
    if (!read) {
      judged_[i].claim = claim(message_.fields()[place].value);
      return say(i, Outcome::permerror, read.error().text());
    }
    const Signature& signature = *read;
    judged_[i].claim = {signature.domain.text(), signature.selector, std::string(name(signature.algorithm))};
    judged_[i].identity = signature.identity;
    if (is_expired(i, signature)) return;
    if (signature.algorithm == Algorithm::rsa_sha1)
      return say(i, Outcome::policy, "algorithm rsa-sha1 is not accepted (RFC 8301 §3.1)",
                 "sign with a=rsa-sha256");
    if (const std::optional<KeyRecord> key = find_key(i, signature)) add_candidate(i, place, signature, *key);
  }

  bool is_expired(std::size_t i, const Signature& signature) {
    const auto since_1970 = now_ ? now_->time_since_epoch().count() : 0;
    if (since_1970 <= 0) return false;
    const auto now = static_cast<std::uint64_t>(since_1970);
    if (signature.expiry && now > *signature.expiry) {
      say(i, Outcome::permerror,
          fmt::format(
              "{}expired on {} (x=)",
              signature.time ? fmt::format("signed {} ago and ", time_span(now - *signature.time)) : "",
              moment(*signature.expiry)),
          "sign anew, with an x= that leaves time for the way");
      return true;
    }
    // A verifier may ignore it for that; clocks differ.  RFC 6376 §3.5
    if (signature.time && *signature.time > now)
      step(i, fmt::format("it was made {} ahead of our clock (t=)", time_span(*signature.time - now)));
    return false;
  }

  std::optional<KeyRecord> find_key(std::size_t i, const Signature& signature) {
    DnsQuestion question = signing::key_question(signature);
    KeySearch search = search_key(signature, question, answers_.dns(question));
    if (!search.key) say(i, search.outcome, std::move(search.reason), std::move(search.remedy));
    if (search.key && search.key->test_mode) judged_[i].weak = "the key is in test mode (t=y)";
    judged_[i].key_bits = search.bits;
    judged_[i].steps.push_back(
        {.depth = 0, .asked = std::move(question), .meaning = std::move(search.meaning)});
    return std::move(search.key);
  }

  void add_candidate(std::size_t i, std::size_t field, const Signature& signature, const KeyRecord& key) {
    if (signature.length && *signature.length > body_length(signature.body_form))
      return say(i, Outcome::permerror, "l= is more than the body has octets");
    if (!may_hash(signature)) return say(i, Outcome::policy, "too many ways to hash the body are asked for");
    const Field& own = message_.fields()[field];
    if (by_hand_.is_needed(own, signature)) return conclude(i, by_hand_.verify(own, signature, key));
    candidates_.push_back({.field = field,
                           .key_name = signature.key_name(),
                           .key_type = key.type,
                           .key_record = key.plain(),
                           .time = signature.time});
    of_candidate_.push_back(i);
  }

  // Each distinct form and length is one more hash over the whole body.
  bool may_hash(const Signature& signature) {
    const BodyHash wanted{signature.body_form, signature.length};
    if (std::find(body_hashes_.begin(), body_hashes_.end(), wanted) != body_hashes_.end()) return true;
    if (body_hashes_.size() >= limits_.body_hashes) return false;
    body_hashes_.push_back(wanted);
    return true;
  }

  void conclude(std::size_t i, const Checked& checked) {
    const Signature& signature = *fields_[i].signature;
    if (checked.check == Check::error) return say(i, Outcome::permerror, checked.reason);
    const bool body_fits = checked.check != Check::bad_body_hash;
    const bool signature_fits = checked.check != Check::bad_signature;
    // The library looks at the body hash of a signature that fits only.
    if (signature_fits) step(i, body_step(signature, body_fits));
    step(i, fmt::format("signature over {} ({}) {}", joined(signature.fields), name(signature.header_form),
                        signature_fits ? "fits the key" : "does not fit the key"));
    if (!signature_fits)
      return say(i, Outcome::fail,
                 "the signature does not match: a signed header field was changed, or the key",
                 fmt::format("publish the key that signs at {}, and let nothing on the way change {}",
                             signature.key_name(), joined(signature.fields)));
    if (!body_fits)
      return say(i, Outcome::fail, "body hash differs: the message was changed after signing",
                 "let nothing on the way change the text or its encoding, or sign behind what does");
    if (const std::uint64_t all = signature.length ? body_length(signature.body_form) : 0;
        signature.length && *signature.length < all)
      return say(i, Outcome::policy,
                 fmt::format("the signature leaves {} octets of the body uncovered (l={})",
                             all - *signature.length, *signature.length),
                 "sign without l=");
    if (const std::string_view field = signing::added_field(message_, signature.fields); !field.empty())
      return say(i, Outcome::policy, fmt::format("there is one more {} field than it covers", field),
                 fmt::format("send one {} field, and name it twice in h=", field));
    if (signature.covers("from") <= message_.count("From"))
      judged_[i]
          .weak.append(judged_[i].weak.empty() ? "" : "; ")
          .append("another From could be added: h= names From no more often than it occurs");
    say(i, Outcome::pass, {});
  }

  std::string body_step(const Signature& signature, bool fits) const {
    return fmt::format(
        "hash of {} ({}) {} bh=",
        signature.length ? fmt::format("{} octets of the body", *signature.length) : "the body",
        name(signature.body_form), fits ? "fits" : "differs from");
  }

  std::uint64_t body_length(Canonicalization form) {
    auto& length = lengths_[static_cast<std::size_t>(form)];
    if (!length) {
      signing::BodyHash nothing(form, 0);  // it counts and hashes nothing
      message_.for_each_body_slice([&](std::string_view slice) { nothing.take(slice); });
      length = nothing.finish().octets;
    }
    return *length;
  }

  using BodyHash = std::pair<Canonicalization, std::optional<std::uint64_t>>;

  const Message& message_;
  const std::vector<SignatureField>& fields_;
  const Answers& answers_;
  std::optional<Time> now_;
  const Limits& limits_;
  std::vector<Judged> judged_;
  std::vector<Candidate> candidates_;
  std::vector<std::size_t> of_candidate_;  // the signature each belongs to
  std::vector<BodyHash> body_hashes_;
  ByHand by_hand_;
  std::array<std::optional<std::uint64_t>, 2> lengths_;
};

}  // namespace

std::vector<SignatureField> read_signatures(const Message& message, const Limits& limits) {
  std::vector<SignatureField> found;
  const auto& fields = message.fields();
  for (std::size_t i = 0; i < fields.size() && found.size() < limits.signatures; ++i)
    if (equal_nocase(fields[i].name, kField)) found.push_back({i, parse_signature(fields[i].value)});
  return found;
}

std::vector<Question> missing_keys(const std::vector<SignatureField>& fields, const Answers& answers) {
  std::vector<Question> questions;
  for (const auto& [place, signature] : fields) {
    if (!signature || signature->algorithm == Algorithm::rsa_sha1) continue;
    Question question = signing::key_question(*signature);
    if (!answers.has(question) && std::find(questions.begin(), questions.end(), question) == questions.end())
      questions.push_back(std::move(question));
  }
  return questions;
}

std::vector<Judged> judge(const Message& message, const std::vector<SignatureField>& fields,
                          const Answers& answers, std::optional<Time> now, const Limits& limits) {
  return Judge(message, fields, answers, now, limits).run();
}

}  // namespace filters::dkim
