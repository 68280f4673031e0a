#include "filters/arc/judgement.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "filters/signing/body_hash.h"
#include "filters/signing/canonical_field.h"
#include "filters/signing/digest.h"
#include "filters/signing/field_index.h"
#include "filters/signing/key_record.h"
#include "filters/signing/public_key.h"

namespace filters::arc {
namespace {

constexpr std::size_t kMostKeys = 64;  // of a message; a seal's key mostly serves its message signature, too
constexpr std::size_t kLeastBits = 1024;  // RFC 8301 §3.2
constexpr std::size_t kMostBits = 4096;   // as long as RFC 8301 §3.2 asks for
constexpr std::size_t kOlderOctets =
    std::size_t{1} << 20;  // of header fields hashed for message signatures below the newest

using Found = Check::Found;

// The hash each seal is over: all sets up to its own, with its own b= empty.  RFC 8617 §5.1.1
std::vector<std::string> seal_hashes(const std::vector<Set>& sets) {
  constexpr auto kForm = signing::Canonicalization::relaxed;
  std::vector<std::string> hashes;
  signing::Sha256 all;
  std::string text;
  for (const Set& set : sets) {
    text.clear();
    for (const Field* field : {set.results, set.message_signature}) {
      signing::append_canonical(field->raw, kForm, text);
      text += "\r\n";
    }
    all.take(text);
    signing::Sha256 own(all);
    text.clear();
    signing::append_canonical(signing::without_signature(*set.seal), kForm, text);
    own.take(text);
    hashes.push_back(own.finish());
    text.clear();
    signing::append_canonical(set.seal->raw, kForm, text);
    text += "\r\n";
    all.take(text);
  }
  return hashes;
}

// The keys of a message, each read once.
class Keys {
 public:
  explicit Keys(const Answers& answers) : answers_(answers) {}

  // The key for that signature; without one `check` says why.
  const signing::PublicKey* find(const signing::Signature& signature, Check& check) {
    const auto [at, fresh] = keys_.try_emplace({signature.key_name(), signature.key_type()});
    Key& key = at->second;
    if (fresh) read(signing::key_question(signature), signature.key_type(), key);
    if (key.asked) check.key = signing::key_question(signature);
    check.found = key.found;
    check.reason = key.reason;
    if (!key.record) return nullptr;
    check.reason = signing::mismatch(*key.record, signature);
    if (!check.reason.empty()) check.reason = fmt::format("key {}: {}", signature.key_name(), check.reason);
    check.found = Found::fail;
    return check.reason.empty() ? &*key.ready : nullptr;
  }

 private:
  struct Key {
    Found found = Found::fail;
    std::string reason;
    bool asked = false;
    std::optional<signing::KeyRecord> record;  // one that can be used, and then `ready` as well
    std::optional<signing::PublicKey> ready;
  };

  void read(const DnsQuestion& question, signing::KeyType wanted, Key& key) const {
    const DnsAnswer* answer = answers_.dns(question);
    key.asked = answer != nullptr;
    if (!answer) {
      key.reason = "too many keys are needed";
    } else if (answer->failed()) {
      key.found = Found::trouble;
      key.reason = fmt::format("TXT {}: {}", question.name, name(answer->status));
    } else if (answer->records.empty()) {
      key.reason = fmt::format("key {} does not exist", question.name);
    } else {
      const Result<signing::KeyRecord> record = signing::find_key_record(*answer, wanted);
      const std::string defect = record ? weakness(*record) : record.error().text();
      if (!defect.empty())
        key.reason = fmt::format("key {}: {}", question.name, defect);
      else
        accept(*record, question, key);
    }
  }

  static std::string weakness(const signing::KeyRecord& record) {
    if (record.revoked) return "it is revoked";
    if (record.type != signing::KeyType::rsa) return {};
    if (record.bits < kLeastBits) return fmt::format("RSA key of {} bits", record.bits);
    if (record.bits > kMostBits) return fmt::format("RSA key of {} bits is too long to check", record.bits);
    return {};
  }

  static void accept(const signing::KeyRecord& record, const DnsQuestion& question, Key& key) {
    key.ready = signing::PublicKey::make(record);
    if (key.ready)
      key.record = record;
    else
      key.reason = fmt::format("key {}: it cannot be used", question.name);
  }

  const Answers& answers_;
  std::map<std::pair<std::string, signing::KeyType>, Key> keys_;
};

// The hashes of the body that the message signatures ask for, all in one reading.
class Bodies {
 public:
  using Result = signing::BodyHash::Result;

  // Known before the body is read; false when it is one too many.
  bool want(const signing::Signature& signature) {
    const Wanted wanted{signature.body_form, signature.length};
    if (std::find(wanted_.begin(), wanted_.end(), wanted) != wanted_.end()) return true;
    if (wanted_.size() == kMostBodyHashes || !results_.empty()) return false;
    wanted_.push_back(wanted);
    return true;
  }

  // Of a signature that was wanted.
  const Result& find(const Message& message, const signing::Signature& signature) {
    if (results_.empty()) read(message);
    const auto at = std::find(wanted_.begin(), wanted_.end(), Wanted{signature.body_form, signature.length});
    return results_[static_cast<std::size_t>(at - wanted_.begin())];
  }

 private:
  using Wanted = std::pair<signing::Canonicalization, std::optional<std::uint64_t>>;

  void read(const Message& message) {
    std::vector<signing::BodyHash> hashes;
    hashes.reserve(wanted_.size());
    for (const auto& [form, length] : wanted_) hashes.emplace_back(form, length);
    message.for_each_body_slice([&](std::string_view slice) {
      for (signing::BodyHash& hash : hashes) hash.take(slice);
    });
    for (signing::BodyHash& hash : hashes) results_.push_back(hash.finish());
  }

  std::vector<Wanted> wanted_;
  std::vector<Result> results_;
};

class Judge {
 public:
  Judge(const Message& message, const Chain& chain, const Answers& answers, std::optional<Time> now)
      : message_(message), chain_(chain), now_(now), keys_(answers), index_(message) {}

  Judged run(std::span<const Domain> trusted) {
    judged_.sets.resize(chain_.sets.size());
    for (const Set& set : chain_.sets)
      signatures_.push_back(parse_message_signature(set.message_signature->value));
    const std::size_t newest = chain_.sets.size() - 1;
    check_message_signature(newest);
    if (!judged_.sets[newest].message_signature.failed()) check_seals();
    conclude();
    if (judged_.outcome == Outcome::pass) check_older();
    if (judged_.outcome != Outcome::fail) find_trust(trusted);
    return std::move(judged_);
  }

 private:
  Check& message_check(std::size_t i) { return judged_.sets[i].message_signature; }

  static void fail(Check& check, std::string reason) {
    check.found = Found::fail;
    check.reason = std::move(reason);
  }

  // RFC 8617 §5.2 steps 4 and 5: a DKIM signature but for its name.
  void check_message_signature(std::size_t i) {
    Check& check = message_check(i);
    if (!signatures_[i]) return fail(check, signatures_[i].error().text());
    const signing::Signature& signature = *signatures_[i];
    if (signature.algorithm == signing::Algorithm::rsa_sha1)
      return fail(check, "rsa-sha1 is not acceptable");  // RFC 8301 §3.1
    if (expired(signature)) return fail(check, "it is expired");
    const signing::PublicKey* const key = keys_.find(signature, check);
    if (!key) return;
    if (!key->verifies(header_hash(i), signature.signature))
      return fail(check, "it does not verify: a signed header field was changed, or the key");
    if (!wants_body(i)) {
      check.found = Found::not_looked_at;
      check.reason = "too many ways to hash the body are asked for";
      return;
    }
    const Bodies::Result& body = bodies_.find(message_, signature);
    if (body.hash != signature.body_hash)
      return fail(check, "body hash differs: the body was changed after signing");
    if (signature.length && *signature.length < body.octets)
      return fail(check, fmt::format("l={} leaves octets of the body uncovered", *signature.length));
    check.found = Found::pass;
  }

  bool expired(const signing::Signature& signature) const {
    const auto now = now_ ? now_->time_since_epoch().count() : 0;
    return signature.expiry && now > 0 && static_cast<std::uint64_t>(now) > *signature.expiry;
  }

  std::string header_hash(std::size_t i) {
    const signing::Signature& signature = *signatures_[i];
    const Field* const own = chain_.sets[i].message_signature;
    signing::Sha256 digest;
    std::string text;
    const auto take = [&] {
      hashed_ += text.size();
      digest.take(text);
      text.clear();
    };
    for (const Field* field : index_.covered(signature.fields, own)) {
      signing::append_canonical(field->raw, signature.header_form, text);
      text += "\r\n";
      take();
    }
    signing::append_canonical(signing::without_signature(*own), signature.header_form, text);
    take();
    return digest.finish();
  }

  // The newest one says first which hashes there are to be; the older ones follow.
  bool wants_body(std::size_t i) {
    if (wanted_bodies_) return bodies_.want(*signatures_[i]);
    wanted_bodies_ = true;
    for (std::size_t each = signatures_.size(); each-- > 0;)
      if (signatures_[each]) bodies_.want(*signatures_[each]);
    return bodies_.want(*signatures_[i]);
  }

  // RFC 8617 §5.2 step 6; the first that fails is the last looked at.
  void check_seals() {
    const std::vector<std::string> hashes = seal_hashes(chain_.sets);
    for (std::size_t i = chain_.sets.size(); i-- > 0;) {
      Check& check = judged_.sets[i].seal;
      check_seal(chain_.sets[i].sealed, hashes[i], check);
      if (check.failed()) return;
    }
  }

  void check_seal(const signing::Signature& sealed, const std::string& hash, Check& check) {
    if (sealed.algorithm == signing::Algorithm::rsa_sha1) return fail(check, "rsa-sha1 is not acceptable");
    const signing::PublicKey* const key = keys_.find(sealed, check);
    if (!key) return;
    if (!key->verifies(hash, sealed.signature))
      return fail(check, "it does not verify: an ARC field was changed, or the key");
    check.found = Found::pass;
  }

  // What fails for certain fails the chain, whatever else is not known.
  void conclude() {
    const std::size_t newest = chain_.sets.size() - 1;
    judged_.outcome = Outcome::pass;
    consider(message_check(newest), "message signature", newest);
    for (std::size_t i = chain_.sets.size(); i-- > 0;) consider(judged_.sets[i].seal, "seal", i);
  }

  void consider(const Check& check, std::string_view what, std::size_t i) {
    if (check.passes() || judged_.outcome == Outcome::fail) return;
    if (check.troubled()) {
      if (judged_.outcome == Outcome::pass) judged_.reason = check.reason;
      judged_.outcome = Outcome::temperror;
      return;
    }
    judged_.outcome = Outcome::fail;
    judged_.reason = fmt::format("the {} of set {} by {}: {}", what, i + 1,
                                 chain_.sets[i].sealed.domain.text(), check.reason);
  }

  // RFC 8617 §5.2 step 5, while there is room.
  void check_older() {
    std::size_t lowest = chain_.sets.size() - 1;
    hashed_ = 0;
    while (lowest > 0 && hashed_ < kOlderOctets) {
      check_message_signature(lowest - 1);
      if (!message_check(lowest - 1).passes()) break;
      --lowest;
    }
    judged_.oldest_pass = lowest == 0 ? 0 : static_cast<unsigned>(lowest + 1);
  }

  void find_trust(std::span<const Domain> trusted) {
    const auto is_trusted = [&](const Set& set) {
      return std::find(trusted.begin(), trusted.end(), set.sealed.domain) != trusted.end();
    };
    const auto sets = std::span(chain_.sets);
    for (std::size_t i = sets.size(); i-- > 0;) {
      const auto below = sets.first(i + 1);
      if (judged_.outcome == Outcome::temperror || message_check(i).troubled()) {
        if (std::any_of(below.begin(), below.end(), is_trusted)) judged_.trust = Trust::troubled;
        return;
      }
      if (!message_check(i).passes()) return;
      if (!is_trusted(sets[i]) || !shows_what_was_signed(*signatures_[i])) continue;
      judged_.trust = Trust::yes;
      judged_.trusted_set = static_cast<unsigned>(i + 1);
      return;
    }
  }

  bool shows_what_was_signed(const signing::Signature& signature) const {
    return signature.covers("from") > 0 && signing::added_field(message_, signature.fields).empty();
  }

  const Message& message_;
  const Chain& chain_;
  const std::optional<Time> now_;
  Keys keys_;
  const signing::FieldIndex index_;
  Bodies bodies_;
  bool wanted_bodies_ = false;
  std::size_t hashed_ = 0;                              // octets of header fields, for message signatures
  std::vector<Result<signing::Signature>> signatures_;  // of the messages, by instance
  Judged judged_;
};

}  // namespace

std::vector<DnsQuestion> key_questions(const Chain& chain) {
  std::vector<DnsQuestion> questions;
  const auto want = [&](const signing::Signature& signature) {
    if (signature.algorithm == signing::Algorithm::rsa_sha1) return;
    DnsQuestion question = signing::key_question(signature);
    const bool known = std::find(questions.begin(), questions.end(), question) != questions.end();
    if (!known && questions.size() < kMostKeys) questions.push_back(std::move(question));
  };
  const auto want_message_key = [&](const Set& set) {
    if (const auto signature = parse_message_signature(set.message_signature->value)) want(*signature);
  };
  if (chain.sets.empty()) return questions;
  want_message_key(chain.sets.back());
  for (auto set = chain.sets.rbegin(); set != chain.sets.rend(); ++set) want(set->sealed);
  for (auto set = std::next(chain.sets.rbegin()); set != chain.sets.rend(); ++set) want_message_key(*set);
  return questions;
}

Judged judge(const Message& message, const Chain& chain, const Answers& answers, std::optional<Time> now,
             std::span<const Domain> trusted) {
  if (chain.state == ChainState::whole) return Judge(message, chain, answers, now).run(trusted);
  Judged judged;
  judged.outcome = chain.state == ChainState::broken ? Outcome::fail : Outcome::none;
  judged.reason = chain.reason;
  return judged;
}

}  // namespace filters::arc
