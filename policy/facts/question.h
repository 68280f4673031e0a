#pragma once
// The only way a filter touches the world: it asks, and is called again with the answers.  They are pinned to
// the transaction, so that the answers used are the record that explains and replays the verdict.

#include <chrono>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "policy/facts/ip_address.h"
#include "policy/facts/value.h"

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

  // The part of the name that is nobody's business but ours, the key of a list we subscribe to: its place and
  // its octets, none where there is no secret.  No part of what is asked, so not compared.
  std::uint8_t secret_at = 0;
  std::uint8_t secret_octets = 0;

  // The name as records, logs and people see it: "{key}" stands in the place of the secret.
  std::string shown() const;

  friend std::strong_ordering operator<=>(const DnsQuestion& a, const DnsQuestion& b) {
    const auto by_name = a.name <=> b.name;
    return by_name != 0 ? by_name : a.type <=> b.type;
  }
  friend bool operator==(const DnsQuestion& a, const DnsQuestion& b) {
    return a.type == b.type && a.name == b.name;
  }
};

// A value of the state that all sessions, and perhaps several gateways, share.  Tables are named by the
// filter that keeps them: "greylist", "rate.client".
struct StateQuestion {
  enum class Asks : std::uint8_t {
    mark,  // since when and how often a key has been seen; changes nothing
    rate,  // how much came within the window, `add` included: added and got in one step, once per transaction
  };
  Asks asks = Asks::mark;
  std::string table;
  std::string key;  // any octets, at most 1024
  double add = 0;   // 0 only reads
  std::chrono::seconds window{3600};
  friend auto operator<=>(const StateQuestion&, const StateQuestion&) = default;
};

using Question = std::variant<DnsQuestion, StateQuestion>;

// For people: "a.example TXT", "greylist of a.example"; escaped.
std::string to_text(const Question& question);

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

// What is remembered of a key.
struct Mark {
  Time first{};
  Time last{};
  std::uint64_t count = 0;
  friend bool operator==(const Mark&, const Mark&) = default;
};

struct StateAnswer {
  std::string failed;        // why there is no answer; empty: there is one
  std::optional<Mark> mark;  // nothing: never seen, or forgotten
  double rate = 0;
  friend bool operator==(const StateAnswer&, const StateAnswer&) = default;
};

// What a filter wants remembered when a transaction is over.
struct StateUpdate {
  enum class Does : std::uint8_t {
    touch,  // makes the mark, or moves its `last` to now and counts it
    add,    // adds to the rate
  };
  Does does = Does::touch;
  std::string table;
  std::string key;
  double add = 0;
  std::chrono::seconds keep{
      3600};  // a mark is forgotten when it was not touched for so long; a rate's window
  friend bool operator==(const StateUpdate&, const StateUpdate&) = default;
};

// The answers pinned so far.
class Answers {
 public:
  const DnsAnswer* dns(std::string_view name, RecordType type) const;
  const DnsAnswer* dns(const DnsQuestion& question) const;
  const StateAnswer* state(const StateQuestion& question) const;
  bool has(const Question& question) const;
  void pin(const DnsQuestion& question, DnsAnswer answer);  // the first answer stays
  void pin(const StateQuestion& question, StateAnswer answer);
  const std::map<DnsQuestion, DnsAnswer>& all() const { return dns_; }
  const std::map<StateQuestion, StateAnswer>& all_state() const { return state_; }

 private:
  std::map<DnsQuestion, DnsAnswer> dns_;
  std::map<StateQuestion, StateAnswer> state_;
};

}  // namespace policy::inline facts
