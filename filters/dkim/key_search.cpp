#include "filters/dkim/key_search.h"

#include <utility>

#include <fmt/format.h>

#include "filters/signing/public_key.h"

namespace filters::dkim {
namespace {

constexpr std::size_t kLeastBits = 1024;   // RFC 8301 §3.2
constexpr std::size_t kMostRecord = 1022;  // octets of a key record that libopendkim holds

// Why a key that fits the signature is not used all the same.
std::string unacceptable(const KeyRecord& key, const std::string& meaning) {
  if (key.type != KeyType::rsa) return {};
  if (key.bits < kLeastBits)
    return fmt::format("{}: at least {} are wanted (RFC 8301 §3.2)", meaning, kLeastBits);
  return key.plain().size() > kMostRecord ? meaning + " is too long to check" : std::string();
}

}  // namespace

KeySearch search_key(const Signature& signature, const DnsQuestion& question, const DnsAnswer* answer) {
  KeySearch search;
  if (!answer || answer->failed()) {
    search.outcome = Outcome::temperror;
    search.reason =
        fmt::format("TXT {}: {}", question.name, name(answer ? answer->status : DnsStatus::timeout));
    search.remedy = "the name servers of " + signature.domain.text() + " must answer";
    search.meaning = "the key could not be looked up";
    return search;
  }
  if (answer->records.empty()) {
    search.reason = fmt::format("key {} does not exist", question.name);
    search.remedy =
        fmt::format("publish the public key as TXT at {}, or sign with another selector", question.name);
    search.meaning =
        answer->status == DnsStatus::nxdomain ? "the name does not exist" : "no TXT record is there";
    return search;
  }
  Result<KeyRecord> key = signing::find_key_record(*answer, signature.key_type());
  search.meaning = key ? mismatch(*key, signature) : key.error().text();
  if (!search.meaning.empty()) {
    search.reason = fmt::format("key {}: {}", question.name, search.meaning);
    search.remedy = fmt::format(
        "publish a key at {} that this signature can be checked with, or sign with another selector",
        question.name);
    return search;
  }
  search.bits = key->bits;
  search.meaning = key->type == KeyType::rsa ? fmt::format("RSA key of {} bits", key->bits) : "Ed25519 key";
  search.reason = unacceptable(*key, search.meaning);
  if (search.reason.empty()) {
    search.key = std::move(*key);
    return search;
  }
  search.outcome = Outcome::policy;
  search.remedy = "sign with an RSA key of 2048 bits";
  return search;
}

}  // namespace filters::dkim
