#include "filters/attachments/work.h"

#include <algorithm>
#include <string>

#include "policy/facts/text.h"

#include "filters/attachments/look.h"
#include "filters/mime/line_reader.h"
#include "filters/mime/parts.h"

namespace filters::attachments {
namespace {

using namespace policy::facts;

constexpr std::uint64_t kLarge = 256 << 10;  // not even its structure is read to find out
constexpr std::uint64_t kMuch = 1 << 20;     // what opens an archive
constexpr std::uint64_t kPart = 200;
constexpr std::string_view kUuBegin = "\nbegin";

// Most messages: one text, as it is shown.
bool is_plain(const Message& message) {
  const auto is_text = [](const Field* field) { return starts_with_nocase(trim(field->value), "text/"); };
  const auto is_encoded = [](const Field* field) {
    return !mime::read_encodings(field->value).only(mime::Encoding::identity);
  };
  return std::ranges::all_of(message.find("Content-Type"), is_text) &&
         std::ranges::none_of(message.find("Content-Transfer-Encoding"), is_encoded) &&
         message.octets()->in_memory().find(kUuBegin) == std::string_view::npos;
}

// Whether what it holds will be opened, by its first octets; of a text, whether it may hold uuencoded files.
bool opens(const mime::Part& part, mime::Encoding encoding, const Octets& octets) {
  constexpr std::size_t kEnough = 64;
  const bool text = encoding != mime::Encoding::identity && part.header.plain_text();
  mime::Decoder decoder(encoding);
  std::string decoded;
  mime::for_each_slice(octets, part.begin, part.end, [&](std::string_view slice) {
    decoder.decode(text ? slice : slice.substr(0, 2 * kEnough), decoded);
    return text;
  });
  return is_container(sniff(decoded)) || (text && decoded.find(kUuBegin.substr(1)) != decoded.npos);
}

bool opens(const mime::Part& part, const Octets& octets) {
  if (part.is_message && !part.in_parts) return true;
  for (const std::string& name : part.header.names)
    if (name.find(".eml") != name.npos || name.find(".EML") != name.npos) return true;
  if (part.header.encodings.has(mime::Encoding::uuencode) || part.in_parts) return !part.in_parts;
  return std::ranges::any_of(mime::kEncodings, [&](mime::Encoding encoding) {
    return part.header.encodings.has(encoding) && opens(part, encoding, octets);
  });
}

}  // namespace

std::uint64_t work(const Message& message, const Limits& limits) {
  if (message.size() > kLarge) return message.size();
  if (is_plain(message)) return message.size() / 2;
  const mime::Parts parts = mime::read_parts(*message.octets(), mime::Begins::header,
                                             {.depth = limits.depth, .parts = limits.parts});
  std::uint64_t sum = message.size() / 2;
  for (const mime::Part& part : parts.parts) {
    if (opens(part, *message.octets())) return kMuch;
    sum += kPart + (part.end - part.begin) / 2;
  }
  return sum;
}

}  // namespace filters::attachments
