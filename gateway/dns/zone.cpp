#include "gateway/dns/zone.h"

#include <algorithm>

namespace gateway::dns {
namespace {

constexpr unsigned kMostAliases = 11;  // what libunbound follows

std::string canonical(std::string_view name) { return DnsQuestion(name, RecordType::a).name; }

}  // namespace

Zone::Entry& Zone::entry(std::string_view name) {
  const std::string key = canonical(name);
  for (std::size_t dot = key.find('.'); dot != key.npos; dot = key.find('.', dot + 1))
    above_.insert(key.substr(dot + 1));
  return names_[key];
}

void Zone::add(std::string_view name, RecordType type, DnsRecord record) {
  DnsAnswer& answer = entry(name).types[type];
  answer.status = DnsStatus::ok;
  answer.records.push_back(std::move(record));
}

void Zone::set_alias(std::string_view name, std::string_view target) {
  entry(name).alias = canonical(target);
}

void Zone::set_status(std::string_view name, DnsStatus status) {
  // A name that does not exist makes none of those above it exist.
  (status == DnsStatus::nxdomain ? names_[canonical(name)] : entry(name)).status = status;
}

void Zone::set_status(std::string_view name, RecordType type, DnsStatus status) {
  entry(name).types[type].status = status;
}

void Zone::set_ttl(std::string_view name, std::uint32_t seconds) { names_[canonical(name)].ttl = seconds; }

DnsAnswer Zone::answer(const DnsQuestion& question) const {
  const auto without_data = [](DnsStatus status, std::uint32_t ttl) {
    DnsAnswer answer;
    answer.status = status;
    answer.ttl = ttl;
    return answer;
  };
  std::string_view name = question.name;
  std::uint32_t ttl = ~std::uint32_t{0};  // that of a chain is the smallest in it
  for (unsigned aliases = 0; aliases <= kMostAliases; ++aliases) {
    const auto at = names_.find(name);
    if (at == names_.end())
      return without_data(above_.contains(name) ? DnsStatus::nodata : DnsStatus::nxdomain,
                          std::min(ttl, kTtl));
    const Entry& found = at->second;
    ttl = std::min(ttl, found.ttl);
    if (const auto type = found.types.find(question.type); type != found.types.end()) {
      DnsAnswer answer = type->second;
      answer.ttl = ttl;
      return answer;
    }
    if (found.alias && question.type == RecordType::cname) {
      DnsAnswer answer = without_data(DnsStatus::ok, ttl);
      answer.records.push_back({.text = *found.alias, .address = {}, .preference = 0});
      return answer;
    }
    if (!found.alias) return without_data(found.status.value_or(DnsStatus::nodata), ttl);
    name = *found.alias;
  }
  return without_data(DnsStatus::servfail, 0);
}

}  // namespace gateway::dns
