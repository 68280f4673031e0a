#include "gateway/review/search_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "gateway/review/period.h"
#include "policy/diagnostic.h"

namespace gateway::review {
namespace {

namespace index = journal::index;

constexpr std::size_t kLongest = 4000;  // octets that are typed
constexpr std::size_t kMostWords = 50;
constexpr std::size_t kShown = 60;  // octets of a word in an error

using One = Result<index::Criterion> (*)(std::string_view);
using Several = Result<std::vector<index::Criterion>> (*)(std::string_view);

struct Name {
  std::string_view name;
  One one = nullptr;
  Several several = nullptr;
};

constexpr std::array kNames{Name{"since"},
                            Name{"until"},
                            Name{"verdict", index::by_verdict},
                            Name{"outcome", index::by_outcome},
                            Name{"sender", index::by_sender},
                            Name{"rcpt", index::by_recipient},
                            Name{"address", index::by_address},
                            Name{"domain", index::by_domain},
                            Name{"ip", index::by_client},
                            Name{"rule", index::by_rule},
                            Name{"decided", index::by_decided},
                            Name{"trial", index::by_trial},
                            Name{"list", index::by_list},
                            Name{"reply", index::by_reply},
                            Name{"message-id", index::by_message_id},
                            Name{"subject", nullptr, index::by_subject},
                            Name{"text", nullptr, index::by_text},
                            Name{"id", index::by_quoted_id},
                            Name{"sessions"},
                            Name{"ended", index::by_ended},
                            Name{"audit"}};

constexpr auto kWords = [] {
  std::array<std::string_view, kNames.size()> words;
  std::ranges::transform(kNames, words.begin(), &Name::name);
  return words;
}();

// What people write as well.
constexpr std::pair<std::string_view, std::string_view> kAlso[] = {
    {"from", "sender"}, {"to", "rcpt"}, {"recipient", "rcpt"}, {"client", "ip"}, {"messageid", "message-id"}};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

const Name* name_of(std::string_view text) {
  std::string word = to_lower(text);
  for (const auto& [also, name] : kAlso)
    if (word == also) word = name;
  const auto found = std::ranges::find(kNames, word, &Name::name);
  return found == kNames.end() ? nullptr : &*found;
}

// Letters, and hyphens between them.
bool may_be_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    c = to_lower(c);
    return (c >= 'a' && c <= 'z') || c == '-';
  });
}

// Takes a value from the front: "in quotes", or all up to the next blank.
std::string take_value(std::string_view& rest) {
  std::string value;
  if (!rest.starts_with('"')) {
    const auto end = static_cast<std::size_t>(std::ranges::find_if(rest, is_blank) - rest.begin());
    value = rest.substr(0, end);
    rest.remove_prefix(end);
    return value;
  }
  rest.remove_prefix(1);
  while (!rest.empty() && rest.front() != '"') {
    if (rest.front() == '\\' && rest.size() > 1 && (rest[1] == '"' || rest[1] == '\\')) rest.remove_prefix(1);
    value += rest.front();
    rest.remove_prefix(1);
  }
  rest.remove_prefix(std::min<std::size_t>(rest.size(), 1));
  return value;
}

Error unknown(std::string_view word) {
  return Error(fmt::format("{}: there is no such search word{}; text with a colon is put in quotes: \"{}:…\"",
                           printable(word, kShown), policy::did_you_mean(to_lower(word), kWords),
                           printable(word, kShown)));
}

bool needs_quotes(const SearchWord& word) {
  const std::string& value = word.value;
  if (value.empty() || value.front() == '"' || std::ranges::any_of(value, is_blank)) return true;
  return word.name == "text" && value.find(':') != value.npos;
}

std::string quoted(std::string_view value) {
  std::string text = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text += '"';
}

class Builder {
 public:
  explicit Builder(Time now) : now_(now) {}

  Result<void> add(const SearchWord& word) {
    const Name* const name = name_of(word.name);
    if (!name) return unknown(word.name);
    if (name->name == "since" || name->name == "until") return add_time(name->name, word.value);
    if (name->name == "sessions" || name->name == "audit") return add_flag(name->name, word.value);
    if (name->several) return add_all(name->several(word.value));
    auto one = name->one(word.value);
    if (!one) return one.error();
    std::optional<index::Criterion>* const any = any_of(name->name);
    if (!any) {
      query_.all_of.push_back(std::move(*one));
    } else {
      if (!*any) any->emplace();
      std::ranges::move(one->any_of, std::back_inserter((*any)->any_of));
    }
    return {};
  }

  Result<index::Query> take() {
    for (auto* const any : {&verdicts_, &outcomes_})
      if (*any) query_.all_of.push_back(std::move(**any));
    if (query_.notes) query_.all_of.push_back(index::by_note("audit"));
    if (query_.since && query_.until && *query_.since > *query_.until)
      return Error("until: it is before since, so that nothing can be found");
    return std::move(query_);
  }

 private:
  // Where any of several is meant; null: all of them.
  std::optional<index::Criterion>* any_of(std::string_view name) {
    if (name == "verdict") return &verdicts_;
    return name == "outcome" ? &outcomes_ : nullptr;
  }
  Result<void> add_time(std::string_view name, std::string_view value) {
    const bool end = name == "until";
    const Result<Time> when = end ? parse_until(value, now_) : parse_when(value, now_);
    if (!when) return when.error();
    (end ? query_.until : query_.since) = *when;
    return {};
  }
  Result<bool> read_flag(std::string_view value) {
    const std::string word = to_lower(trim(value));
    if (word == "yes" || word == "no") return word == "yes";
    return Error(fmt::format("'{}' is not what was expected: yes or no", printable(value, kShown)));
  }
  Result<void> add_flag(std::string_view name, std::string_view value) {
    const Result<bool> flag = read_flag(value);
    if (!flag) return flag.error();
    (name == "audit" ? query_.notes : query_.sessions) = *flag;
    return {};
  }
  Result<void> add_all(Result<std::vector<index::Criterion>> all) {
    if (!all) return all.error();
    std::ranges::move(*all, std::back_inserter(query_.all_of));
    return {};
  }

  const Time now_;
  index::Query query_;
  std::optional<index::Criterion> verdicts_, outcomes_;
};

}  // namespace

std::span<const std::string_view> search_names() { return kWords; }

Result<SearchWords> read_search(std::string_view typed) {
  if (typed.size() > kLongest) return Error(fmt::format("a search has at most {} octets", kLongest));
  SearchWords words;
  for (std::string_view rest = trim(typed, " \t\r\n"); !rest.empty(); rest = trim(rest, " \t\r\n")) {
    if (words.size() == kMostWords) return Error(fmt::format("a search has at most {} words", kMostWords));
    const auto end = static_cast<std::size_t>(
        std::ranges::find_if(rest, [](char c) { return c == ':' || c == '"' || is_blank(c); }) -
        rest.begin());
    const bool colon = end < rest.size() && rest[end] == ':';
    const std::string_view front = rest.substr(0, end);
    const std::string_view behind = colon ? rest.substr(end + 1) : std::string_view();
    const bool named = colon && may_be_name(front) && !behind.starts_with("//");
    const Name* const name = named ? name_of(front) : nullptr;
    // "Re: invoice" is what subjects begin with.
    if (named && !name && !behind.empty() && !is_blank(behind.front())) return unknown(front);
    if (name) rest = behind;
    std::string value = take_value(rest);
    words.push_back({std::string(name ? name->name : "text"), std::move(value)});
    if (!name && words.back().value.empty()) words.pop_back();
  }
  return words;
}

std::string typed(const SearchWord& word) {
  const std::string value = needs_quotes(word) ? quoted(word.value) : word.value;
  return word.name == "text" ? value : word.name + ":" + value;
}

std::string typed(std::span<const SearchWord> words) {
  std::string all;
  for (const SearchWord& word : words) all.append(all.empty() ? "" : " ").append(typed(word));
  return all;
}

Result<index::Query> query_of(std::span<const SearchWord> words, Time now) {
  Builder builder(now);
  for (const SearchWord& word : words)
    if (const Result<void> added = builder.add(word); !added)
      return Error(fmt::format("{}: {}", printable(word.name, kShown), added.error().text()));
  return builder.take();
}

}  // namespace gateway::review
