#pragma once
// The only way a filter touches the world: it asks, and is called again with the answers.  They are pinned to
// the transaction, so that the answers used are the record that explains and replays the verdict.

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "policy/facts/ip_address.h"

namespace policy::inline facts {

enum class RecordType : std::uint16_t { a = 1, cname = 5, ptr = 12, mx = 15, txt = 16, aaaa = 28, tlsa = 52 };

std::string_view name(RecordType type);  // "A", "TXT", …
std::optional<RecordType> parse_record_type(std::string_view word);

// One DNS look-up.  The name is lower case, without the root's dot; it may be any octets (SPF macros) and
// need not be a valid host name.
struct DnsQuestion {
  DnsQuestion(std::string_view name, RecordType type);
  std::string name;
  RecordType type;
  friend auto operator<=>(const DnsQuestion&, const DnsQuestion&) = default;
};

// Values of the shared state (greylist, rates) become a second alternative.
using Question = std::variant<DnsQuestion>;

enum class DnsStatus { ok, nodata, nxdomain, timeout, servfail, refused, bogus };

std::string_view name(DnsStatus status);
std::optional<DnsStatus> parse_dns_status(std::string_view word);

struct DnsRecord {
  std::string text;   // TXT: its character-strings joined; PTR, CNAME, MX: the name, lower case, no root dot
  IpAddress address;  // A, AAAA
  std::uint16_t preference = 0;  // MX
  friend bool operator==(const DnsRecord&, const DnsRecord&) = default;
};

struct DnsAnswer {
  DnsStatus status = DnsStatus::nxdomain;
  std::uint32_t ttl = 0;           // seconds
  bool secure = false;             // validated by DNSSEC
  std::vector<DnsRecord> records;  // of the type asked, CNAMEs followed; empty unless ok

  // The look-up failed, which is not the same as "there is nothing".
  bool failed() const {
    return status != DnsStatus::ok && status != DnsStatus::nodata && status != DnsStatus::nxdomain;
  }
};

// The answers pinned so far.
class Answers {
 public:
  const DnsAnswer* dns(std::string_view name, RecordType type) const;
  const DnsAnswer* dns(const DnsQuestion& question) const;
  bool has(const Question& question) const;
  void pin(const DnsQuestion& question, DnsAnswer answer);  // the first answer stays
  const std::map<DnsQuestion, DnsAnswer>& all() const { return dns_; }

 private:
  std::map<DnsQuestion, DnsAnswer> dns_;
};

}  // namespace policy::inline facts
