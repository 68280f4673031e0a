#include "filters/dkim/judgement.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "policy/facts/text.h"

#include "filters/dkim/body_length.h"
#include "filters/dkim/key_record.h"
#include "filters/dkim/opendkim.h"

namespace filters::dkim {
namespace {

constexpr std::string_view kField = "DKIM-Signature";
constexpr std::size_t kLeastBits = 1024;   // RFC 8301 §3.2
constexpr std::size_t kMostRecord = 1022;  // octets of a key record that libopendkim holds
constexpr std::size_t kMostFields = 4095;  // octets of h= that it reads

// Who writes and what: another of these on top changes what people are shown.  An added To or Date does not,
// and other verifiers let it pass.
constexpr std::array<std::string_view, 6> kShown{"from",    "sender",       "reply-to",
                                                 "subject", "content-type", "content-transfer-encoding"};

DnsQuestion key_question(const Signature& signature) { return {signature.key_name(), RecordType::txt}; }

std::vector<std::size_t> signature_fields(const Message& message, std::size_t most) {
  std::vector<std::size_t> found;
  const auto& fields = message.fields();
  for (std::size_t i = 0; i < fields.size() && found.size() < most; ++i)
    if (equal_nocase(fields[i].name, kField)) found.push_back(i);
  return found;
}

// The octets of h= without white space.
std::size_t list_size(const Signature& signature) {
  return std::accumulate(signature.fields.begin(), signature.fields.end(), signature.fields.size(),
                         [](std::size_t sum, const std::string& name) { return sum + name.size(); });
}

// The first record that can be read; else the reason why the first cannot.
Result<KeyRecord> choose_key(const DnsAnswer& answer) {
  Result<KeyRecord> first = Error("there is no record");
  for (const DnsRecord& record : answer.records) {
    Result<KeyRecord> key = parse_key_record(record.text);
    if (key) return key;
    if (&record == &answer.records.front()) first = std::move(key);
  }
  return first;
}

class Judge {
 public:
  Judge(const Message& message, const Answers& answers, std::optional<Time> now, const Limits& limits)
      : message_(message), answers_(answers), now_(now), limits_(limits) {}

  std::vector<Judged> run() {
    const std::vector<std::size_t> fields = signature_fields(message_, limits_.signatures);
    judged_.resize(fields.size());
    signatures_.resize(fields.size());
    for (std::size_t i = 0; i < fields.size(); ++i) prepare(i, fields[i]);
    drop_crowded();
    const std::vector<Checked> checked = verify(message_, candidates_);
    for (std::size_t i = 0; i < checked.size(); ++i) conclude(of_candidate_[i], checked[i]);
    return std::move(judged_);
  }

 private:
  void say(std::size_t i, Outcome outcome, std::string reason) {
    judged_[i].outcome = outcome;
    judged_[i].reason = std::move(reason);
  }

  // Everything that can be said without the body; what is left becomes a candidate.
  void prepare(std::size_t i, std::size_t field) {
    const std::string_view value = message_.fields()[field].value;
    judged_[i].claim = claim(value);
    Result<Signature> parsed = parse_signature(value);
    if (!parsed) return say(i, Outcome::permerror, parsed.error().text());
    const Signature& signature = signatures_[i] = std::move(*parsed);
    const auto now = now_ ? now_->time_since_epoch().count() : 0;
    if (signature.expiry && now > 0 && static_cast<std::uint64_t>(now) > *signature.expiry)
      return say(i, Outcome::permerror, "the signature is expired");
    if (signature.algorithm == Algorithm::rsa_sha1)
      return say(i, Outcome::policy, "rsa-sha1 is not acceptable");  // RFC 8301 §3.1
    if (signature.covers("dkim-signature") > signatures_below(field))
      return say(i, Outcome::policy, "h= covers more signatures than stand below it");
    if (list_size(signature) > kMostFields) return say(i, Outcome::policy, "h= is too long to check");
    if (const std::optional<KeyRecord> key = find_key(i, signature)) add_candidate(i, field, signature, *key);
  }

  // A signature does not cover itself (RFC 6376 §3.5, h=), but libopendkim takes it when none is left below.
  std::size_t signatures_below(std::size_t field) const {
    const auto& fields = message_.fields();
    return static_cast<std::size_t>(
        std::count_if(fields.begin() + static_cast<std::ptrdiff_t>(field) + 1, fields.end(),
                      [](const Field& each) { return equal_nocase(each.name, kField); }));
  }

  std::optional<KeyRecord> find_key(std::size_t i, const Signature& signature) {
    const std::string name = signature.key_name();
    const DnsAnswer* answer = answers_.dns(key_question(signature));
    if (!answer || answer->failed()) {
      const DnsStatus status = answer ? answer->status : DnsStatus::timeout;
      say(i, Outcome::temperror, fmt::format("TXT {}: {}", name, policy::facts::name(status)));
      return std::nullopt;
    }
    if (answer->records.empty()) {
      say(i, Outcome::permerror, fmt::format("key {} does not exist", name));
      return std::nullopt;
    }
    const Result<KeyRecord> key = choose_key(*answer);
    const std::string reason = key ? mismatch(*key, signature) : key.error().text();
    if (!reason.empty()) {
      say(i, Outcome::permerror, fmt::format("key {}: {}", name, reason));
      return std::nullopt;
    }
    judged_[i].weak = key->test_mode;
    if (key->bits < kLeastBits && key->type == KeyType::rsa) {
      say(i, Outcome::policy, fmt::format("RSA key of {} bits", key->bits));
      return std::nullopt;
    }
    return *key;
  }

  void add_candidate(std::size_t i, std::size_t field, const Signature& signature, const KeyRecord& key) {
    Candidate candidate{.field = field,
                        .key_name = signature.key_name(),
                        .key_record = key.plain(),
                        .time = signature.time,
                        .covers_signatures = signature.covers("dkim-signature") > 0};
    if (candidate.key_record.size() > kMostRecord)
      return say(i, Outcome::policy, fmt::format("RSA key of {} bits is too long to check", key.bits));
    if (!may_hash(signature)) return say(i, Outcome::policy, "too many ways to hash the body are asked for");
    candidates_.push_back(std::move(candidate));
    of_candidate_.push_back(i);
  }

  // Each distinct form and length is one more hash over the whole body.
  bool may_hash(const Signature& signature) {
    const BodyHash wanted{signature.body_form, signature.length};
    if (std::find(body_hashes_.begin(), body_hashes_.end(), wanted) != body_hashes_.end()) return true;
    if (body_hashes_.size() >= limits_.body_hashes) {
      crowded_ = true;
      return false;
    }
    body_hashes_.push_back(wanted);
    return true;
  }

  // A signature over other signatures makes the library look at those, too: only while all of them are within
  // the limits.
  void drop_crowded() {
    if (!crowded_ && message_.count(kField) <= limits_.signatures) return;
    std::vector<Candidate> kept;
    std::vector<std::size_t> of_kept;
    for (std::size_t c = 0; c < candidates_.size(); ++c) {
      if (candidates_[c].covers_signatures) {
        say(of_candidate_[c], Outcome::policy, "it covers more signatures than are judged");
        continue;
      }
      kept.push_back(std::move(candidates_[c]));
      of_kept.push_back(of_candidate_[c]);
    }
    candidates_ = std::move(kept);
    of_candidate_ = std::move(of_kept);
  }

  void conclude(std::size_t i, const Checked& checked) {
    switch (checked.check) {
      case Check::error: return say(i, Outcome::permerror, checked.reason);
      case Check::bad_signature:
        return say(i, Outcome::fail,
                   "the signature does not match: a signed header field was changed, or the key");
      case Check::bad_body_hash:
        return say(i, Outcome::fail, "body hash differs: the message was changed after signing");
      case Check::pass: break;
    }
    const Signature& signature = signatures_[i];
    if (signature.length && *signature.length < body_length(signature.body_form))
      return say(i, Outcome::policy,
                 fmt::format("l={} leaves octets of the body uncovered", *signature.length));
    if (const std::string_view field = added_field(signature); !field.empty())
      return say(i, Outcome::policy, fmt::format("there is one more {} field than it covers", field));
    const bool oversigned = signature.covers("from") > message_.count("From");
    judged_[i].weak = judged_[i].weak || !oversigned;
    say(i, Outcome::pass, {});
  }

  // The signature is over the lowest ones, and readers show the topmost.  RFC 6376 §8.15
  std::string_view added_field(const Signature& signature) const {
    const auto added = std::find_if(kShown.begin(), kShown.end(), [&](std::string_view name) {
      const std::size_t covered = signature.covers(name);
      return covered > 0 && message_.count(name) > covered;
    });
    return added == kShown.end() ? std::string_view() : *added;
  }

  std::uint64_t body_length(Canonicalization form) {
    auto& length = lengths_[static_cast<std::size_t>(form)];
    if (!length) length = canonical_length(message_, form);
    return *length;
  }

  using BodyHash = std::pair<Canonicalization, std::optional<std::uint64_t>>;

  const Message& message_;
  const Answers& answers_;
  std::optional<Time> now_;
  const Limits& limits_;
  std::vector<Judged> judged_;
  std::vector<Signature> signatures_;
  std::vector<Candidate> candidates_;
  std::vector<std::size_t> of_candidate_;  // the signature each belongs to
  std::vector<BodyHash> body_hashes_;
  bool crowded_ = false;
  std::array<std::optional<std::uint64_t>, 2> lengths_;
};

}  // namespace

std::vector<Question> key_questions(const Message& message, const Limits& limits) {
  std::vector<Question> questions;
  for (const std::size_t field : signature_fields(message, limits.signatures)) {
    const Result<Signature> signature = parse_signature(message.fields()[field].value);
    if (!signature || signature->algorithm == Algorithm::rsa_sha1) continue;
    const Question question = key_question(*signature);
    if (std::find(questions.begin(), questions.end(), question) == questions.end())
      questions.push_back(question);
  }
  return questions;
}

std::vector<Judged> judge(const Message& message, const Answers& answers, std::optional<Time> now,
                          const Limits& limits) {
  return Judge(message, answers, now, limits).run();
}

}  // namespace filters::dkim
