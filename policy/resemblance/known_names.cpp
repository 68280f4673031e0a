#include "policy/resemblance/known_names.h"

#include <algorithm>
#include <iterator>

#include "policy/resemblance/skeleton.h"

namespace policy::resemblance {
namespace {

constexpr std::size_t kMostWords = 16;
constexpr std::size_t kLeastLetters = 10;  // of a name that one edit may change
constexpr std::size_t kLeastEdited = 5;    // of the word that it changes

bool in_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

// The order of words does not count: their hashes are added up.
template <class Words>
std::uint64_t name_hash(const Words& words) {
  std::uint64_t hash = 0;
  for (const auto& word : words) hash += text_hash(word);
  return hash;
}

template <class Words>
std::size_t letters(const Words& words) {
  std::size_t count = 0;
  for (const auto& word : words) count += word.size();
  return count;
}

// Calls `take` with the hash of the name, and of each name that it becomes when a letter is taken out, until
// it says true.
template <class Words, class Take>
void each_edit_hash(const Words& words, Take take) {
  const std::uint64_t whole = name_hash(words);
  if (take(whole)) return;
  for (const auto& word : words) {
    const EditHashes hashes(word);
    for (const std::uint64_t without : hashes.without)
      if (take(whole - hashes.whole + without)) return;
  }
}

std::vector<std::string_view> sorted(std::span<const std::string_view> words) {
  std::vector<std::string_view> all(words.begin(), words.end());
  std::ranges::sort(all);
  return all;
}

// All words are the same but one, which is one edit away.
bool close(const std::vector<std::string>& known, const std::vector<std::string_view>& others) {
  if (known.size() != others.size()) return false;
  std::vector<std::string_view> left;
  std::vector<std::string_view> right;
  std::set_difference(known.begin(), known.end(), others.begin(), others.end(), std::back_inserter(left));
  std::set_difference(others.begin(), others.end(), known.begin(), known.end(), std::back_inserter(right));
  return left.size() == 1 && right.size() == 1 && left[0].size() >= kLeastEdited &&
         one_edit(left[0], right[0]).has_value();
}

}  // namespace

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < text.size() && words.size() < kMostWords;) {
    std::size_t end = at;
    while (end < text.size() && in_word(text[end])) ++end;
    if (end > at) words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  const auto single = [](std::string_view word) { return word.size() == 1; };
  if (std::ranges::count_if(words, [&](auto word) { return !single(word); }) >= 2)
    std::erase_if(words, single);
  return words;
}

KnownNames::KnownNames(std::span<const std::string> names) {
  for (const std::string& name : names) {
    const std::string folded = skeleton(name);
    const std::vector<std::string_view> words = words_of(folded);
    if (words.size() < 2) continue;
    const auto number = static_cast<std::uint32_t>(entries_.size());
    entries_.push_back({name, {words.begin(), words.end()}});
    std::ranges::sort(entries_.back().words);
    exact_.add(name_hash(words), number);
    most_words_ = std::max(most_words_, words.size());
    if (letters(words) < kLeastLetters) continue;
    each_edit_hash(words, [&](std::uint64_t hash) { return edits_.add(hash, number), false; });
  }
  exact_.sort();
  edits_.sort();
}

const std::string* KnownNames::same(std::span<const std::string_view> words, std::uint64_t hash) const {
  const std::string* found = nullptr;
  exact_.find(hash, [&](std::uint32_t number) {
    if (!std::ranges::equal(entries_[number].words, sorted(words))) return false;
    found = &entries_[number].name;
    return true;
  });
  return found;
}

const std::string* KnownNames::one_edit_away(std::span<const std::string_view> words) const {
  const std::string* found = nullptr;
  const std::vector<std::string_view> order = sorted(words);
  each_edit_hash(words, [&](std::uint64_t hash) {
    return edits_.find(hash, [&](std::uint32_t number) {
      if (!close(entries_[number].words, order)) return false;
      found = &entries_[number].name;
      return true;
    });
  });
  return found;
}

const std::string* KnownNames::resembled_by(std::string_view name_skeleton) const {
  if (entries_.empty()) return nullptr;
  const std::vector<std::string_view> words = words_of(name_skeleton);
  if (words.size() < 2) return nullptr;
  for (std::size_t first = 0; first + 1 < words.size(); ++first) {
    std::uint64_t hash = text_hash(words[first]);
    for (std::size_t count = 2; count <= most_words_ && first + count <= words.size(); ++count) {
      hash += text_hash(words[first + count - 1]);
      if (const std::string* found = same(std::span(words).subspan(first, count), hash)) return found;
    }
  }
  return one_edit_away(words);
}

}  // namespace policy::resemblance
