#include "policy/diagnostic.h"

#include <algorithm>

#include "policy/facts/text.h"

namespace policy {
namespace {

// Edits between two words: insert, delete, replace, swap of neighbours (optimal string alignment).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = to_lower(a[i - 1]) == to_lower(b[j - 1]) ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + change});
      if (i > 1 && j > 1 && to_lower(a[i - 1]) == to_lower(b[j - 2]) &&
          to_lower(a[i - 2]) == to_lower(b[j - 1]))
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

std::string_view last_part(std::string_view dotted) { return dotted.substr(dotted.rfind('.') + 1); }
std::string_view first_part(std::string_view dotted) { return dotted.substr(0, dotted.find('.')); }

// Columns are octets of the file; tabs stay, so that the caret stands below what it means.
std::string caret_line(std::string_view source, unsigned column, unsigned length) {
  std::string line;
  const std::size_t start = std::min<std::size_t>(column > 0 ? column - 1 : 0, source.size());
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
  for (const char c : source.substr(0, start))
    if (c == '\t')
      line += '\t';
    else if (!continues(c))
      line += ' ';
  line += '^';
  const std::size_t end = std::min<std::size_t>(start + length, source.size());
  for (std::size_t i = start + 1; i < end; ++i)
    if (!continues(source[i])) line += '~';
  return line;
}

}  // namespace

std::string render(const Diagnostic& diagnostic) {
  std::string text = diagnostic.file;
  if (diagnostic.line > 0)
    text += ':' + std::to_string(diagnostic.line) + ':' + std::to_string(diagnostic.column);
  if (!text.empty()) text += ": ";
  if (diagnostic.severity == Diagnostic::Severity::warning) text += "warning: ";
  text += printable(diagnostic.message, 1000);
  if (diagnostic.source.empty() || diagnostic.line == 0) return text;

  std::string source;  // one odd octet becomes one character, or the caret would miss
  for (const char c : diagnostic.source) {
    const auto octet = static_cast<unsigned char>(c);
    source += (octet < 0x20 && c != '\t') || octet == 0x7F ? '?' : c;
  }
  if (!is_valid_utf8(source))
    for (char& c : source)
      if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  constexpr std::size_t kMost = 400;
  if (source.size() > kMost) return text;
  const std::string number = std::to_string(diagnostic.line);
  const std::string margin(number.size() < 5 ? 5 - number.size() : 0, ' ');
  text += '\n' + margin + number + " | " + source;
  text += '\n' + std::string(margin.size() + number.size(), ' ') + " | " +
          caret_line(source, diagnostic.column, diagnostic.length);
  return text;
}

void Diagnostics::add(Diagnostic diagnostic) {
  const auto before = [](const Diagnostic& a, const Diagnostic& b) {
    if (a.file != b.file) return false;
    return a.line != b.line ? a.line < b.line : a.column < b.column;
  };
  // Among those of the same file by line; files stay in the order they were read.
  auto place = all_.end();
  while (place != all_.begin() && before(diagnostic, *std::prev(place))) --place;
  all_.insert(place, std::move(diagnostic));
}

bool Diagnostics::has_errors() const {
  return std::ranges::any_of(
      all_, [](const Diagnostic& one) { return one.severity == Diagnostic::Severity::error; });
}

std::string Diagnostics::render() const {
  std::string text;
  for (const Diagnostic& one : all_) text += policy::render(one) + '\n';
  return text;
}

std::vector<std::string> nearest(std::string_view word, std::span<const std::string_view> candidates) {
  struct Near {
    double far;
    std::string_view word;
  };
  std::vector<Near> near;
  // "spf.result" means one of spf.*, "ip" means client.ip: one part of a dotted name is right.
  const auto dotted = [](std::string_view name) { return name.find('.') != name.npos; };
  const auto same_head = [&](std::string_view candidate) {
    return dotted(word) && dotted(candidate) && equal_nocase(first_part(word), first_part(candidate));
  };
  const bool head_known = std::ranges::any_of(candidates, same_head);
  if (word.empty() || word.size() > 64) return {};
  for (const std::string_view candidate : candidates) {
    if (candidate.size() > 128) continue;
    const auto edits = static_cast<double>(distance(word, candidate));
    const double allowed = std::max(1.0, static_cast<double>(std::max(word.size(), candidate.size())) / 3.0);
    if (edits <= allowed && edits < static_cast<double>(std::max(word.size(), candidate.size()))) {
      near.push_back({edits, candidate});
      continue;
    }
    const bool tail = !head_known && dotted(candidate) &&
                      distance(last_part(word), last_part(candidate)) <= last_part(word).size() / 5;
    const bool head = same_head(candidate);
    if (tail || head) near.push_back({100 + edits + (tail ? 0 : 1), candidate});
  }
  std::ranges::stable_sort(near, {}, &Near::far);
  std::vector<std::string> words;
  for (const Near& one : near) {
    if (words.size() == 3 || (one.far >= 100 && near.front().far < 100)) break;
    if (one.far < 100 && one.far > near.front().far + 1) break;
    if (std::ranges::find(words, one.word) == words.end()) words.emplace_back(one.word);
  }
  return words;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
  const std::vector<std::string> words = nearest(word, candidates);
  if (words.empty()) return {};
  std::string text = "; did you mean " + words.front();
  for (std::size_t i = 1; i < words.size(); ++i) text += (i + 1 == words.size() ? " or " : ", ") + words[i];
  return text + "?";
}

}  // namespace policy
