#include "filters/mime/parameters.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "policy/facts/hex.h"
#include "policy/facts/text.h"

#include "filters/mime/charset.h"

namespace filters::mime {
namespace {

using namespace policy::facts;

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kBehindBare = " \t\r\n,()";  // where some readers see a bare value end
constexpr std::string_view kBeforeName = " \t\r\n;,()\"=";

std::string percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto octet = text[i] == '%' ? hex_octet(text, i + 1) : std::nullopt;
    out += octet.value_or(text[i]);
    if (octet) i += 2;
  }
  return out;
}

// One piece of a parameter that RFC 2231 lets be written in sections.
struct Section {
  std::string_view base;  // the parameter's name, as written
  std::uint32_t number = 0;
  bool extended = false;  // percent-encoded; the first one has charset'language' in front
  std::string value;
};

class Reader {
 public:
  Reader(std::string_view value, const TakeParameter& take) : text_(value), take_(take) {}

  bool run() {
    for (std::size_t at = 0; at < text_.size() && given_ < kMostReadings;) {
      const auto sign = text_.find_first_of("=\"", at);
      if (sign == text_.npos) break;
      at = text_[sign] == '"' ? behind_quoted(sign) : parameter(sign);
    }
    if (text_.find_first_of("(\"\\") != text_.npos) blind();
    join_sections();
    return given_ < kMostReadings && bases_ <= kMostBases;
  }

 private:
  // Behind the quote that closes the one at `open`; the end of the text when none does.
  std::size_t behind_quoted(std::size_t open) const {
    for (std::size_t i = open + 1; i < text_.size(); ++i) {
      if (text_[i] == '\\')
        ++i;
      else if (text_[i] == '"')
        return i + 1;
    }
    return text_.size();
  }

  std::string_view name_before(std::size_t sign) const {
    const std::string_view before = text_.substr(0, sign);
    const auto end = before.find_last_not_of(kBlanks);
    if (end == before.npos) return {};
    const auto begin = before.find_last_of(kBeforeName, end);
    return begin == end ? std::string_view() : before.substr(begin + 1, end - begin);
  }

  // The parameter whose "=" stands there.  Where to look for the next one.
  std::size_t parameter(std::size_t sign) {
    const std::string_view name = name_before(sign);
    const auto begin = text_.find_first_not_of(kBlanks, sign + 1);
    if (begin == text_.npos) return text_.size();
    const auto semicolon = std::min(text_.find(';', begin), text_.size());
    if (text_[begin] != '"') {
      const std::string_view bare = trim(text_.substr(begin, semicolon - begin));
      const auto blank = bare.find_first_of(kBehindBare);
      give(name, bare);
      if (blank != bare.npos) give(name, bare.substr(0, blank));
      return std::min(begin + std::min(blank, bare.size()), text_.size());
    }
    const std::size_t end = behind_quoted(begin);
    const bool closed = end - begin >= 2 && text_[end - 1] == '"';
    give(name, unescaped(text_.substr(begin + 1, end - begin - (closed ? 2 : 1))));
    if (!closed) give(name, trim(text_.substr(begin + 1, semicolon - begin - 1)));
    const auto next = std::min(text_.find(';', end), text_.size());
    if (closed && text_.substr(end, next - end).find_first_not_of(kBlanks) != text_.npos) {
      std::string joined = unescaped(text_.substr(begin, next - begin));
      std::erase(joined, '"');
      give(name, joined);
    }
    return closed ? end : std::min(semicolon + 1, text_.size());
  }

  // As a program reads that looks for "name", "=" and a value, wherever they stand.
  void blind() {
    const bool in_sections = !sections_.empty();
    for (std::size_t sign = text_.find('='); sign != text_.npos && given_ < kMostReadings;
         sign = text_.find('=', sign + 1)) {
      const std::string_view name = name_before(sign);
      if (in_sections && name.find('*') != name.npos) continue;  // not each section twice
      std::string_view value = text_.substr(sign + 1, kLongestBlind);
      value.remove_prefix(std::min(value.find_first_not_of(" \t\r\n\"\\"), value.size()));
      give(name, value.substr(0, value.find_first_of("\";")));
    }
  }

  static std::string unescaped(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\\' && i + 1 < text.size()) ++i;
      out += text[i];
    }
    return out;
  }

  void give(std::string_view name, std::string_view value) {
    if (name.empty()) return;
    ++given_;
    const auto star = name.find('*');
    if (star == name.npos) return pass_on(to_lower(name), value);
    Section section{.base = name.substr(0, star), .value = std::string(value)};
    std::string_view marks = name.substr(star + 1);
    section.extended = marks.empty() || marks.ends_with('*');
    for (const char c : marks)
      if (c >= '0' && c <= '9' && section.number < 1'000'000)
        section.number = section.number * 10 + static_cast<std::uint32_t>(c - '0');
    sections_.push_back(std::move(section));
  }

  // Both ways to unfold.
  void pass_on(const std::string& name, std::string_view value) {
    if (value.find('\n') == value.npos) return take_(name, value);
    std::string kept;
    std::string dropped;
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (value[i] != '\n') {
        kept += value[i];
        dropped += value[i];
        continue;
      }
      while (i + 1 < value.size() && (value[i + 1] == ' ' || value[i + 1] == '\t')) kept += value[++i];
    }
    take_(name, kept);
    take_(name, dropped);
  }

  void join_sections() {
    // Of one parameter at a time: those of others stay.
    while (!sections_.empty()) {
      const std::string base = to_lower(sections_.front().base);
      const auto others = std::stable_partition(sections_.begin(), sections_.end(), [&](const Section& one) {
        return equal_nocase(one.base, base);
      });
      std::vector<Section> own(std::move_iterator(sections_.begin()), std::move_iterator(others));
      sections_.erase(sections_.begin(), others);
      if (++bases_ > kMostBases) return;
      const auto same = [](const Section& a, const Section& b) { return a.number == b.number; };
      const bool sorted = std::ranges::is_sorted(own, {}, &Section::number);
      if (!sorted) pass_on(base, joined(own));
      std::ranges::stable_sort(own, {}, &Section::number);
      pass_on(base, joined(own));
      if (std::ranges::adjacent_find(own, same) == own.end()) continue;
      std::vector<Section> firsts = own;
      firsts.erase(std::unique(firsts.begin(), firsts.end(), same), firsts.end());
      pass_on(base, joined(firsts));
      std::ranges::reverse(own);
      own.erase(std::unique(own.begin(), own.end(), same), own.end());
      std::ranges::reverse(own);
      pass_on(base, joined(own));
    }
  }

  static std::string joined(const std::vector<Section>& sections) {
    std::string_view charset;
    std::string octets;
    for (const Section& section : sections) {
      std::string_view value = section.value;
      if (section.extended && octets.empty() && charset.empty()) {
        const auto first = value.find('\'');
        const auto second = first == value.npos ? value.npos : value.find('\'', first + 1);
        if (second != value.npos) {
          charset = value.substr(0, first);
          value.remove_prefix(second + 1);
        }
      }
      octets += section.extended ? percent_decoded(value) : std::string(value);
    }
    return charset.empty() ? octets : Charset::find(charset).to_utf8(octets);
  }

  static constexpr std::size_t kLongestBlind = 1024;
  static constexpr std::size_t kMostReadings = 300;
  static constexpr std::size_t kMostBases = 16;

  const std::string_view text_;
  const TakeParameter& take_;
  std::vector<Section> sections_;
  std::size_t given_ = 0;
  std::size_t bases_ = 0;
};

}  // namespace

bool read_parameters(std::string_view value, const TakeParameter& take) { return Reader(value, take).run(); }

}  // namespace filters::mime
