#include "filters/dkim/by_hand.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "policy/facts/text.h"

#include "filters/signing/body_hash.h"
#include "filters/signing/canonical_field.h"
#include "filters/signing/digest.h"
#include "filters/signing/field_index.h"
#include "filters/signing/public_key.h"

namespace filters::dkim {
namespace {

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

// Every LF behind a CR, and no CR more than there are LFs: then all of them are CRLFs.
bool has_lone_line_end(const Message& message) {
  std::int64_t open = 0;
  bool lone = false;
  char last = '\0';
  message.for_each_body_slice([&](std::string_view slice) {
    open += std::count(slice.begin(), slice.end(), '\r');
    for (std::size_t at = slice.find('\n'); at != slice.npos && !lone; at = slice.find('\n', at + 1)) {
      lone = (at == 0 ? last : slice[at - 1]) != '\r';
      --open;
    }
    last = slice.back();
  });
  return lone || open > 0;
}

std::string header_hash(const Message& message, const Field& own, const Signature& signature) {
  std::string text;
  for (const Field* field : signing::FieldIndex(message).covered(signature.fields, &own)) {
    signing::append_canonical(field->raw, signature.header_form, text);
    text += "\r\n";
  }
  signing::append_canonical(signing::without_signature(own), signature.header_form, text);
  signing::Sha256 hash;
  hash.take(text);
  return hash.finish();
}

}  // namespace

bool is_misread(const Message& message, const Field& own, const Signature& signature) {
  const std::string& identity = signature.identity;
  return has_misread_tag(own.value) || !is_ascii(own.value) || identity.find('@') != identity.rfind('@') ||
         signature.expiry.value_or(0) > kMostExpiry || has_misread_fields(message, signature.header_form) ||
         has_lone_line_end(message);
}

Checked verify_by_hand(const Message& message, const Field& own, const Signature& signature,
                       const KeyRecord& record) {
  const std::optional<signing::PublicKey> key = signing::PublicKey::make(record);
  if (!key) return {Check::error, "OpenSSL does not take its key"};
  if (!key->verifies(header_hash(message, own, signature), signature.signature))
    return {Check::bad_signature, {}};
  signing::BodyHash body(signature.body_form, signature.length);
  message.for_each_body_slice([&](std::string_view slice) { body.take(slice); });
  return {body.finish().hash == signature.body_hash ? Check::pass : Check::bad_body_hash, {}};
}

}  // namespace filters::dkim
