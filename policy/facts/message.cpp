#include "policy/facts/message.h"

#include <algorithm>

#include "policy/facts/text.h"

namespace policy::inline facts {
namespace {

// RFC 5322 §2.2: ftext is any printable octet but the colon.
bool is_field_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

Field split_field(std::string_view raw) {
  Field field{.name = {}, .value = raw, .raw = raw};
  if (field.value.ends_with("\r\n")) field.value.remove_suffix(2);
  const auto colon = raw.find(':');
  if (colon == raw.npos) return field;
  const std::string_view name =
      raw.substr(0, raw.find_last_not_of(" \t", colon == 0 ? 0 : colon - 1) + 1).substr(0, colon);
  if (!is_field_name(name)) return field;
  field.name = name;
  field.value.remove_prefix(colon + 1);
  return field;
}

std::vector<Field> split(std::string_view header) {
  constexpr std::size_t kUsualFields = 24;
  std::vector<Field> fields;
  fields.reserve(kUsualFields);
  while (!header.empty()) {
    std::size_t end = 0;
    do {
      const auto line = header.find("\r\n", end);
      end = line == header.npos ? header.size() : line + 2;
    } while (end < header.size() && (header[end] == ' ' || header[end] == '\t'));
    fields.push_back(split_field(header.substr(0, end)));
    header.remove_prefix(end);
  }
  return fields;
}

}  // namespace

std::string_view MemoryOctets::read(std::uint64_t offset, std::span<char> room) const {
  if (offset >= text_.size()) return {};
  return std::string_view(text_).substr(offset, room.size());
}

Message::Header::Header(std::string section) : text(std::move(section)), fields(split(text)) {}

Message::Message(std::string header) : header_(std::make_shared<const Header>(std::move(header))) {}

Message::Message(std::string header, std::shared_ptr<const Octets> octets, std::uint64_t body_offset)
    : header_(std::make_shared<const Header>(std::move(header))),
      octets_(std::move(octets)),
      body_offset_(body_offset) {}

Message::Message(const Message& known, std::shared_ptr<const Octets> octets, std::uint64_t body_offset)
    : header_(known.header_), octets_(std::move(octets)), body_offset_(body_offset) {}

std::shared_ptr<const Message> Message::parse(std::string text) {
  std::size_t header_end = 0;
  std::size_t body = text.size();
  if (text.starts_with("\r\n")) {
    body = 2;
  } else if (const auto blank = text.find("\r\n\r\n"); blank != text.npos) {
    header_end = blank + 2;
    body = blank + 4;
  } else {
    header_end = text.size();
  }
  std::string header = text.substr(0, header_end);
  return std::make_shared<Message>(std::move(header), std::make_shared<MemoryOctets>(std::move(text)), body);
}

std::vector<const Field*> Message::find(std::string_view name) const {
  std::vector<const Field*> found;
  for (const Field& field : fields())
    if (equal_nocase(field.name, name)) found.push_back(&field);
  return found;
}

const Field* Message::first(std::string_view name) const {
  const auto at =
      std::ranges::find_if(fields(), [&](const Field& field) { return equal_nocase(field.name, name); });
  return at == fields().end() ? nullptr : &*at;
}

std::size_t Message::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(fields(), [&](const Field& field) { return equal_nocase(field.name, name); }));
}

std::uint64_t Message::size() const { return octets_ ? octets_->size() : header().size(); }

std::string unfold(std::string_view value) {
  std::string line;
  line.reserve(value.size());
  value = trim(value);
  for (std::size_t fold = value.find("\r\n"); fold != value.npos; fold = value.find("\r\n")) {
    line += value.substr(0, fold);
    value.remove_prefix(fold + 2);
  }
  line += value;
  return line;
}

}  // namespace policy::inline facts
