#include "filters/dnsxl/list.h"

#include <fmt/format.h>

#include <algorithm>

#include "filters/names/dns_name.h"

namespace filters::dnsxl {
namespace {

constexpr std::size_t kMostCodes = 10;  // of one answer that are told

void keep(std::vector<IpAddress>& codes, const IpAddress& code) {
  if (codes.size() < kMostCodes) codes.push_back(code);
}

std::string joined(const std::vector<IpAddress>& codes) {
  std::string text;
  for (const IpAddress& code : codes) text.append(text.empty() ? "" : ", ").append(told(code));
  return text;
}

}  // namespace

std::string DnsList::shown_zone() const {
  std::string text = zone;
  if (secret_octets > 0) text.replace(secret_at, secret_octets, "{key}");
  return text;
}

std::optional<DnsQuestion> question_of(const DnsList& list, std::string_view entry) {
  std::string name;
  name.reserve(entry.size() + 1 + list.zone.size());
  name.append(entry).append(".").append(list.zone);
  if (!names::can_ask(name)) return std::nullopt;
  DnsQuestion question(name, RecordType::a);
  question.secret_at = static_cast<std::uint8_t>(list.secret_at + entry.size() + 1);
  question.secret_octets = list.secret_octets;
  return question;
}

Listing read(const DnsList& list, const DnsAnswer* answer) {
  using enum Listing::State;
  Listing listing;
  if (!answer) return listing;
  listing.status = answer->status;
  if (answer->failed()) return listing.state = silent, listing;
  listing.state = answer->records.empty() ? not_listed : uncounted;
  for (const DnsRecord& record : answer->records)
    if (is_error_code(record.address)) keep(listing.codes, record.address);
  // A list that says something impossible is believed in nothing.
  if (!listing.codes.empty()) return listing.state = in_error, listing;
  for (const DnsRecord& record : answer->records) {
    bool counts = false;
    for (const CountedCodes& codes : list.codes) {
      const bool matches = std::ranges::any_of(
          codes.patterns, [&](const CodePattern& pattern) { return pattern.matches(record.address); });
      counts = counts || matches;
      if (!matches || std::ranges::find(listing.counted, &codes) != listing.counted.end()) continue;
      listing.counted.push_back(&codes);
      listing.weight += codes.weight;
    }
    if (counts && listing.state == uncounted) listing.codes.clear();
    if (counts) listing.state = listed;
    if (counts || listing.state == uncounted) keep(listing.codes, record.address);
  }
  return listing;
}

std::string told(const DnsList& list, const Listing& listing, std::string_view entry) {
  switch (listing.state) {
    case Listing::State::listed:
      return fmt::format("{} lists {}: {} {} {}", list.id, entry, joined(listing.codes),
                         listing.codes.size() == 1 ? "counts" : "count", listing.weight);
    case Listing::State::not_listed: return fmt::format("{} does not list {}", list.id, entry);
    case Listing::State::uncounted:
      return fmt::format("{} answers {} for {}, which is not among its codes", list.id, joined(listing.codes),
                         entry);
    case Listing::State::in_error:
      return fmt::format("{} answers {}, which is an error: it counts as not listing", list.id,
                         joined(listing.codes));
    case Listing::State::silent:
      return fmt::format("{} does not answer ({}): it counts as not listing", list.id, name(listing.status));
    case Listing::State::open: break;
  }
  return fmt::format("{} was not asked in time: it counts as not listing", list.id);
}

}  // namespace filters::dnsxl
