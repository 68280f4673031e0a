#include "filters/spf/walk.h"

#include <algorithm>

#include "policy/facts/text.h"

#include "filters/names/dns_name.h"
#include "filters/names/reverse_name.h"
#include "filters/spf/explanation.h"

namespace filters::spf {

using namespace filters::names;
namespace {

// RFC 7208 §4.6.4
constexpr unsigned kTerms = 10;
constexpr unsigned kVoids = 2;
constexpr std::size_t kExchangers = 10;

constexpr std::size_t kHandles = 4096;  // far beyond what ten terms can bring
constexpr std::size_t kUsualEntries = 16;

std::string counted(std::size_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

std::string describe(const DnsQuestion& question, DnsStatus status) {
  return std::string(name(question.type)) + " " + printable(question.name) + ": " + std::string(name(status));
}

}  // namespace

Walk::Walk(const Check& check, const Answers& answers) : check_(check), answers_(answers) {
  values_.local = check.local.empty() ? "postmaster" : check.local;
  values_.sender_domain = check.domain;
  values_.domain = check.domain;
  values_.helo = check.helo;
  values_.client = check.client;
  trail_.records.push_back({.domain = check.domain});
  trail_.entries.reserve(kUsualEntries);
  trail_.entries.push_back({.deciding = true, .is_term = false});
}

Walk::Reply Walk::look_up(std::string_view handle, RecordType type) {
  if (stop_ || !missing_.empty()) return again();
  const auto number = handle_number(handle);
  if (!number || *number >= trail_.entries.size()) {
    fail("a name that was not given");
    return again();
  }
  current_ = *number;
  if (!reach()) return again();
  switch (entry().handle.kind) {
    case Handle::Kind::record: return type == RecordType::txt ? record() : Reply{};
    case Handle::Kind::mx: return exchangers();
    case Handle::Kind::ptr: return client_names_under();
    case Handle::Kind::exists: return exists();
    case Handle::Kind::trace: return {};
    case Handle::Kind::address: break;
  }
  if (!entry().is_term) return addresses(entry().target, Kind::host);
  const auto name = target();
  return name ? addresses(*name, Kind::term) : again();
}

// False when the walk has come to its end with it.
bool Walk::reach() {
  Entry& term = entry();
  if (!term.is_term || term.reached) return true;
  term.reached = true;
  trail_.records[term.record].last = current_;
  if (term.deciding) last_ = current_;
  if (term.handle.kind == Handle::Kind::trace) {
    const bool is_end = term.handle.is_end;
    visit(is_end ? Kind::end : Kind::match, {}, is_end ? "no term matches" : "matches");
    return true;
  }
  if (++terms_ > kTerms) stop(Outcome::permerror, {}, "more than 10 terms look up", "§4.6.4");
  return !stop_;
}

Walk::Reply Walk::record() {
  const auto name = target();
  if (!name) return again();
  // Of an include or a redirect that there is none is an error.  RFC 7208 §5.2, §6.1
  const auto absent = [&](std::optional<DnsQuestion> asked, const std::string& why) {
    if (entry().is_term)
      return stop(Outcome::permerror, std::move(asked), why, entry().handle.redirect ? "§6.1" : "§5.2");
    return nothing(Kind::record, std::move(asked), "no SPF record");
  };
  if (!is_checkable(*name)) return absent({}, "\"" + printable(*name, 80) + "\" is no domain name");
  DnsQuestion question(*name, RecordType::txt);
  const DnsAnswer* answer = spend(1) ? ask(question) : nullptr;
  if (!answer || is_trouble(*answer, question)) return again();
  const auto selected = select_record(answer->records);
  if (selected.count == 0) return absent(std::move(question), printable(*name) + " has no SPF record");
  if (selected.count > 1)
    return stop(Outcome::permerror, std::move(question),
                printable(*name) + " publishes " + std::to_string(selected.count) +
                    " SPF records, and only one is allowed",
                "§4.5");
  const auto refuse = [&](const Error& error) {
    return stop(Outcome::permerror, question, "the SPF record of " + printable(*name) + ": " + error.text(),
                "§4.6");
  };
  record_octets_ += selected.text->size();
  if (record_octets_ > check_.record_octets)
    return refuse(Error("the records have more than " + counted(check_.record_octets, "octet") + " in all"));
  const auto parsed = parse_record(*selected.text);
  if (!parsed) return refuse(parsed.error());
  auto rewritten = rewrite(*parsed, check_.client, trail_.entries.size());
  if (!rewritten) return refuse(rewritten.error());
  if (trail_.entries.size() > kHandles) return refuse(Error("too many terms"));
  std::string found = "SPF record found";
  if (rewritten->networks > 0)
    found += ", " + check_.client.text() +
             (rewritten->networks == 1 ? " is not in its network"
                                       : " is in none of its " + counted(rewritten->networks, "network"));
  visit(Kind::record, std::move(question), std::move(found));
  enter(*parsed, *rewritten, *name);
  return {.status = Reply::Status::found, .text = std::move(rewritten->text)};
}

void Walk::enter(const Record& record, Rewrite& rewrite, const std::string& domain) {
  const std::size_t number = trail_.records.size();
  const bool includes = entry().is_term && !entry().handle.redirect;
  const bool deciding = entry().deciding && !includes;
  trail_.records.push_back(
      {.domain = domain, .depth = trail_.record_of(entry()).depth + (includes ? 1 : 0), .exp = record.exp});
  entry().reads = number;
  for (Handle& handle : rewrite.handles)
    trail_.entries.push_back({.handle = std::move(handle), .record = number, .deciding = deciding});
  foreseen_.clear();
  foresee();
}

Walk::Reply Walk::addresses(const std::string& name, Kind kind) {
  if (!can_ask(name)) return nothing(kind, {}, "\"" + printable(name, 80) + "\" can be no name");
  DnsQuestion question(name, address_type());
  const DnsAnswer* answer = kind == Kind::host || spend(1) ? ask(question) : nullptr;
  if (!answer || is_trouble(*answer, question)) return again();
  Reply reply;
  for (const DnsRecord& found : answer->records)
    if (!check_.client.is_v4() || found.address.is_v4())
      reply.addresses.push_back(
          disguise(entry().handle.any_address ? check_.client : found.address, check_.client));
  if (reply.addresses.empty()) return nothing(kind, std::move(question), "no address");
  visit(kind, std::move(question), {});
  reply.status = Reply::Status::found;
  return reply;
}

Walk::Reply Walk::exchangers() {
  const auto name = target();
  if (!name) return again();
  if (!can_ask(*name)) return nothing(Kind::term, {}, "\"" + printable(*name, 80) + "\" can be no name");
  DnsQuestion question(*name, RecordType::mx);
  const DnsAnswer* answer = spend(1) ? ask(question) : nullptr;
  if (!answer || is_trouble(*answer, question)) return again();
  const std::size_t count = answer->records.size();
  if (count == 0) return nothing(Kind::term, std::move(question), "no MX");
  if (count > kExchangers)
    return stop(Outcome::permerror, std::move(question),
                printable(*name) + " has " + std::to_string(count) + " MX names, and 10 are allowed",
                "§4.6.4");
  if (!spend(count)) return again();
  visit(Kind::term, std::move(question), counted(count, "exchanger"));
  Reply reply;
  const Entry mx = entry();
  for (const DnsRecord& found : answer->records) {
    Entry host{.record = mx.record, .is_term = false, .mx = current_, .target = found.text};
    host.handle.kind = Handle::Kind::address;
    host.handle.any_address = mx.handle.any_address;
    reply.names.push_back(handle_name(trail_.entries.size()));
    trail_.entries.push_back(std::move(host));
    if (can_ask(found.text)) foreseen_.emplace_back(found.text, address_type());
  }
  reply.status = Reply::Status::found;
  return reply;
}

Walk::Reply Walk::exists() {
  const auto name = target();
  if (!name) return again();
  if (!can_ask(*name)) return nothing(Kind::term, {}, "\"" + printable(*name, 80) + "\" can be no name");
  DnsQuestion question(*name, RecordType::a);  // whatever the client's family, RFC 7208 §5.7
  const DnsAnswer* answer = spend(1) ? ask(question) : nullptr;
  if (!answer || is_trouble(*answer, question)) return again();
  if (answer->records.empty()) return nothing(Kind::term, std::move(question), "no address");
  visit(Kind::term, std::move(question), "there is an address");
  return {.status = Reply::Status::found, .addresses = {IpAddress::v4(0x7f000002)}};
}

Walk::Reply Walk::client_names_under() {
  const auto domain = target();
  if (!domain) return again();
  const ClientNames* known = names(false);
  if (!known) return again();
  const std::string_view match = known->best(to_lower(*domain), false);
  if (match.empty()) {
    if (known->is_void()) return nothing(Kind::term, {}, "the address has no name");
    visit(Kind::term, {}, "no confirmed name is under " + printable(*domain, 80));
    return {};
  }
  visit(Kind::term, {}, printable(match, 80) + " is confirmed");
  return {.status = Reply::Status::found, .addresses = {IpAddress::v4(0x7f000002)}};
}

// Nothing is there.  Of a term it is a void look-up; MX hosts are not counted.
Walk::Reply Walk::nothing(Kind kind, std::optional<DnsQuestion> asked, std::string found) {
  if (kind == Kind::term) {
    if (++voids_ > kVoids)
      return stop(
          Outcome::permerror, std::move(asked),
          found + ": void look-up " + std::to_string(voids_) + " of at most " + std::to_string(kVoids),
          "§4.6.4");
    found += " (void look-up " + std::to_string(voids_) + " of at most " + std::to_string(kVoids) + ")";
  }
  visit(kind, std::move(asked), std::move(found));
  return {};
}

std::optional<std::string> Walk::target() {
  const std::string& domain = trail_.record_of(entry()).domain;
  const std::string& spec = entry().handle.spec;
  if (spec.empty()) return domain;
  values_.domain = domain;
  if (needs_client_name(spec)) {
    const ClientNames* known = names(true);
    if (!known) return std::nullopt;
    values_.client_name = known->best(to_lower(domain), true);
    if (values_.client_name.empty()) values_.client_name = "unknown";
  }
  return expand(spec, values_);
}

// Null when answers are missing or the walk has come to its end.
const ClientNames* Walk::names(bool for_macro) {
  if (names_) return &*names_;
  // The PTR look-up of %{p} counts among the ten, as a "ptr" does.  RFC 7208 §4.6.4
  if (for_macro && ++terms_ > kTerms) {
    stop(Outcome::permerror, {}, "more than 10 terms look up, %{p} among them", "§4.6.4");
    return nullptr;
  }
  ClientNames found = client_names(check_.client, answers_);
  if (!spend(1 + found.claimed.size())) return nullptr;
  if (found.open) {
    if (!ask(found.asked)) return nullptr;
    for (const ClaimedName& one : found.claimed) ask(one.asked);
    return nullptr;
  }
  visit(Kind::name, found.asked, found.told());
  for (const ClaimedName& one : found.claimed) visit(Kind::name, one.asked, std::string(name(one.state)));
  return &names_.emplace(std::move(found));
}

const DnsAnswer* Walk::ask(const DnsQuestion& question) {
  const DnsAnswer* answer = answers_.dns(question);
  if (!answer && std::find(missing_.begin(), missing_.end(), question) == missing_.end())
    missing_.push_back(question);
  return answer;
}

bool Walk::is_trouble(const DnsAnswer& answer, const DnsQuestion& question) {
  if (answer.failed()) stop(Outcome::temperror, question, describe(question, answer.status));
  return answer.failed();
}

bool Walk::spend(std::size_t look_ups) {
  look_ups_ += look_ups;
  if (look_ups_ > check_.look_ups)
    stop(Outcome::temperror, {}, "takes more than " + counted(check_.look_ups, "look-up"));
  return !stop_;
}

void Walk::visit(Kind kind, std::optional<DnsQuestion> asked, std::string found) {
  trail_.visits.push_back({kind, current_, std::move(asked), std::move(found)});
}

// The questions of the plain terms of the record just read, as many as may still be asked.
void Walk::foresee() {
  unsigned left = kTerms - std::min(terms_, kTerms);
  for (const Entry& term : trail_.entries) {
    const Handle& handle = term.handle;
    if (!term.is_term || term.reached || handle.kind == Handle::Kind::trace) continue;
    if (left-- == 0) return;
    if (handle.kind == Handle::Kind::ptr) {
      foreseen_.push_back(reverse_question(check_.client));
      continue;
    }
    if (handle.spec.find('%') != std::string::npos) continue;
    const std::string name =
        handle.spec.empty() ? trail_.record_of(term).domain : expand(handle.spec, values_);
    if (!can_ask(name)) continue;
    const RecordType type = handle.kind == Handle::Kind::record   ? RecordType::txt
                            : handle.kind == Handle::Kind::mx     ? RecordType::mx
                            : handle.kind == Handle::Kind::exists ? RecordType::a
                                                                  : address_type();
    foreseen_.emplace_back(name, type);
  }
}

// The first stop counts.
Walk::Reply Walk::stop(Outcome outcome, std::optional<DnsQuestion> asked, const std::string& why,
                       std::string_view section) {
  if (stop_) return again();
  const Entry& term = entry().mx == Trail::kNone ? entry() : trail_.entries[entry().mx];
  std::string reason = term.is_term ? term_of(trail_, term) + ": " + why : why;
  if (!section.empty()) reason += " (RFC 7208 " + std::string(section) + ")";
  stop_ = Stop{outcome, std::move(reason)};
  visit(Kind::stopped, std::move(asked), why + ": " + std::string(name(outcome)));
  return again();
}

void Walk::fail(std::string_view why) { stop(Outcome::permerror, {}, std::string(why)); }

CheckResult Walk::finish(Outcome library, bool by_default) const {
  CheckResult result;
  if (!missing_.empty()) {
    result.questions.assign(missing_.begin(), missing_.end());
    for (const DnsQuestion& question : foreseen_)
      if (!answers_.dns(question) && std::find(result.questions.begin(), result.questions.end(),
                                               Question(question)) == result.questions.end())
        result.questions.emplace_back(question);
    return result;
  }
  if (stop_) {
    result.outcome = stop_->outcome;
    result.reason = stop_->reason;
    if (stop_->outcome == Outcome::temperror) result.trouble = stop_->reason;
    result.steps = trail_.steps(check_.client, false);
    return result;
  }
  result.outcome = library;
  if (last_ != Trail::kNone && library != Outcome::none && library != Outcome::permerror)
    result.mechanism = trail_.entries[last_].handle.text;
  result.reason = reason(library, by_default);
  result.remedy = remedy(library);
  result.steps = trail_.steps(check_.client, true);
  if (library == Outcome::fail) explain(result);
  return result;
}

std::string Walk::reason(Outcome outcome, bool by_default) const {
  const std::string ip = check_.client.text();
  const std::string domain = printable(check_.domain);
  std::string matched = "no mechanism matched";
  if (!by_default && last_ != Trail::kNone) {
    // A record that a redirect led to, and the term within an include, are somebody else's to change.
    const Entry& term = trail_.entries[last_];
    const bool own = trail_.record_of(term).domain == check_.domain;
    matched = (own ? printable(term.handle.text, 80) : term_of(trail_, term)) + " matched";
    if (const Entry& inner = trail_.innermost(last_); &inner != &term)
      matched += " (" + term_of(trail_, inner) + ")";
  }
  switch (outcome) {
    case Outcome::none: return domain + " has no SPF record";
    case Outcome::pass: return ip + " is allowed by " + domain + ": " + matched;
    case Outcome::fail: return ip + " is not allowed by " + domain + ": " + matched;
    case Outcome::softfail: return ip + " is probably not allowed by " + domain + ": " + matched;
    case Outcome::neutral: return domain + " says nothing about " + ip + ": " + matched;
    default: return "the SPF record of " + domain + " could not be evaluated";
  }
}

std::string Walk::remedy(Outcome outcome) const {
  const std::string term = (check_.client.is_v4() ? "ip4:" : "ip6:") + check_.client.text();
  if (outcome == Outcome::none)
    return "publish an SPF record at " + printable(check_.domain) + ", such as v=spf1 " + term + " -all";
  if (last_ == Trail::kNone || outcome == Outcome::pass || outcome == Outcome::permerror) return {};
  return "add " + term + " to the SPF record of " +
         printable(trail_.record_of(trail_.entries[last_]).domain) + " if it may send";
}

// That of the record whose term decided; one behind a redirect counts, one within an include does not.
// RFC 7208 §6.2
void Walk::explain(CheckResult& result) const {
  if (last_ == Trail::kNone) return;
  const Trail::Record& record = trail_.record_of(trail_.entries[last_]);
  result.explanation_open = record.exp && !check_.explain;
  if (!record.exp || !check_.explain) return;
  MacroValues values = values_;
  values.domain = record.domain;
  values.receiver = check_.receiver;
  values.now = check_.now.time_since_epoch().count();
  Explanation found = find_explanation(*record.exp, std::move(values), answers_);
  result.explanation = std::move(found.text);
  result.questions.assign(found.questions.begin(), found.questions.end());
  result.steps.insert(result.steps.end(), std::make_move_iterator(found.steps.begin()),
                      std::make_move_iterator(found.steps.end()));
}

}  // namespace filters::spf
