#include "filters/spf/walk.h"

#include <algorithm>

#include "policy/facts/text.h"

namespace filters::spf {
namespace {

// RFC 7208 §4.6.4
constexpr unsigned kTerms = 10;
constexpr unsigned kVoids = 2;
constexpr std::size_t kExchangers = 10;
constexpr std::size_t kClientNames = 10;

constexpr std::size_t kHandles = 4096;  // far beyond what ten terms can bring

// Whether a name can be in the DNS at all; its octets may be any.
bool can_ask(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t end = std::min(name.find('.', at), name.size());
    if (end == at || end - at > 63) return false;
    at = end + 1;
  }
  return true;
}

bool is_under(std::string_view name, std::string_view domain) {
  return name == domain || (name.size() > domain.size() && name.ends_with(domain) &&
                            name[name.size() - domain.size() - 1] == '.');
}

std::string why_failed(const std::string& name, RecordType type, DnsStatus status) {
  return std::string(policy::facts::name(type)) + " " + printable(name) + ": " +
         std::string(policy::facts::name(status));
}

}  // namespace

Walk::Walk(const Check& check, const Answers& answers) : check_(check), answers_(answers) {
  values_.local = check.local.empty() ? "postmaster" : check.local;
  values_.sender_domain = check.domain;
  values_.domain = check.domain;
  values_.helo = check.helo;
  values_.client = check.client;
  Entry start;
  start.domain = check.domain;
  start.deciding = true;
  start.is_term = false;
  entries_.push_back(std::move(start));
}

Walk::Reply Walk::look_up(std::string_view handle, RecordType type) {
  if (stop_ || !missing_.empty()) return again();
  const auto number = handle_number(handle);
  if (!number || *number >= entries_.size()) {
    fail("a name that was not given");
    return again();
  }
  Entry& known = entries_[*number];
  if (known.is_term && !known.counted) {
    known.counted = true;
    if (known.deciding) last_ = known.handle.text;
    if (known.handle.kind != Handle::Kind::trace && ++terms_ > kTerms) {
      fail("more than 10 terms look up");
      return again();
    }
  }
  const Entry entry = known;  // a record adds entries
  switch (entry.handle.kind) {
    case Handle::Kind::record: return type == RecordType::txt ? record(entry) : Reply{};
    case Handle::Kind::mx: return exchangers(entry);
    case Handle::Kind::ptr: return client_names_under(entry);
    case Handle::Kind::exists: return exists(entry);
    case Handle::Kind::trace: return {};
    case Handle::Kind::address: break;
  }
  if (!entry.is_term) return addresses(entry.target, entry.handle.any_address, false);
  const auto name = target(entry);
  return name ? addresses(*name, entry.handle.any_address, true) : again();
}

Walk::Reply Walk::record(Entry entry) {
  const auto name = target(entry);
  if (!name) return again();
  const auto absent = [&](const std::string& why) {
    if (entry.is_term) fail(printable(entry.handle.text, 80) + ": " + printable(*name) + " " + why);
    return entry.is_term ? again() : Reply{};
  };
  if (!can_ask(*name)) return absent("is no domain name");
  const DnsAnswer* answer = ask(*name, RecordType::txt);
  if (!answer || is_trouble(*answer, *name, RecordType::txt)) return again();
  const auto refuse = [&](const Error& error) {
    fail("the SPF record of " + printable(*name) + ": " + error.text());
    return again();
  };
  const auto text = select_record(answer->records);
  if (!text) return refuse(text.error());
  if (!*text) return absent("has no SPF record");
  const auto parsed = parse_record(**text);
  if (!parsed) return refuse(parsed.error());
  auto rewritten = rewrite(*parsed, check_.client, entries_.size());
  if (!rewritten) return refuse(rewritten.error());
  if (entries_.size() > kHandles) return refuse(Error("too many terms"));
  for (Handle& handle : rewritten->handles) {
    Entry term;
    term.handle = std::move(handle);
    term.domain = *name;
    term.deciding = entry.deciding && (!entry.is_term || entry.handle.redirect);
    entries_.push_back(std::move(term));
  }
  foreseen_.clear();
  foresee();
  return {.status = Reply::Status::found, .text = rewritten->text};
}

Walk::Reply Walk::addresses(const std::string& name, bool any, bool counts_as_void) {
  if (!can_ask(name)) return nothing(counts_as_void);
  const DnsAnswer* answer = ask(name, address_type());
  if (!answer || is_trouble(*answer, name, address_type())) return again();
  Reply reply;
  for (const DnsRecord& found : answer->records)
    if (!check_.client.is_v4() || found.address.is_v4())
      reply.addresses.push_back(disguise(any ? check_.client : found.address, check_.client));
  if (reply.addresses.empty()) return nothing(counts_as_void);
  reply.status = Reply::Status::found;
  return reply;
}

Walk::Reply Walk::exchangers(const Entry& entry) {
  const auto name = target(entry);
  if (!name) return again();
  if (!can_ask(*name)) return nothing(true);
  const DnsAnswer* answer = ask(*name, RecordType::mx);
  if (!answer || is_trouble(*answer, *name, RecordType::mx)) return again();
  if (answer->records.empty()) return nothing(true);
  if (answer->records.size() > kExchangers) {
    fail(printable(entry.handle.text, 80) + ": more than 10 MX names");
    return again();
  }
  Reply reply;
  for (const DnsRecord& found : answer->records) {
    Entry host;
    host.handle.kind = Handle::Kind::address;
    host.handle.any_address = entry.handle.any_address;
    host.is_term = false;
    host.target = found.text;
    reply.names.push_back(handle_name(entries_.size()));
    entries_.push_back(std::move(host));
    if (can_ask(found.text)) foreseen_.emplace_back(found.text, address_type());
  }
  reply.status = Reply::Status::found;
  return reply;
}

Walk::Reply Walk::exists(const Entry& entry) {
  const auto name = target(entry);
  if (!name) return again();
  if (!can_ask(*name)) return nothing(true);
  const DnsAnswer* answer = ask(*name, RecordType::a);  // whatever the client's family, RFC 7208 §5.7
  if (!answer || is_trouble(*answer, *name, RecordType::a)) return again();
  if (answer->records.empty()) return nothing(true);
  return {.status = Reply::Status::found, .addresses = {IpAddress::v4(0x7f000002)}};
}

Walk::Reply Walk::client_names_under(const Entry& entry) {
  const auto domain = target(entry);
  if (!domain) return again();
  const auto* names = client_names();
  if (!names) return again();
  const std::string wanted = to_lower(*domain);
  if (std::none_of(names->begin(), names->end(), [&](const auto& name) { return is_under(name, wanted); })) {
    const DnsAnswer* pointers = answers_.dns(reverse_name(), RecordType::ptr);
    return nothing(pointers && !pointers->failed() && pointers->records.empty());
  }
  return {.status = Reply::Status::found, .addresses = {IpAddress::v4(0x7f000002)}};
}

Walk::Reply Walk::nothing(bool counts_as_void) {
  if (counts_as_void && ++voids_ > kVoids) {
    fail("more than 2 terms look up names that have no such record");
    return again();
  }
  return {};
}

std::optional<std::string> Walk::target(const Entry& entry) {
  if (entry.handle.spec.empty()) return entry.domain;
  MacroValues& values = values_;
  values.domain = entry.domain;
  if (needs_client_name(entry.handle.spec)) {
    const auto* names = client_names();
    if (!names) return std::nullopt;
    // RFC 7208 §7.3: the domain itself, else a name below it, else any.
    const std::string domain = to_lower(entry.domain);
    auto best = std::find(names->begin(), names->end(), domain);
    if (best == names->end())
      best = std::find_if(names->begin(), names->end(),
                          [&](const auto& name) { return is_under(name, domain); });
    if (best == names->end()) best = names->begin();
    values.client_name = best == names->end() ? "unknown" : *best;
  }
  return expand(entry.handle.spec, values);
}

const DnsAnswer* Walk::ask(const std::string& name, RecordType type) {
  const DnsQuestion question(name, type);
  const DnsAnswer* answer = answers_.dns(question);
  if (!answer && std::find(missing_.begin(), missing_.end(), question) == missing_.end())
    missing_.push_back(question);
  return answer;
}

bool Walk::is_trouble(const DnsAnswer& answer, const std::string& name, RecordType type) {
  if (answer.failed()) stop(Outcome::temperror, why_failed(name, type, answer.status));
  return answer.failed();
}

// The names that the client's address has and that have the client's address.  A look-up that fails makes
// one name less, RFC 7208 §5.5.
const std::vector<std::string>* Walk::client_names() {
  if (client_names_) return &*client_names_;
  const DnsAnswer* pointers = ask(reverse_name(), RecordType::ptr);
  if (!pointers) return nullptr;
  std::vector<std::string> names;
  const std::size_t count = std::min(pointers->records.size(), kClientNames);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string& name = pointers->records[i].text;
    if (!can_ask(name)) continue;
    const DnsAnswer* forward = ask(name, address_type());
    if (forward && std::any_of(forward->records.begin(), forward->records.end(),
                               [&](const DnsRecord& record) { return record.address == check_.client; }))
      names.push_back(to_lower(name));
  }
  if (!missing_.empty()) return nullptr;
  client_names_ = std::move(names);
  return &*client_names_;
}

// The questions of the plain terms of the record just read, as many as may still be asked.
void Walk::foresee() {
  unsigned left = kTerms - std::min(terms_, kTerms);
  for (const Entry& entry : entries_) {
    const Handle& handle = entry.handle;
    if (!entry.is_term || entry.counted || handle.kind == Handle::Kind::trace) continue;
    if (left-- == 0) return;
    if (handle.kind == Handle::Kind::ptr) {
      foreseen_.emplace_back(reverse_name(), RecordType::ptr);
      continue;
    }
    if (handle.spec.find('%') != std::string::npos) continue;
    const std::string name = handle.spec.empty() ? entry.domain : expand(handle.spec, values_);
    if (!can_ask(name)) continue;
    const RecordType type = handle.kind == Handle::Kind::record   ? RecordType::txt
                            : handle.kind == Handle::Kind::mx     ? RecordType::mx
                            : handle.kind == Handle::Kind::exists ? RecordType::a
                                                                  : address_type();
    foreseen_.emplace_back(name, type);
  }
}

void Walk::stop(Outcome outcome, std::string reason) {
  if (!stop_) stop_ = Stop{outcome, std::move(reason)};
}

void Walk::fail(std::string_view why) { stop(Outcome::permerror, std::string(why)); }

std::string Walk::reverse_name() const { return expand("%{ir}.%{v}.arpa", values_); }

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
    return result;
  }
  const std::string ip = check_.client.text();
  const std::string domain = printable(check_.domain);
  result.outcome = library;
  if (library != Outcome::none && library != Outcome::permerror)
    result.mechanism = by_default ? "default" : last_;
  const std::string matched = by_default ? "no mechanism matched" : printable(last_, 80) + " matched";
  switch (library) {
    case Outcome::none: result.reason = domain + " has no SPF record"; break;
    case Outcome::pass: result.reason = ip + " is allowed by " + domain + ": " + matched; break;
    case Outcome::fail: result.reason = ip + " is not allowed by " + domain + ": " + matched; break;
    case Outcome::softfail:
      result.reason = ip + " is probably not allowed by " + domain + ": " + matched;
      break;
    case Outcome::neutral: result.reason = domain + " says nothing about " + ip + ": " + matched; break;
    default: result.reason = "the SPF record of " + domain + " could not be evaluated";
  }
  return result;
}

}  // namespace filters::spf
