#include "gateway/journal/erasure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "gateway/journal/index/term.h"
#include "gateway/journal/json_reader.h"
#include "gateway/journal/json_writer.h"

namespace gateway::journal {
namespace {

constexpr std::string_view kMark = "erased";
constexpr std::string_view kTextMark = "[erased]";
constexpr std::size_t kLeastOfName = 4;  // octets: a shorter one would stand in half of all words
constexpr std::array<std::string_view, 5> kTellingFields{"from", "sender", "reply-to", "subject", "x-sender"};

// As it stands between the quotation marks of JSON.
std::string in_json(std::string_view text) {
  JsonWriter json;
  json.text(text);
  const std::string_view quoted = json.view();
  return std::string(quoted.substr(1, quoted.size() - 2));
}

// What stands between the quotation marks of JSON as it is meant; nothing when that is no JSON.
std::optional<std::string> meant(std::string_view quoted) {
  if (quoted.find('\\') == quoted.npos) return std::string(quoted);
  const std::string whole = fmt::format("\"{}\"", quoted);
  JsonReader json(whole);
  const auto text = json.text();
  return text && json.at_end() ? std::optional(std::string(*text)) : std::nullopt;
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
  const std::string_view given = trim(address);
  const auto parsed = Address::parse(given);
  const std::string comparable = index::comparable_address(given);
  const std::string_view domain = index::domain_part(comparable);
  const std::string_view local =
      domain.empty() ? std::string_view()
                     : std::string_view(comparable).substr(0, comparable.size() - domain.size() - 1);
  if (local.empty())
    return Error(
        fmt::format("'{}' is no address: expected one such as joe@a.example", printable(given, 100)));
  return Erasure(AddressInText(parsed && !parsed->local().empty() ? parsed->local() : local, domain));
}

bool Erasure::is_in(std::string_view record) const {
  bool found = false;
  TextWalk(record).run([&](const auto&, std::string_view text) {
    found = found || address_.find(meant(text).value_or(std::string(text)), 0);
    return std::string();
  });
  return found;
}

std::optional<std::string> Erasure::replaced(std::string_view text, std::string_view name) const {
  std::string out;
  std::size_t taken = 0;
  for (auto found = address_.find(text, 0); found; found = address_.find(text, taken)) {
    out.append(text.substr(taken, found->begin - taken)).append(kMark);
    taken = found->begin + found->size;
  }
  out += text.substr(taken);
  bool changed = taken != 0;
  if (name.size() >= kLeastOfName) {
    for (std::size_t at = out.find(name); at != out.npos; at = out.find(name, at + kTextMark.size())) {
      out.replace(at, name.size(), kTextMark);
      changed = true;
    }
  }
  return changed ? std::optional(std::move(out)) : std::nullopt;
}

std::optional<std::string> Erasure::without(std::string_view record) const {
  if (!is_in(record)) return std::nullopt;
  index::RowReader reader;
  const index::Row* const row = reader.read(record);
  const bool his_own = row && (address_.find(row->sender, 0) || address_.find(row->author, 0));
  const std::string name = his_own ? std::string(row->author_name) : std::string();
  return TextWalk(record).run([&](const std::vector<std::string_view>& path, std::string_view text) {
    if (his_own && !text.empty() && names_author(path)) return std::string(kTextMark);
    const auto as_meant = meant(text);
    if (!as_meant) return replaced(text, name).value_or(std::string(text));
    const auto changed = replaced(*as_meant, name);
    return changed ? in_json(*changed) : std::string(text);
  });
}

}  // namespace gateway::journal
