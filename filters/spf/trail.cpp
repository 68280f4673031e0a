#include "filters/spf/trail.h"

#include <algorithm>

#include "policy/facts/text.h"

namespace filters::spf {
namespace {

constexpr std::size_t kFirstSteps = 30;
constexpr std::size_t kLastSteps = 10;
constexpr std::size_t kTermOctets = 80;
constexpr std::size_t kMeaningOctets = 300;

std::string shown(const Trail::Entry& entry) { return printable(entry.handle.text, kTermOctets); }

// The middle gives way: the beginning says what was asked for, the end what decided.
void shorten(std::vector<Step>& steps) {
  if (steps.size() <= kFirstSteps + kLastSteps) return;
  const std::size_t more = steps.size() - kFirstSteps - kLastSteps;
  const auto first = steps.begin() + kFirstSteps;
  first->depth = 0;
  first->asked.reset();
  first->meaning = "… and " + std::to_string(more) + " more";
  steps.erase(first + 1, first + static_cast<std::ptrdiff_t>(more));
}

}  // namespace

std::string term_of(const Trail& trail, const Trail::Entry& entry) {
  return shown(entry) + " of " + printable(trail.record_of(entry).domain);
}

bool Trail::matched(std::size_t entry) const {
  const Entry& one = entries[entry];
  return one.reached && one.is_term && record_of(one).last == entry;
}

const Trail::Entry& Trail::innermost(std::size_t entry) const {
  // A record that is read has a higher number than the one that names it.
  while (entries[entry].reads != 0 && records[entries[entry].reads].last != kNone)
    entry = records[entries[entry].reads].last;
  return entries[entry];
}

std::string Trail::meaning(const Visit& visit, const std::string& client, bool complete) const {
  const Entry& entry = entries[visit.entry];
  std::string text;
  const auto add = [&](std::string_view more, std::string_view before) {
    if (!text.empty()) text += before;
    text += more;
  };
  if (visit.kind == Kind::host)
    text = "exchanger";
  else if (entry.is_term && visit.kind != Kind::name && visit.kind != Kind::end)
    text = shown(entry);
  if (!visit.found.empty()) add(visit.found, visit.kind == Kind::match ? " " : ": ");
  if (visit.kind == Kind::term || visit.kind == Kind::host) {
    const bool matches = visit.kind == Kind::term ? matched(visit.entry) : host_matched(visit.entry);
    if (complete || !matches)
      add(client + (matches ? " matches" : " does not match"), visit.found.empty() ? ": " : ", ");
  }
  return printable(text, kMeaningOctets);
}

// Of the hosts the last one asked for is the one that matched.
bool Trail::host_matched(std::size_t host) const {
  const std::size_t mx = entries[host].mx;
  return matched(mx) && std::none_of(visits.begin(), visits.end(), [&](const Visit& other) {
           return other.kind == Kind::host && other.entry > host && entries[other.entry].mx == mx;
         });
}

std::vector<Step> Trail::steps(const IpAddress& client, bool complete) const {
  std::vector<Step> steps;
  steps.reserve(visits.size() + 2);
  const std::string address = client.text();
  std::vector<std::size_t> includes;  // those we are in
  const auto leave = [&](unsigned depth) {
    while (!includes.empty() && record_of(entries[includes.back()]).depth >= depth) {
      const Entry& include = entries[includes.back()];
      steps.push_back({.depth = record_of(include).depth,
                       .meaning = shown(include) +
                                  (complete && matched(includes.back()) ? " matches" : " does not match")});
      includes.pop_back();
    }
  };
  for (const Visit& visit : visits) {
    const Entry& entry = entries[visit.entry];
    unsigned depth = record_of(entry).depth;
    leave(depth);
    if (visit.kind == Kind::record && entry.reads != 0) {
      depth = records[entry.reads].depth;
      if (entry.is_term && !entry.handle.redirect) includes.push_back(visit.entry);
    }
    if (entry.mx != kNone || visit.kind == Kind::name) ++depth;
    steps.push_back({.depth = depth, .asked = visit.asked, .meaning = meaning(visit, address, complete)});
  }
  if (complete) leave(0);
  shorten(steps);
  return steps;
}

}  // namespace filters::spf
