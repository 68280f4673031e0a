#pragma once
// What libspf2 sees while it walks a record: answers to the handles of the rewrite, out of the pinned ones,
// with the limits of RFC 7208 §4.6.4 kept over the whole evaluation.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "filters/names/client_names.h"
#include "filters/spf/check.h"
#include "filters/spf/macro.h"
#include "filters/spf/rewrite.h"
#include "filters/spf/trail.h"

namespace filters::spf {

using names::ClientNames;

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
  using Entry = Trail::Entry;
  using Kind = Trail::Kind;
  struct Stop {
    Outcome outcome;
    std::string reason;
  };

  // Of the entry at hand, whose number is current_.
  Reply record();
  Reply addresses(const std::string& name, Kind kind);
  Reply exchangers();
  Reply client_names_under();
  Reply exists();
  bool reach();
  void enter(const Record& record, Rewrite& rewrite, const std::string& domain);

  Entry& entry() { return trail_.entries[current_]; }
  Reply again() const { return {.status = Reply::Status::again}; }
  Reply nothing(Kind kind, std::optional<DnsQuestion> asked, std::string found);
  std::optional<std::string> target();
  const ClientNames* names(bool for_macro);
  const DnsAnswer* ask(const DnsQuestion& question);
  bool is_trouble(const DnsAnswer& answer, const DnsQuestion& question);
  bool spend(std::size_t look_ups);
  void visit(Kind kind, std::optional<DnsQuestion> asked, std::string found);
  Reply stop(Outcome outcome, std::optional<DnsQuestion> asked, const std::string& why,
             std::string_view section = {});
  void foresee();
  void explain(CheckResult& result) const;
  std::string reason(Outcome outcome, bool by_default) const;
  std::string remedy(Outcome outcome) const;
  RecordType address_type() const { return check_.client.is_v4() ? RecordType::a : RecordType::aaaa; }

  const Check& check_;
  const Answers& answers_;
  MacroValues values_;
  Trail trail_;
  std::size_t current_ = 0;
  std::size_t last_ = Trail::kNone;  // the last deciding term that was reached
  unsigned terms_ = 0;
  unsigned voids_ = 0;
  std::size_t look_ups_ = 0;
  std::size_t record_octets_ = 0;
  std::optional<Stop> stop_;
  std::optional<ClientNames> names_;
  std::vector<DnsQuestion> missing_;
  std::vector<DnsQuestion> foreseen_;
};

}  // namespace filters::spf
