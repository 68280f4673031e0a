#include "gateway/dns/wire.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "policy/facts/hex.h"

namespace gateway::dns {
namespace {

std::uint8_t octet(std::string_view data, std::size_t at) { return static_cast<std::uint8_t>(data[at]); }

// The whole of `data` must be one name.
std::optional<std::string> read_name(std::string_view data) {
  std::string name;
  for (std::size_t at = 0; at < data.size();) {
    const std::size_t length = octet(data, at++);
    if (length == 0) {
      if (at != data.size() || name.size() > 253) return std::nullopt;
      return to_lower(name);
    }
    if (length > 63 || length > data.size() - at) return std::nullopt;
    const std::string_view label = data.substr(at, length);
    if (label.find('.') != label.npos) return std::nullopt;
    if (!name.empty()) name += '.';
    name += label;
    at += length;
  }
  return std::nullopt;
}

// The character-strings of a TXT record, joined.  RFC 1035 §3.3.14
std::optional<std::string> read_strings(std::string_view data) {
  std::string joined;
  for (std::size_t at = 0; at < data.size();) {
    const std::size_t length = octet(data, at++);
    if (length > data.size() - at) return std::nullopt;
    joined += data.substr(at, length);
    at += length;
  }
  return joined;
}

std::optional<IpAddress> read_address(RecordType type, std::string_view data) {
  if (type == RecordType::a) {
    if (data.size() != 4) return std::nullopt;
    std::uint32_t address = 0;
    for (std::size_t i = 0; i < 4; ++i) address = address << 8 | octet(data, i);
    return IpAddress::v4(address);
  }
  std::array<std::uint8_t, 16> address{};
  if (data.size() != address.size()) return std::nullopt;
  for (std::size_t i = 0; i < address.size(); ++i) address[i] = octet(data, i);
  return IpAddress::v6(address);
}

// "usage selector matching-type hex", as in master files.  RFC 6698 §2.2
std::optional<std::string> read_tlsa(std::string_view data) {
  if (data.size() < 4) return std::nullopt;
  return fmt::format("{} {} {} ", octet(data, 0), octet(data, 1), octet(data, 2)) + hex(data.substr(3));
}

}  // namespace

bool valid_name(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.empty()) return true;
  if (name.size() > 253) return false;
  for (std::size_t label = 0;;) {
    const std::size_t dot = std::min(name.find('.', label), name.size());
    if (dot == label || dot - label > 63) return false;
    if (dot == name.size()) return true;
    label = dot + 1;
  }
}

std::string presentation(std::string_view name) {
  std::string text;
  for (const char c : name) {
    const bool plain = (c >= '0' && c <= '9') || (to_lower(c) >= 'a' && to_lower(c) <= 'z') || c == '-' ||
                       c == '_' || c == '.';
    if (plain)
      text += c;
    else
      text += fmt::format("\\{:03}", static_cast<unsigned char>(c));
  }
  if (!text.ends_with('.')) text += '.';
  return text;
}

std::string wire_name(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  std::string wire;
  while (!name.empty()) {
    const std::string_view label = name.substr(0, name.find('.'));
    wire += static_cast<char>(label.size());
    wire += label;
    name.remove_prefix(std::min(label.size() + 1, name.size()));
  }
  return wire += '\0';
}

std::optional<ReplyHead> read_reply_head(std::string_view message) {
  constexpr std::size_t kHeader = 12;
  if (message.size() < kHeader || (octet(message, 2) & 0x80) == 0) return std::nullopt;
  return ReplyHead{static_cast<std::uint16_t>(octet(message, 0) << 8 | octet(message, 1)),
                   octet(message, 3) & 0x0fu, message.substr(kHeader)};
}

std::optional<DnsRecord> read_record(RecordType type, std::string_view data) {
  DnsRecord record;
  std::optional<std::string> text;
  switch (type) {
    case RecordType::a:
    case RecordType::aaaa: {
      const auto address = read_address(type, data);
      if (!address) return std::nullopt;
      record.address = *address;
      return record;
    }
    case RecordType::mx:
      if (data.size() < 3) return std::nullopt;
      record.preference = static_cast<std::uint16_t>(octet(data, 0) << 8 | octet(data, 1));
      text = read_name(data.substr(2));
      break;
    case RecordType::ptr:
    case RecordType::cname: text = read_name(data); break;
    case RecordType::txt: text = read_strings(data); break;
    case RecordType::tlsa: text = read_tlsa(data); break;
  }
  if (!text) return std::nullopt;
  record.text = std::move(*text);
  return record;
}

}  // namespace gateway::dns
