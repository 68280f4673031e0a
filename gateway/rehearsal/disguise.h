#pragma once
// Names and addresses of real people, replaced by such as are kept for examples (RFC 2606, 5737, 3849): the
// same always by the same, a name below another by one below the other's.

#include <map>
#include <set>
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
  void keep(const std::string& what) { kept_.insert(what); }
  void replace(const std::string& what) { kept_.erase(what); }

 private:
  // The stand-in for it, made by `make(number)` when it is seen first; its kind counts by itself.
  template <class Make>
  std::string stand_in(const std::string& kind, const std::string& what, const Make& make);

  const std::vector<Domain> served_;
  bool off_ = false;
  std::map<std::string, std::string> stand_ins_;
  std::map<std::string, unsigned> counts_;
  std::vector<std::string> order_;
  std::set<std::string> kept_;
};

}  // namespace gateway::rehearsal
