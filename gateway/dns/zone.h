#pragma once
// A DNS zone from a file, in JSON or TOML (DESIGN §6): for the demo, the tests and `explain --dns`.

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "gateway/vocabulary.h"

namespace gateway::dns {

class Zone {
 public:
  static constexpr std::uint32_t kTtl = 300;  // seconds, of records that give none

  // Every mistake of the text stands in the error, a line each: "zone.json:3:9: …".  TOML when the file's
  // name ends so, JSON when it ends in .json; else JSON if the first character is '{'.
  static Result<Zone> load(const std::filesystem::path& file);
  static Result<Zone> parse(std::string_view text, std::string_view file_name);

  // Names are taken in any case and with or without the root's dot; they must be valid (wire.h).
  void add_name(std::string_view name) { entry(name); }  // it exists, perhaps with nothing we ask for
  void add(std::string_view name, RecordType type, DnsRecord record);
  void set_alias(std::string_view name, std::string_view target);  // CNAME
  void set_status(std::string_view name, DnsStatus status);        // all types without records
  void set_status(std::string_view name, RecordType type, DnsStatus status);
  void set_ttl(std::string_view name, std::uint32_t seconds);

  // A name not in the zone does not exist; one with other types only, or with names below it, has no data.
  // CNAMEs are followed within the zone; a loop is servfail.
  DnsAnswer answer(const DnsQuestion& question) const;

 private:
  struct Entry {
    std::map<RecordType, DnsAnswer> types;
    std::optional<std::string> alias;
    std::optional<DnsStatus> status;
    std::uint32_t ttl = kTtl;
  };
  Entry& entry(std::string_view name);

  std::map<std::string, Entry, std::less<>> names_;
  std::set<std::string, std::less<>> above_;  // the ancestors of names that exist
};

}  // namespace gateway::dns
