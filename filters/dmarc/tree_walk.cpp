#include "filters/dmarc/tree_walk.h"

#include <fmt/core.h>

#include <algorithm>
#include <functional>

namespace filters::dmarc {
namespace {

using enum Station::Found;

constexpr std::size_t kShortcut = 7;       // labels left by the first step; RFC 9989 §4.10
constexpr std::size_t kLongestName = 253;  // RFC 1035 §2.3.4

Domain last_labels(Domain domain, std::size_t count) {
  while (domain.labels() > count) domain = domain.parent();
  return domain;
}

// RFC 9989 §4.10, steps 2 and 6
Station look_at(Domain domain, const DnsAnswer& answer) {
  Station station{.domain = std::move(domain), .status = answer.status};
  if (answer.failed()) return station.found = failed, station;
  const DnsRecord* only = nullptr;
  for (const DnsRecord& txt : answer.records) {
    if (!Record::is_one(txt.text)) continue;
    if (only) return station.found = several, station;
    only = &txt;
  }
  if (!only) return station;
  const auto read = Record::parse(only->text);
  station.found = read ? record : broken;
  if (read) station.record = *read;
  return station;
}

bool ends_walk(const Station& station) {
  return station.found == failed || (station.has_record() && station.record.psd != Psd::unsaid);
}

// RFC 9989 §4.10.2
Domain organisation_of(const Domain& start, const Walk& walk) {
  const Station* highest = walk.highest_record();
  if (!highest) return start;
  if (highest->record.psd == Psd::yes && highest->domain != start)
    return last_labels(start, highest->domain.labels() + 1);
  return highest->domain;
}

// RFC 9989 §4.10.1
const Station* policy_of(const Walk& walk, const Domain& start) {
  const auto& stations = walk.stations;
  if (stations.front().has_record() && stations.front().domain == start) return &stations.front();
  if (!walk.trouble.empty()) return nullptr;
  const auto own = std::find_if(stations.begin(), stations.end(), [&](const Station& station) {
    return station.has_record() && station.domain == walk.organisation;
  });
  return own != stations.end() ? &*own : walk.highest_record();
}

}  // namespace

std::vector<Domain> walk_names(const Domain& start) {
  std::vector<Domain> names;
  names.reserve(4);
  for (Domain name = start; !name.empty();
       name = name.labels() > kShortcut ? last_labels(name, kShortcut) : name.parent())
    names.push_back(name);
  return names;
}

DnsQuestion record_question(const Domain& domain) {
  return DnsQuestion("_dmarc." + domain.text(), RecordType::txt);
}

const Station* Walk::highest_record() const {
  const auto highest = std::find_if(stations.rbegin(), stations.rend(), std::mem_fn(&Station::has_record));
  return highest == stations.rend() ? nullptr : &*highest;
}

Walk walk(const Domain& start, const Answers& answers) {
  Walk walk;
  std::vector<Domain> names = walk_names(start);
  if (names.empty()) return walk;
  walk.stations.reserve(names.size());
  // All at once: eight names at most, and their top ones are in every cache.
  for (Domain& name : names) {
    DnsQuestion question = record_question(name);
    if (question.name.size() > kLongestName) {
      walk.stations.push_back({.domain = std::move(name), .found = too_long});
      continue;
    }
    const DnsAnswer* answer = answers.dns(question);
    if (!answer) {
      walk.questions.push_back(std::move(question));
      continue;
    }
    if (!walk.questions.empty()) continue;
    if (answer->failed()) {
      walk.trouble = describe_failure(question, answer->status);
      walk.top = names.back();
    }
    walk.stations.push_back(look_at(std::move(name), *answer));
    if (ends_walk(walk.stations.back())) break;
  }
  if (!walk.questions.empty()) return walk;
  if (walk.trouble.empty()) walk.organisation = organisation_of(start, walk);
  if (const Station* applies = policy_of(walk, start)) walk.policy = {applies->domain, applies->record};
  return walk;
}

std::string describe_failure(const DnsQuestion& question, DnsStatus status) {
  return fmt::format("{} {}: {}", question.name, name(question.type), name(status));
}

}  // namespace filters::dmarc
