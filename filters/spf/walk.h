#pragma once
// What libspf2 sees while it walks a record: answers to the handles of the rewrite, out of the pinned ones,
// with the limits of RFC 7208 §4.6.4 kept over the whole evaluation.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "filters/spf/check.h"
#include "filters/spf/macro.h"
#include "filters/spf/rewrite.h"

namespace filters::spf {

class Walk {
 public:
  Walk(const Check& check, const Answers& answers);

  struct Reply {
    enum class Status { found, nothing, again };
    Status status = Status::nothing;
    std::string text = {};                // of a TXT
    std::vector<std::string> names = {};  // of an MX
    std::vector<IpAddress> addresses = {};
  };
  // The library asks.  Once the walk is decided or lacks an answer, everything is `again`, so that it ends.
  Reply look_up(std::string_view handle, RecordType type);
  void fail(std::string_view why);  // permerror, decided here

  const Check& check() const { return check_; }
  std::string start() const { return handle_name(0); }

  // What came of it, given what the library said; `by_default`: no term matched.
  CheckResult finish(Outcome library, bool by_default) const;

 private:
  struct Entry {
    Handle handle;
    std::string domain;       // whose record holds the term
    bool deciding = false;    // what matches there is the result, not that of an include
    bool counted = false;     // against the look-ups
    bool is_term = true;      // false for the start and for MX hosts
    std::string target = {};  // of an MX host: its name
  };
  struct Stop {
    Outcome outcome;
    std::string reason;
  };

  Reply record(Entry entry);
  Reply addresses(const std::string& name, bool any, bool counts_as_void);
  Reply exchangers(const Entry& entry);
  Reply client_names_under(const Entry& entry);
  Reply exists(const Entry& entry);

  Reply again() const { return {.status = Reply::Status::again}; }
  Reply nothing(bool counts_as_void);
  std::optional<std::string> target(const Entry& entry);
  const DnsAnswer* ask(const std::string& name, RecordType type);
  bool is_trouble(const DnsAnswer& answer, const std::string& name, RecordType type);
  const std::vector<std::string>* client_names();
  void foresee();
  void stop(Outcome outcome, std::string reason);
  RecordType address_type() const { return check_.client.is_v4() ? RecordType::a : RecordType::aaaa; }
  std::string reverse_name() const;

  const Check& check_;
  const Answers& answers_;
  MacroValues values_;
  std::vector<Entry> entries_;
  std::string last_ = {};  // the last deciding term that was reached
  unsigned terms_ = 0;
  unsigned voids_ = 0;
  std::optional<Stop> stop_;
  std::optional<std::vector<std::string>> client_names_;
  std::vector<DnsQuestion> missing_;
  std::vector<DnsQuestion> foreseen_;
};

}  // namespace filters::spf
