#include "filters/signing/key_record.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "policy/facts/text.h"

#include "filters/signing/rsa_key.h"
#include "filters/signing/tag_list.h"

namespace filters::signing {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kEd25519Octets = 32;  // RFC 8463 §4

// With a key of small order anybody can write a signature that fits any message.  All encodings of these
// points, the sign bit of x left out.  RFC 8032 §5.1.3
bool is_of_small_order(std::string_view point) {
  constexpr std::string_view kPoints[] = {
      "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"sv,
      "\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"sv,
      "\x26\xe8\x95\x8f\xc2\xb2\x27\xb0\x45\xc3\xf4\x89\xf2\xef\x98\xf0\xd5\xdf\xac\x05\xd3\xc6\x33\x39\xb1\x38\x02\x88\x6d\x53\xfc\x05"sv,
      "\xc7\x17\x6a\x70\x3d\x4d\xd8\x4f\xba\x3c\x0b\x76\x0d\x10\x67\x0f\x2a\x20\x53\xfa\x2c\x39\xcc\xc6\x4e\xc7\xfd\x77\x92\xac\x03\x7a"sv,
      "\xec\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"sv,
      "\xed\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"sv,
      "\xee\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"sv};
  return std::any_of(std::begin(kPoints), std::end(kPoints), [&](std::string_view each) {
    return point.substr(0, 31) == each.substr(0, 31) && (point[31] & 0x7f) == each[31];
  });
}

std::vector<std::string> words(const TagList& tags, std::string_view name) {
  std::vector<std::string> found;
  if (const std::string_view* value = tags.find(name))
    for (const std::string_view word : split_colons(*value)) found.push_back(to_lower(word));
  return found;
}

bool has(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The reason why the key cannot be read, or "".
std::string read_key(std::string_view base64, KeyRecord& record) {
  const std::optional<std::string> der = decode_base64(base64);
  if (!der) return "p= is not base64";
  if (record.type == KeyType::ed25519) {
    if (der->size() != kEd25519Octets)
      return fmt::format("an Ed25519 key has 32 octets, this one {} (p=)", der->size());
    if (is_of_small_order(*der)) return "its Ed25519 key vouches for nothing: a point of small order";
    record.key = *der;
    record.bits = 8 * kEd25519Octets;
    return {};
  }
  Result<RsaKey> key = read_rsa_key(*der);
  if (!key) return key.error().text();
  record.bits = key->bits;
  record.key = std::move(key->der);
  return {};
}

}  // namespace

std::string KeyRecord::plain() const {
  std::string base64(4 * ((key.size() + 2) / 3) + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(base64.data()),
                      reinterpret_cast<const unsigned char*>(key.data()), static_cast<int>(key.size()));
  base64.resize(static_cast<std::size_t>(size));
  return fmt::format("v=DKIM1;k={};p={}", name(type), base64);
}

Result<KeyRecord> parse_key_record(std::string_view text) {
  const Result<TagList> tags = TagList::parse(text);
  if (!tags) return tags.error();
  const std::string_view* version = tags->find("v");
  if (version && (tags->tags().front().name != "v" || *version != "DKIM1"))
    return Error("v= is not DKIM1, or not its first tag");
  KeyRecord record;
  if (const std::string_view* type = tags->find("k")) {
    if (equal_nocase(*type, "ed25519"))
      record.type = KeyType::ed25519;
    else if (!equal_nocase(*type, "rsa"))
      return Error(fmt::format("a key of an unknown type (k={})", printable(*type, 80)));
  }
  const std::vector<std::string> services = words(*tags, "s");
  if (!services.empty() && !has(services, "*") && !has(services, "email"))
    return Error(fmt::format("it is for another service (s={})", printable(*tags->find("s"), 80)));
  record.hashes = words(*tags, "h");
  const std::vector<std::string> flags = words(*tags, "t");
  record.test_mode = has(flags, "y");
  record.same_domain = has(flags, "s");

  const std::string_view* key = tags->find("p");
  if (!key) return Error("p= is missing");
  const std::string base64 = without_space(*key);
  record.revoked = base64.empty();
  if (record.revoked) return record;
  std::string reason = read_key(base64, record);
  if (!reason.empty()) return Error(std::move(reason));
  return record;
}

std::string mismatch(const KeyRecord& key, const Signature& signature) {
  if (key.revoked) return "it is revoked (p= is empty)";
  if (key.type != signature.key_type())
    return fmt::format("it is no key for {} (k={})", name(signature.algorithm), name(key.type));
  const std::string_view hash = signature.algorithm == Algorithm::rsa_sha1 ? "sha1" : "sha256";
  if (!key.hashes.empty() && !has(key.hashes, hash)) return fmt::format("it does not allow {} (h=)", hash);
  if (key.same_domain && signature.identity_domain != signature.domain)
    return "i= is in a sub-domain of d=, which it does not allow (t=s)";
  return {};
}

}  // namespace filters::signing
