// Reads the text of a zone.  TOML is turned into the JSON it stands for, so that one reader knows the format;
// the places of TOML nodes are kept aside for the errors.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>

#include "gateway/dns/wire.h"
#include "gateway/dns/zone.h"
#include "gateway/dns/zone_table.h"

namespace gateway::dns {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostErrors = 20;

// Types that nobody here asks for: their names exist, their data is not read.
constexpr std::string_view kOthers[] = {"CAA", "DNSKEY", "DS",  "HINFO", "HTTPS", "NAPTR",
                                        "NS",  "SOA",    "SPF", "SRV",   "SSHFP", "SVCB"};

struct Place {
  std::size_t line = 0;  // from 1; 0: not known
  std::size_t column = 0;
};
// Of names (key: {name, ""}) and of what stands below them ({name, type}), as written.
using Places = std::map<std::pair<std::string, std::string>, Place, std::less<>>;

// Code points up to U+00FF, one octet each; nullopt when there is a higher one.  The text is valid UTF-8.
std::optional<std::string> octets(std::string_view utf8) {
  std::string text;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto first = static_cast<unsigned char>(utf8[i]);
    if (first < 0x80) {
      text += utf8[i];
      continue;
    }
    if (first > 0xc3 || i + 1 == utf8.size()) return std::nullopt;
    text += static_cast<char>((first & 0x03) << 6 | (static_cast<unsigned char>(utf8[++i]) & 0x3f));
  }
  return text;
}

class Reader {
 public:
  Zone read(const json::value& root) {
    if (!root.is_object()) {
      complain("a zone is an object of names");
    } else {
      for (const auto& [key, records] : root.get_object()) read_name(key, records);
    }
    return std::move(zone_);
  }
  std::vector<ZoneMistake> take_mistakes() { return std::move(mistakes_); }

 private:
  void complain(std::string_view message) {  // further ones than kMostErrors are left out
    if (mistakes_.size() < kMostErrors) mistakes_.push_back({name_as_written_, type_, std::string(message)});
  }

  void read_name(std::string_view key, const json::value& records) {
    name_as_written_ = key;
    type_.clear();
    const auto name = octets(key);
    if (!name || !valid_name(*name))
      return complain("not a DNS name: labels have 1 to 63 octets, a name 253 at most");
    name_ = DnsQuestion(*name, RecordType::a).name;
    if (!seen_.insert(name_).second) return complain("the name stands here twice (case does not matter)");
    if (!records.is_object()) return complain("expected an object such as {\"TXT\": [\"…\"]}");
    if (records.get_object().empty()) zone_.add_name(name_);
    for (const auto& [word, value] : records.get_object()) read_key(word, value);
  }

  void read_key(std::string_view word, const json::value& value) {
    type_ = word;
    if (word == "status") {
      if (const auto status = read_status(value)) zone_.set_status(name_, *status);
    } else if (word == "ttl") {
      std::uint32_t seconds = 0;
      if (!number(value, 0x7fffffff, seconds)) return complain("seconds from 0 to 2147483647 are wanted");
      zone_.set_ttl(name_, seconds);
    } else if (const auto type = parse_record_type(word)) {
      read_type(*type, value);
    } else if (std::find(std::begin(kOthers), std::end(kOthers), word) != std::end(kOthers)) {
      zone_.add_name(name_);
    } else {
      complain(
          "not known here; A, AAAA, CNAME, MX, PTR, TLSA, TXT, status and ttl are (names with dots need "
          "quotes)");
    }
  }

  void read_type(RecordType type, const json::value& value) {
    if (const auto* object = value.if_object()) {
      const auto* status = object->if_contains("status");
      if (!status || object->size() != 1) return complain("expected {\"status\": \"…\"} or records");
      if (const auto read = read_status(*status)) zone_.set_status(name_, type, *read);
    } else if (type == RecordType::cname) {
      const auto* one = value.if_array();
      if (const auto target = read_host(one && one->size() == 1 ? one->front() : value))
        zone_.set_alias(name_, *target);
    } else if (value.is_string()) {  // the only one
      read_record(type, value);
    } else if (const auto* records = value.if_array()) {
      for (const json::value& record : *records) read_record(type, record);
      if (records->empty()) zone_.set_status(name_, type, DnsStatus::nodata);
    } else {
      complain("expected an array of records");
    }
  }

  void read_record(RecordType type, const json::value& value) {
    DnsRecord record;
    switch (type) {
      case RecordType::a:
      case RecordType::aaaa: {
        const auto* text = value.if_string();
        const auto ip = text ? IpAddress::parse(*text) : std::nullopt;
        if (!ip || ip->is_v4() != (type == RecordType::a))
          return complain(type == RecordType::a ? "expected an IPv4 address such as \"192.0.2.1\""
                                                : "expected an IPv6 address such as \"2001:db8::1\"");
        record.address = *ip;
        break;
      }
      case RecordType::mx: {
        const json::array pair = value.is_string()  ? parted(value.get_string())
                                 : value.is_array() ? value.get_array()
                                                    : json::array();
        std::uint32_t preference = 0;
        if (pair.size() != 2 || !number(pair[0], 0xffff, preference))
          return complain("expected [preference, \"name\"], such as [10, \"mx.a.example\"]");
        record.preference = static_cast<std::uint16_t>(preference);
        const auto host = read_host(pair[1]);
        if (!host) return;
        record.text = *host;
        break;
      }
      case RecordType::ptr:
      case RecordType::cname: {
        const auto host = read_host(value);
        if (!host) return;
        record.text = *host;
        break;
      }
      case RecordType::txt:
      case RecordType::tlsa: {
        const auto text = read_strings(value);
        if (!text) return;
        record.text = *text;
        break;
      }
    }
    zone_.add(name_, type, std::move(record));
  }

  // "10 mx.a.example", as master files have it.  RFC 1035 §5.1
  static json::array parted(std::string_view text) {
    const std::size_t blank = text.find(' ');
    std::uint16_t preference = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + std::min(blank, text.size()), preference);
    if (blank == text.npos || error != std::errc() || end != text.data() + blank) return {};
    return {json::value(std::int64_t{preference}), json::value(trim(text.substr(blank)))};
  }

  // A string, or the character-strings of one record (joined, as all its readers do).
  std::optional<std::string> read_strings(const json::value& value) {
    const auto one = [this](const json::value& part) -> std::optional<std::string> {
      const auto* text = part.if_string();
      if (!text) return complain("expected a string, or an array of strings"), std::nullopt;
      auto read = octets(*text);
      if (!read) complain("characters above \\u00ff are no octets: write their UTF-8 as \\u0080–\\u00ff");
      return read;
    };
    const auto* parts = value.if_array();
    if (!parts) return one(value);
    std::string joined;
    for (const json::value& part : *parts) {
      const auto text = one(part);
      if (!text) return std::nullopt;
      joined += *text;
    }
    return joined;
  }

  std::optional<std::string> read_host(const json::value& value) {
    const auto* text = value.if_string();
    auto name = text ? octets(*text) : std::nullopt;
    if (!name || !valid_name(*name))
      return complain("expected a DNS name such as \"mx.a.example\""), std::nullopt;
    return DnsQuestion(*name, RecordType::a).name;
  }

  std::optional<DnsStatus> read_status(const json::value& value) {
    const auto* word = value.if_string();
    const auto status = word ? parse_dns_status(to_lower(*word)) : std::nullopt;
    if (!status || *status == DnsStatus::ok) {
      complain("status is one of nxdomain, timeout, servfail, refused, nodata, bogus");
      return std::nullopt;
    }
    return status;
  }

  static bool number(const json::value& value, std::uint32_t most, std::uint32_t& out) {
    if (!value.is_int64() || value.get_int64() < 0 || value.get_int64() > most) return false;
    out = static_cast<std::uint32_t>(value.get_int64());
    return true;
  }

  Zone zone_;
  std::set<std::string> seen_;
  std::string name_as_written_, name_, type_;
  std::vector<ZoneMistake> mistakes_;
};

// "file:line:column: 'name': TXT: message", a line each.
Result<Zone> zone_from(const json::value& root, std::string_view file, const Places& places) {
  Reader reader;
  Zone zone = reader.read(root);
  std::string errors;
  for (const ZoneMistake& mistake : reader.take_mistakes()) {
    Place place;
    for (const auto& key : {std::pair(mistake.name, mistake.type), std::pair(mistake.name, std::string())})
      if (const auto at = places.find(key); place.line == 0 && at != places.end()) place = at->second;
    if (!errors.empty()) errors += '\n';
    errors += file;
    if (place.line != 0) errors += fmt::format(":{}:{}", place.line, place.column);
    errors += ": " + mistake.text();
  }
  if (!errors.empty()) return Error(errors);
  return zone;
}

// What a zone may hold: tables, arrays, strings and whole numbers; the rest becomes null, which no reader
// wants.
json::value to_json(const toml::node& node) {
  if (const auto* text = node.as_string()) return json::string(text->get());
  if (const auto* number = node.as_integer()) return number->get();
  if (const auto* array = node.as_array()) {
    json::array values;
    for (const toml::node& member : *array) values.push_back(to_json(member));
    return values;
  }
  if (const auto* table = node.as_table()) {
    json::object object;
    for (const auto& [key, member] : *table) object.emplace(key.str(), to_json(member));
    return object;
  }
  return nullptr;
}

Result<Zone> parse_toml(std::string_view text, std::string_view file) {
  const auto place = [](const toml::source_region& source) {
    return Place{source.begin.line, source.begin.column};
  };
  try {
    const toml::table root = toml::parse(text);
    Places places;
    for (const auto& [name, node] : root) {
      places[{std::string(name.str()), ""}] = place(name.source());
      if (const auto* types = node.as_table())
        for (const auto& [type, records] : *types)
          places[{std::string(name.str()), std::string(type.str())}] = place(type.source());
    }
    return zone_from(to_json(root), file, places);
  } catch (const toml::parse_error& error) {
    const Place at = place(error.source());
    return Error(fmt::format("{}:{}:{}: {}", file, at.line, at.column, error.description()));
  }
}

Result<Zone> parse_json(std::string_view text, std::string_view file) {
  json::stream_parser parser;
  boost::system::error_code error;
  std::size_t read = parser.write_some(text.data(), text.size(), error);
  if (!error && parser.done()) read = std::min(text.find_first_not_of(" \t\r\n", read), text.size());
  if (error || !parser.done() || read < text.size()) {
    const std::string_view before = text.substr(0, read);
    const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
    const std::string what = error           ? error.message()
                             : parser.done() ? "something stands behind the end of the zone"
                                             : "the zone ends too early";
    return Error(fmt::format("{}:{}:{}: {}", file, 1 + std::count(before.begin(), before.end(), '\n'),
                             1 + read - line_start, what));
  }
  return zone_from(parser.release(), file, {});
}

}  // namespace

std::string ZoneMistake::text() const {
  std::string text;
  if (!name.empty()) text += fmt::format("'{}': ", printable(name));
  if (!type.empty()) text += printable(type) + ": ";
  return text + message;
}

Zone zone_of(const toml::table& table, std::vector<ZoneMistake>& mistakes) {
  Reader reader;
  Zone zone = reader.read(to_json(table));
  std::ranges::move(reader.take_mistakes(), std::back_inserter(mistakes));
  return zone;
}

Result<Zone> Zone::parse(std::string_view text, std::string_view file_name) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  const bool braced = first != text.npos && text[first] == '{';
  const bool is_json = file_name.ends_with(".json") || (!file_name.ends_with(".toml") && braced);
  return is_json ? parse_json(text, file_name) : parse_toml(text, file_name);
}

Result<Zone> Zone::load(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored))
    return Error(fmt::format("{}: is a directory; a zone is a file", file.string()), EISDIR);
  if (!stream)
    return Error(fmt::format("cannot read the zone {}: {}", file.string(), std::strerror(errno)), errno);
  const std::string text((std::istreambuf_iterator<char>(stream)), {});
  if (stream.bad()) return Error(fmt::format("cannot read the zone {}", file.string()), EIO);
  return parse(text, file.string());
}

}  // namespace gateway::dns
