#include "policy/resemblance/known_domains.h"

#include <algorithm>

#include "policy/resemblance/skeleton.h"

namespace policy::resemblance {
namespace {

constexpr std::size_t kLeastFirstLabel = 3;
constexpr std::size_t kLeastEdited = 5;
constexpr std::size_t kLeastTopLevel = 3;
constexpr std::size_t kMostNames = 20;  // that are looked for in one text

// The label around an octet of a name, as begin and end.
std::pair<std::size_t, std::size_t> label_at(std::string_view name, std::size_t at) {
  const auto dot = at == 0 ? name.npos : name.rfind('.', at - 1);
  return {dot == name.npos ? 0 : dot + 1, std::min(name.find('.', at), name.size())};
}

bool may_be_edited(std::string_view known, std::size_t at) {
  const auto [begin, end] = label_at(known, at);
  if (end - begin >= kLeastEdited) return true;
  if (end != known.size() || end - begin < kLeastTopLevel || begin < 2) return false;
  const auto [front, behind] = label_at(known, begin - 1);
  return behind - front >= kLeastEdited;
}

bool in_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' ||
         static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

struct KnownDomains::Labels {
  explicit Labels(std::string_view whole) : text(whole) {
    for (std::size_t dot = text.find('.'); dot != text.npos; dot = text.find('.', dot + 1))
      begins.push_back(dot + 1);
  }
  std::size_t size() const { return begins.size(); }
  std::string_view run(std::size_t first, std::size_t last) const {  // both inclusive
    const std::size_t end = last + 1 == begins.size() ? text.size() : begins[last + 1] - 1;
    return text.substr(begins[first], end - begins[first]);
  }

  std::string_view text;
  std::vector<std::size_t> begins{0};
};

KnownDomains::KnownDomains(std::span<const Domain> domains) {
  entries_.reserve(domains.size());
  for (const Domain& domain : domains) {
    const auto number = static_cast<std::uint32_t>(entries_.size());
    entries_.push_back({domain, skeleton(domain)});
    const std::string& known = entries_.back().skeleton;
    exact_.add(text_hash(domain.text()), number);
    if (domain.labels() < 2) continue;  // a word like others
    skeletons_.add(text_hash(known), number);
    const EditHashes hashes(known);
    edits_.add(hashes.whole, number);
    for (const std::uint64_t hash : hashes.without) edits_.add(hash, number);
    most_labels_ = std::max(most_labels_, domain.labels());
    longest_ = std::max(longest_, known.size());
  }
  exact_.sort();
  skeletons_.sort();
  edits_.sort();
}

bool KnownDomains::covers(const Domain& domain) const {
  for (std::string_view rest = domain.text(); !rest.empty();) {
    if (exact_.find(text_hash(rest),
                    [&](std::uint32_t number) { return entries_[number].domain.text() == rest; }))
      return true;
    const auto dot = rest.find('.');
    rest.remove_prefix(dot == rest.npos ? rest.size() : dot + 1);
  }
  return false;
}

const Domain* KnownDomains::same(const Labels& labels, std::size_t first, std::size_t last,
                                 bool foreign_letters) const {
  const Domain* found = nullptr;
  const std::string_view run = labels.run(first, last);
  skeletons_.find(text_hash(run), [&](std::uint32_t number) {
    const Entry& entry = entries_[number];
    const bool long_enough = entry.domain.text().find('.') >= kLeastFirstLabel;
    if (entry.skeleton != run || !(long_enough || foreign_letters)) return false;
    found = &entry.domain;
    return true;
  });
  return found;
}

const Domain* KnownDomains::one_edit_away(const Labels& labels) const {
  const Domain* found = nullptr;
  for (std::size_t count = 1; count <= std::min(most_labels_, labels.size()) && !found; ++count) {
    const std::string_view run = labels.run(labels.size() - count, labels.size() - 1);
    if (run.size() > longest_ + 1) break;
    const auto close = [&](std::uint32_t number) {
      const Entry& entry = entries_[number];
      if (entry.domain.labels() != count) return false;
      const auto at = one_edit(entry.skeleton, run);
      if (!at || !may_be_edited(entry.skeleton, *at)) return false;
      found = &entry.domain;
      return true;
    };
    const EditHashes hashes(run);
    if (edits_.find(hashes.whole, close)) break;
    for (const std::uint64_t hash : hashes.without)
      if (edits_.find(hash, close)) break;
  }
  return found;
}

const Domain* KnownDomains::resembled_by(const Domain& domain) const {
  if (entries_.empty() || domain.empty()) return nullptr;
  const std::string whole = skeleton(domain);
  const Labels labels(whole);
  const bool foreign_letters = domain.text().find("xn--") != std::string::npos;
  for (std::size_t first = 0; first < labels.size(); ++first) {
    const std::size_t end = std::min(labels.size(), first + most_labels_);
    for (std::size_t last = end; last-- > first;)
      if (const Domain* found = same(labels, first, last, foreign_letters)) return found;
  }
  return one_edit_away(labels);
}

const Domain* KnownDomains::named_in(std::string_view text) const {
  if (entries_.empty()) return nullptr;
  std::size_t names = 0;
  for (std::size_t dot = text.find('.'); dot != text.npos && names < kMostNames; ++names) {
    std::size_t begin = dot;
    while (begin > 0 && in_name(text[begin - 1])) --begin;
    std::size_t end = dot;
    while (end < text.size() && in_name(text[end])) ++end;
    std::string_view name = text.substr(begin, end - begin);
    while (name.starts_with('.')) name.remove_prefix(1);
    while (name.ends_with('.')) name.remove_suffix(1);
    const Labels labels(name);
    const std::size_t most = std::min(most_labels_, labels.size());
    for (std::size_t count = most; count > 0 && !name.empty(); --count)
      if (const Domain* found = same(labels, labels.size() - count, labels.size() - 1, true)) return found;
    dot = text.find('.', end);
  }
  return nullptr;
}

}  // namespace policy::resemblance
