#include "gateway/journal/erasure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "gateway/journal/index/term.h"
#include "gateway/journal/json_writer.h"

namespace gateway::journal {
namespace {

constexpr std::string_view kMark = "erased";
constexpr std::string_view kTextMark = "[erased]";
constexpr std::size_t kLeastOfName = 4;  // octets: a shorter one would stand in half of all words
constexpr std::array<std::string_view, 5> kTellingFields{"from", "sender", "reply-to", "subject", "x-sender"};

bool is_letter_or_digit(char c) {
  c = to_lower(c);
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

// RFC 5322 §3.2.3
bool is_atom_character(char c) {
  return is_letter_or_digit(c) || std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string_view::npos;
}

// As it stands between the quotation marks of JSON.
std::string in_json(std::string_view text) {
  JsonWriter json;
  json.text(text);
  const std::string_view quoted = json.view();
  return std::string(quoted.substr(1, quoted.size() - 2));
}

// Whether the last of JSON text is "\\n", "\\u202e" or the like: its letters are none of a word.  Letters
// themselves are never escaped.
bool ends_in_escape(std::string_view text) {
  const auto escape_at = [&](std::size_t length) {
    if (text.size() < length || text[text.size() - length] != '\\') return false;
    const std::string_view front = text.substr(0, text.size() - length);
    const std::size_t last = front.find_last_not_of('\\');
    const std::size_t before = front.size() - (last == front.npos ? 0 : last + 1);
    return before % 2 == 0;  // else it is an escaped backslash
  };
  return escape_at(2) || (escape_at(6) && text[text.size() - 5] == 'u');
}

// Walks over a record and hears of each of its texts, with the names of the members it stands in.
class TextWalk {
 public:
  explicit TextWalk(std::string_view record) : record_(record) {}

  // hear(path, text) gives what is to stand in its place; the names of members are left alone.
  template <class Hear>
  std::string run(Hear hear) {
    std::string out;
    out.reserve(record_.size());
    for (std::size_t at = 0; at < record_.size();) {
      const char c = record_[at];
      if (c == '{' || c == '[') path_.emplace_back();
      if ((c == '}' || c == ']') && !path_.empty()) path_.pop_back();
      if (c != '"') {
        out += c;
        ++at;
        continue;
      }
      const std::size_t end = end_of_text(at + 1);
      const std::string_view text = record_.substr(at + 1, end - at - 1);
      const std::size_t behind = std::min(record_.size(), end + 1);
      const bool is_name = behind < record_.size() && record_[behind] == ':';
      if (is_name && !path_.empty()) path_.back() = text;
      out += '"';
      out += is_name ? std::string(text) : hear(path_, text);
      if (end < record_.size()) out += '"';
      at = behind;
    }
    return out;
  }

 private:
  std::size_t end_of_text(std::size_t at) const {
    while (at < record_.size() && record_[at] != '"') at += record_[at] == '\\' ? 2 : 1;
    return std::min(at, record_.size());
  }

  std::string_view record_;
  std::vector<std::string_view> path_;  // of arrays: empty
};

// Texts that name a sender or author without his address.
bool names_author(const std::vector<std::string_view>& path) {
  if (path.size() == 1) return path[0] == "subject";
  if (path.size() < 2) return false;
  if (path[0] == "facts") return path[1] == "subject" || path[1] == "from.name";
  return path[0] == "header_values" &&
         std::ranges::find(kTellingFields, to_lower(path[1])) != kTellingFields.end();
}

}  // namespace

Result<Erasure> Erasure::of(std::string_view address) {
  const std::string comparable = index::comparable_address(trim(address));
  const std::string_view domain = index::domain_part(comparable);
  if (domain.empty() || domain.size() + 1 >= comparable.size())
    return Error(
        fmt::format("'{}' is no address: expected one such as joe@a.example", printable(address, 100)));
  return Erasure(to_lower(in_json(comparable.substr(0, comparable.size() - domain.size() - 1))),
                 to_lower(in_json(domain)));
}

std::size_t Erasure::find(std::string_view text, std::size_t from) const {
  for (std::size_t sign = text.find_first_of("@=", from); sign != text.npos;
       sign = text.find_first_of("@=", sign + 1)) {
    if (sign < from + local_.size()) continue;
    const std::size_t begin = sign - local_.size();
    if (!equal_nocase(text.substr(begin, local_.size()), local_)) continue;
    const std::string_view behind = text.substr(sign + 1);
    if (!equal_nocase(behind.substr(0, domain_.size()), domain_)) continue;
    const std::string_view rest = behind.substr(domain_.size());
    if (!rest.empty() && (is_letter_or_digit(rest[0]) || rest[0] == '-')) continue;
    if (rest.size() > 1 && rest[0] == '.' && is_letter_or_digit(rest[1])) continue;
    const char before = begin == 0 || ends_in_escape(text.substr(0, begin)) ? ' ' : text[begin - 1];
    const bool goes_on =
        text[sign] == '@' ? is_atom_character(before) : is_letter_or_digit(before) || before == '.';
    if (!goes_on) return begin;
  }
  return text.npos;
}

bool Erasure::is_in(std::string_view record) const { return find(record, 0) != record.npos; }

std::string Erasure::replaced(std::string_view text, std::string_view name) const {
  std::string out;
  std::size_t taken = 0;
  for (std::size_t at = find(text, 0); at != text.npos; at = find(text, taken)) {
    out.append(text.substr(taken, at - taken)).append(kMark);
    taken = at + local_.size();
  }
  out += text.substr(taken);
  if (name.size() < kLeastOfName) return out;
  for (std::size_t at = out.find(name); at != out.npos; at = out.find(name, at + kTextMark.size()))
    out.replace(at, name.size(), kTextMark);
  return out;
}

std::optional<std::string> Erasure::without(std::string_view record) const {
  if (!is_in(record)) return std::nullopt;
  index::RowReader reader;
  const index::Row* const row = reader.read(record);
  const bool his_own = row && (is_in(in_json(row->sender)) || is_in(in_json(row->author)));
  const std::string name = his_own ? in_json(row->author_name) : std::string();
  return TextWalk(record).run([&](const std::vector<std::string_view>& path, std::string_view text) {
    if (his_own && !text.empty() && names_author(path)) return std::string(kTextMark);
    return replaced(text, name);
  });
}

}  // namespace gateway::journal
