#pragma once
// Names and addresses of real people, replaced by such as are kept for examples (RFC 2606, 5737, 3849): the
// same always by the same, a name below another by one below the other's.

#include <map>
#include <string>
#include <vector>

#include "gateway/settings/settings.h"
#include "gateway/vocabulary.h"

namespace gateway::rehearsal {

class Disguise {
 public:
  // The domains that are served stay as they are: without them nothing would be taken.
  explicit Disguise(const settings::Settings& settings) : served_(settings.local_domains) {}

  // Replaces nothing.
  void take_off() { off_ = true; }

  std::string domain(const std::string& name);
  Address address(const Address& address);
  IpAddress ip(const IpAddress& address);
  std::string text(const std::string& text);  // a placeholder for one that is not empty
  std::string host(const std::string& name);  // a domain, or any text
  Value value(const FactSpec& spec, const Value& value);

  // What was replaced so far; each may be kept as it is, or not any more.  What is kept comes out as it went
  // in from then on.
  const std::vector<std::string>& replaced() const { return order_; }
  void keep(const std::string& what) { kept_.insert_or_assign(what, value_of(what)); }
  void replace(const std::string& what) { kept_.erase(what); }
  // Of a text that is kept: no more than this of it.
  void shorten(const std::string& what, std::string to) { kept_.insert_or_assign(what, std::move(to)); }
  // What is kept, with what comes out for it.
  const std::map<std::string, std::string>& kept() const { return kept_; }
  // "text", "domain", …, and what stands behind it.
  static std::string kind_of(const std::string& what) { return what.substr(0, what.find(' ')); }
  static std::string value_of(const std::string& what) { return what.substr(what.find(' ') + 1); }

 private:
  // The stand-in for it, made by `make(number)` when it is seen first; its kind counts by itself.
  template <class Make>
  std::string stand_in(const std::string& kind, const std::string& what, const Make& make);

  const std::vector<Domain> served_;
  bool off_ = false;
  std::map<std::string, std::string> stand_ins_;
  std::map<std::string, unsigned> counts_;
  std::vector<std::string> order_;
  std::map<std::string, std::string> kept_;
};

}  // namespace gateway::rehearsal
