#include "gateway/journal/index/query.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "gateway/journal/index/client_term.h"
#include "gateway/journal/quoted_id.h"
#include "policy/diagnostic.h"

namespace gateway::journal::index {
namespace {

constexpr std::size_t kMostWords = 32;   // that are looked for
constexpr std::size_t kLeastOfWord = 3;  // octets in front of a "*"
constexpr std::size_t kShown = 100;      // octets of a value in an error

Error expected(std::string_view text, std::string_view what) {
  return Error(fmt::format("'{}' is not what was expected: {}", printable(text, kShown), what));
}

// An address or a domain as addresses have it; empty: it is none.
std::string address_or_domain(std::string_view text) {
  text = trim(text);
  if (text.starts_with('<') && text.ends_with('>') && text.size() > 2) text = text.substr(1, text.size() - 2);
  if (text.starts_with("*@")) text.remove_prefix(1);
  const std::string_view domain = text.starts_with('@') ? text.substr(1) : text;
  if (domain.find('@') == domain.npos && !domain.starts_with('[')) {
    const bool bare_postmaster = equal_nocase(domain, "postmaster") && domain.size() == text.size();
    const auto name = Domain::parse(domain);
    if (!name) return {};
    return bare_postmaster ? "postmaster" : "@" + name->text();
  }
  if (text.starts_with('@') || text.ends_with('@')) return {};
  return comparable_address(text);
}

Result<Criterion> by_party(std::string_view text, std::initializer_list<Kind> kinds, std::string_view what) {
  const std::string wanted = address_or_domain(text);
  if (wanted.empty()) return expected(text, what);
  Criterion criterion;
  for (const Kind kind : kinds) criterion.any_of.push_back(term(kind, wanted));
  return criterion;
}

Result<Criterion> by_name(Kind kind, std::string_view text, std::string_view what) {
  if (trim(text).empty()) return expected(text, what);
  return Criterion{.any_of = {term(kind, trim(text))}};
}

Result<std::vector<Criterion>> by_words(Kind kind, std::string_view text) {
  std::vector<Criterion> all;
  std::string too_short;
  // Pieces between blanks: an asterisk belongs to the last word of its piece.
  for (std::string_view rest = trim(text); !rest.empty() && all.size() <= kMostWords;) {
    std::string_view piece = rest.substr(0, rest.find_first_of(" \t\r\n"));
    rest = trim(rest.substr(piece.size()));
    const bool open = piece.ends_with('*');
    std::vector<std::string> words;
    for_each_word(piece, kMostWords + 1, [&](std::string_view word) { words.emplace_back(word); });
    for (const std::string& word : words) {
      const bool prefix = open && &word == &words.back();
      if (prefix && word.size() < kLeastOfWord) too_short = word;
      all.push_back({.any_of = {term(kind, word)}, .prefix = prefix});
    }
  }
  if (!too_short.empty())
    return expected(text, fmt::format("at least {} letters in front of a *", kLeastOfWord));
  if (all.empty()) return expected(text, "at least one word of letters or digits");
  if (all.size() > kMostWords) return expected(text, fmt::format("at most {} words", kMostWords));
  return all;
}

constexpr std::array<std::string_view, 6> kVerdicts{"accept", "tag", "quarantine", "defer", "reject", "open"};

Result<Criterion> by_verdict_word(Kind kind, std::string_view text) {
  const std::string word = to_lower(trim(text));
  if (std::ranges::find(kVerdicts, word) == kVerdicts.end())
    return expected(text,
                    fmt::format("{}{}", fmt::join(kVerdicts, ", "), policy::did_you_mean(word, kVerdicts)));
  return Criterion{.any_of = {term(kind, word)}};
}

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// "5.7.26"
bool is_enhanced(std::string_view text) {
  std::size_t parts = 0;
  for (;; ++parts) {
    const std::string_view part = text.substr(0, text.find('.'));
    if (!is_number(part) || part.size() > 3) return false;
    if (part.size() == text.size()) break;
    text.remove_prefix(part.size() + 1);
  }
  return parts == 2;
}

bool has(std::string_view terms, const Criterion& criterion) {
  return std::ranges::any_of(criterion.any_of, [&](const std::string& wanted) {
    for (std::size_t at = terms.find(wanted); at != terms.npos; at = terms.find(wanted, at + 1)) {
      const std::size_t end = at + wanted.size();
      if (at > 0 && terms[at - 1] != ' ') continue;
      if (criterion.prefix || end == terms.size() || terms[end] == ' ') return true;
    }
    return false;
  });
}

std::string record_term(const Query& query) {
  return term(Kind::record, query.notes ? "n" : query.sessions ? "s" : "m");
}

}  // namespace

Result<Criterion> by_sender(std::string_view text) {
  if (trim(text).empty() || trim(text) == "<>") return Criterion{.any_of = {term(Kind::sender, "<>")}};
  return by_party(text, {Kind::sender},
                  "an address such as joe@a.example, a domain such as a.example, or <> for the null sender");
}

Result<Criterion> by_recipient(std::string_view text) {
  return by_party(text, {Kind::recipient}, "an address such as joe@a.example, or a domain such as a.example");
}

Result<Criterion> by_address(std::string_view text) {
  return by_party(text, {Kind::sender, Kind::author, Kind::recipient},
                  "an address such as joe@a.example, or a domain such as a.example");
}

Result<Criterion> by_domain(std::string_view text) {
  std::string_view name = trim(text);
  if (name.starts_with('@')) name.remove_prefix(1);
  const auto domain = Domain::parse(name);
  if (!domain || domain->empty()) return expected(text, "a domain such as a.example");
  return Criterion{.any_of = {term(Kind::domain, domain->text())}};
}

Result<Criterion> by_client(std::string_view text) {
  const auto network = Network::parse(trim(text));
  if (!network) return expected(text, "an IP address or a network such as 192.0.2.0/24 or 2001:db8::/32");
  return by_network(*network);
}

Result<Criterion> by_quoted_id(std::string_view text) {
  const std::string words(text);
  const std::vector<std::string> ids = quoted_ids(std::span(&words, 1));
  if (ids.empty())
    return expected(text, "12 letters and digits such as 4F7K2M9QX0TB, or the reply that ends in them");
  return by_id(ids.front());
}

Criterion by_network(const Network& network) {
  Criterion criterion;
  ClientTerms clients = terms_of(network);
  criterion.prefix = clients.prefix;
  for (const std::string& one : clients.texts) criterion.any_of.push_back(term(Kind::client, one));
  return criterion;
}

std::span<const std::string_view> verdict_words() { return kVerdicts; }

Result<Criterion> by_verdict(std::string_view text) { return by_verdict_word(Kind::verdict, text); }
Result<Criterion> by_outcome(std::string_view text) { return by_verdict_word(Kind::outcome, text); }

Result<Criterion> by_rule(std::string_view text) {
  return by_name(Kind::rule, text, "the id of a rule, or a name such as @relay");
}

Result<Criterion> by_decided(std::string_view text) {
  return by_name(Kind::decided, text, "the id of a rule, or a name such as @default");
}

Result<Criterion> by_list(std::string_view text) {
  return by_name(Kind::list, text, "the id of a list in the DNS, as filter.dnsbl has it");
}

Result<Criterion> by_ended(std::string_view text) {
  return by_name(Kind::ended, text, "how connections end, such as quit, lost or limit");
}

Result<Criterion> by_trial(std::string_view text) {
  return by_name(Kind::trial, text, "the id of a rule that is or was on trial");
}

Result<Criterion> by_reply(std::string_view text) {
  std::string code = to_lower(trim(text));
  if (code.size() == 3 && code.ends_with("xx")) code.resize(1);
  const bool code_or_class =
      is_number(code) && (code.size() == 3 || code.size() == 1) && code[0] >= '2' && code[0] <= '5';
  if (!code_or_class && !is_enhanced(code)) return expected(text, "a code such as 550, 5xx or 5.7.26");
  return Criterion{.any_of = {term(Kind::reply, code)}};
}

Result<Criterion> by_message_id(std::string_view text) {
  std::string_view id = trim(text);
  if (id.starts_with('<')) id.remove_prefix(1);
  if (id.ends_with('>')) id.remove_suffix(1);
  return by_name(Kind::message_id, id, "a Message-ID such as <1@a.example>");
}

Result<std::vector<Criterion>> by_subject(std::string_view text) { return by_words(Kind::subject, text); }
Result<std::vector<Criterion>> by_text(std::string_view text) { return by_words(Kind::word, text); }

Criterion by_id(std::string_view canonical_id) { return {.any_of = {term(Kind::id, canonical_id)}}; }
Criterion by_note(std::string_view kind) { return {.any_of = {term(Kind::note, kind)}}; }

bool matches(const Query& query, const Row& row) {
  if (row.note.empty() == query.notes || (!query.notes && row.session != query.sessions)) return false;
  if (query.since && row.time < *query.since) return false;
  if (query.until && row.time > *query.until) return false;
  if (query.all_of.empty()) return true;
  const std::string terms = terms_of(row);
  return std::ranges::all_of(query.all_of, [&](const Criterion& one) { return has(terms, one); });
}

std::string match_expression(const Query& query) {
  std::string all;
  const auto add = [&](const Criterion& criterion) {
    if (!all.empty()) all += " AND ";
    all += '(';
    for (const std::string& one : criterion.any_of)
      all.append(&one == &criterion.any_of.front() ? "\"" : " OR \"")
          .append(one)
          .append(criterion.prefix ? "\" *" : "\"");
    all += ')';
  };
  for (const Criterion& one : query.all_of) add(one);
  // All that have an index of their own are few; this one is long and only tells the kinds apart.
  add({.any_of = {record_term(query)}});
  return all;
}

}  // namespace gateway::journal::index
