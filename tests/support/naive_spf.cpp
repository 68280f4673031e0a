#include "tests/support/naive_spf.h"

#include <algorithm>

#include "filters/names/dns_name.h"
#include "filters/spf/macro.h"
#include "filters/spf/record.h"
#include "filters/spf/rewrite.h"
#include "policy/facts/text.h"

namespace support {
namespace {

using namespace filters::spf;
using namespace filters::names;
using enum policy::Outcome;

class Naive {
 public:
  Naive(const Check& check, const AnswerDns& dns) : check_(check), dns_(dns) {}

  Outcome check_host(const std::string& domain) {
    if (!is_checkable(domain)) return none;
    const DnsAnswer answer = ask(domain, RecordType::txt);
    std::vector<std::string> texts;
    for (const DnsRecord& record : answer.records)
      if (is_spf(record.text)) texts.push_back(record.text);
    if (texts.empty()) return none;
    if (texts.size() > 1) throw permerror;
    const auto record = parse_record(texts.front());
    if (!record) throw permerror;
    for (const Directive& directive : record->directives)
      if (!is_fair(directive.domain)) throw permerror;
    if (record->redirect && !is_fair(*record->redirect)) throw permerror;
    for (const Directive& directive : record->directives)
      if (matches(directive, domain)) return outcome_of(directive.qualifier);
    if (!record->redirect) return neutral;
    count_term();
    const Outcome outcome = check_host(name(*record->redirect, domain));
    if (outcome == none) throw permerror;
    return outcome;
  }

 private:
  static Outcome outcome_of(char qualifier) {
    return qualifier == '+' ? pass : qualifier == '-' ? fail : qualifier == '~' ? softfail : neutral;
  }

  DnsAnswer ask(const std::string& name, RecordType type) {
    DnsAnswer answer = dns_(DnsQuestion(name, type));
    if (answer.failed()) throw temperror;
    return answer;
  }

  void count_term() {
    if (++terms_ > 10) throw permerror;
  }
  bool count_void() {
    if (++voids_ > 2) throw permerror;
    return false;
  }

  RecordType family() const { return check_.client.is_v4() ? RecordType::a : RecordType::aaaa; }

  bool is_in(const IpAddress& address, const Directive& directive) const {
    if (check_.client.is_v4())
      return address.is_v4() && Network(address, directive.prefix4).contains(check_.client);
    // ::ffff:192.0.2.1 is an IPv6 address here.
    for (unsigned bit = 0; bit < directive.prefix6; ++bit)
      if (((address.octets()[bit / 8] ^ check_.client.octets()[bit / 8]) >> (7 - bit % 8)) & 1) return false;
    return true;
  }

  bool any_in(const DnsAnswer& answer, const Directive& directive) const {
    return std::any_of(answer.records.begin(), answer.records.end(),
                       [&](const DnsRecord& record) { return is_in(record.address, directive); });
  }

  bool matches(const Directive& directive, const std::string& domain) {
    if (directive.looks_up()) count_term();
    switch (directive.mechanism) {
      case Mechanism::all: return true;
      case Mechanism::ip4: return check_.client.is_v4() && is_in(directive.address, directive);
      case Mechanism::ip6: return !check_.client.is_v4() && is_in(directive.address, directive);
      case Mechanism::include: {
        const Outcome outcome = check_host(name(directive.domain, domain));
        if (outcome == none) throw permerror;
        return outcome == pass;
      }
      case Mechanism::a: return has_address(name(directive.domain, domain), directive);
      case Mechanism::mx: return has_exchanger(name(directive.domain, domain), directive);
      case Mechanism::exists: {
        const std::string target = name(directive.domain, domain);
        if (!can_ask(target) || ask(target, RecordType::a).records.empty()) return count_void();
        return true;
      }
      case Mechanism::ptr: return has_name(name(directive.domain, domain));
    }
    return false;
  }

  bool has_address(const std::string& target, const Directive& directive) {
    if (!can_ask(target)) return count_void();
    const DnsAnswer answer = ask(target, family());
    return answer.records.empty() ? count_void() : any_in(answer, directive);
  }

  bool has_exchanger(const std::string& target, const Directive& directive) {
    if (!can_ask(target)) return count_void();
    const DnsAnswer answer = ask(target, RecordType::mx);
    if (answer.records.empty()) return count_void();
    if (answer.records.size() > 10) throw permerror;
    return std::any_of(answer.records.begin(), answer.records.end(), [&](const DnsRecord& host) {
      return can_ask(host.text) && any_in(ask(host.text, family()), directive);
    });
  }

  // The confirmed ones, RFC 7208 §5.5.
  const std::vector<std::string>& client_names() {
    if (names_) return *names_;
    names_.emplace();
    MacroValues values;
    values.client = check_.client;
    const DnsAnswer pointers = dns_(DnsQuestion(expand("%{ir}.%{v}.arpa", values), RecordType::ptr));
    no_names_ = !pointers.failed() && pointers.records.empty();
    for (std::size_t i = 0; i < std::min<std::size_t>(10, pointers.records.size()); ++i) {
      const std::string& one = pointers.records[i].text;
      if (!can_ask(one)) continue;
      const DnsAnswer answer = dns_(DnsQuestion(one, family()));
      for (const DnsRecord& record : answer.records)
        if (record.address == check_.client && !answer.failed()) {
          names_->push_back(to_lower(one));
          break;
        }
    }
    return *names_;
  }

  bool has_name(const std::string& target) {
    const std::string wanted = to_lower(target);
    for (const std::string& one : client_names())
      if (one == wanted || one.ends_with("." + wanted)) return true;
    return no_names_ ? count_void() : false;
  }

  std::string name(const std::string& spec, const std::string& domain) {
    if (spec.empty()) return domain;
    MacroValues values;
    values.local = check_.local.empty() ? "postmaster" : check_.local;
    values.sender_domain = check_.domain;
    values.domain = domain;
    values.helo = check_.helo;
    values.client = check_.client;
    if (needs_client_name(spec)) {
      if (!names_) count_term();
      values.client_name = chosen_name(to_lower(domain));
    }
    return expand(spec, values);
  }

  std::string chosen_name(const std::string& domain) {  // RFC 7208 §7.3
    const auto& names = client_names();
    for (const std::string& one : names)
      if (one == domain) return one;
    for (const std::string& one : names)
      if (one.ends_with("." + domain)) return one;
    return names.empty() ? "unknown" : names.front();
  }

  const Check& check_;
  const AnswerDns& dns_;
  unsigned terms_ = 0;
  unsigned voids_ = 0;
  std::optional<std::vector<std::string>> names_;
  bool no_names_ = false;
};

}  // namespace

policy::Outcome naive_spf(const Check& check, const AnswerDns& dns) {
  try {
    return Naive(check, dns).check_host(check.domain);
  } catch (policy::Outcome stopped) {
    return stopped;
  }
}

}  // namespace support
