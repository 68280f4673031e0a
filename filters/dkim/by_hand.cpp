#include "filters/dkim/by_hand.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string_view>

#include "policy/facts/text.h"

#include "filters/signing/body_hash.h"
#include "filters/signing/canonical_field.h"
#include "filters/signing/digest.h"
#include "filters/signing/public_key.h"

namespace filters::dkim {
namespace {

constexpr std::size_t kMostFields = 4095;               // octets of h= without white space
constexpr std::uint64_t kMostExpiry = 999'999'999'999;  // of 12 digits

bool has_misread_tag(std::string_view value) {
  while (!value.empty()) {
    const std::string_view tag = value.substr(0, value.find(';'));
    value.remove_prefix(std::min(tag.size() + 1, value.size()));
    const std::string_view name = tag.substr(0, tag.find('='));
    if (name.ends_with('b') != (trim(name) == "b")) return true;
  }
  return false;
}

bool is_long(const std::vector<std::string>& names) {
  return std::accumulate(names.begin(), names.end(), names.size(),
                         [](std::size_t sum, const std::string& name) { return sum + name.size(); }) >
         kMostFields;
}

bool has_misread_fields(const Message& message, Canonicalization form) {
  const std::string_view header = message.header();
  if (form == Canonicalization::relaxed &&
      (header.find('\v') != header.npos || header.find('\f') != header.npos))
    return true;
  const auto& fields = message.fields();
  return std::any_of(fields.begin(), fields.end(), [](const Field& field) {
    return !field.name.empty() && field.raw[field.name.size()] != ':';
  });
}

}  // namespace

bool ByHand::is_needed(const Field& own, const Signature& signature) {
  const std::string& identity = signature.identity;
  return has_misread_tag(own.value) || !is_ascii(own.value) || identity.find('@') != identity.rfind('@') ||
         signature.expiry.value_or(0) > kMostExpiry || is_long(signature.fields) ||
         signature.covers("dkim-signature") > 0 || has_misread_fields(message_, signature.header_form) ||
         has_lone_line_end();
}

Checked ByHand::verify(const Field& own, const Signature& signature, const KeyRecord& record) {
  const std::optional<signing::PublicKey> key = signing::PublicKey::make(record);
  if (!key) return {Check::error, "OpenSSL does not take its key"};
  if (!key->verifies(header_hash(own, signature), signature.signature)) return {Check::bad_signature, {}};
  const bool fits = body_hash(signature.body_form, signature.length) == signature.body_hash;
  return {fits ? Check::pass : Check::bad_body_hash, {}};
}

// Every LF behind a CR, and no CR more than there are LFs: then all of them are CRLFs.
bool ByHand::has_lone_line_end() {
  if (lone_line_end_) return *lone_line_end_;
  std::int64_t open = 0;
  bool lone = false;
  char last = '\0';
  const auto look_at = [&](std::string_view slice) {
    if (slice.empty()) return;
    open += std::count(slice.begin(), slice.end(), '\r');
    for (std::size_t at = slice.find('\n'); at != slice.npos && !lone; at = slice.find('\n', at + 1)) {
      lone = (at == 0 ? last : slice[at - 1]) != '\r';
      --open;
    }
    last = slice.back();
  };
  look_at(message_.header());
  message_.for_each_body_slice(look_at);
  return lone_line_end_.emplace(lone || open > 0);
}

std::string ByHand::header_hash(const Field& own, const Signature& signature) {
  if (!index_) index_.emplace(message_);
  std::string text;
  for (const Field* field : index_->covered(signature.fields, &own)) {
    signing::append_canonical(field->raw, signature.header_form, text);
    text += "\r\n";
  }
  signing::append_canonical(signing::without_signature(own), signature.header_form, text);
  signing::Sha256 hash;
  hash.take(text);
  return hash.finish();
}

const std::string& ByHand::body_hash(Canonicalization form, std::optional<std::uint64_t> length) {
  for (const Hashed& each : hashed_)
    if (each.form == form && each.length == length) return each.hash;
  signing::BodyHash body(form, length);
  message_.for_each_body_slice([&](std::string_view slice) { body.take(slice); });
  return hashed_.emplace_back(Hashed{form, length, body.finish().hash}).hash;
}

}  // namespace filters::dkim
