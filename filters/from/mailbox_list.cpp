#include "filters/from/mailbox_list.h"

#include <algorithm>
#include <optional>
#include <span>

#include "policy/facts/message.h"
#include "policy/facts/text.h"
#include "policy/facts/utf8.h"

#include "filters/from/other_domain.h"
#include "filters/mime/encoded_word.h"

namespace filters::from {
namespace {

constexpr std::size_t kDeepestComment = 16;
constexpr std::size_t kMostMailboxes = 100;

// Fullwidth and small forms of "@", "<" and ">".
constexpr std::string_view kWideMarks[] = {"\uff20", "\ufe6b", "\uff1c", "\uff1e", "\ufe64", "\ufe65"};

// RFC 5322 §3.2: what a header value is made of.  A special is itself; `broken` ends the list.
enum class Kind { blank, comment, atom, quoted, literal, special, broken };

struct Token {
  Kind kind;
  std::string_view text;  // as written

  bool is(char wanted) const { return kind == Kind::special && text.front() == wanted; }
  bool is_word() const { return kind == Kind::atom || kind == Kind::quoted; }
  bool is_cfws() const { return kind == Kind::blank || kind == Kind::comment; }
};

using Tokens = std::span<const Token>;

// The end of what opens with the first octet, or npos.  Only comments nest.
std::size_t closing(std::string_view text, char open, char close) {
  std::size_t depth = 1;
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == close) {
      if (--depth == 0) return at + 1;
    } else if (text[at] == open) {
      if (open != '(' || ++depth > kDeepestComment) return text.npos;
    }
  }
  return text.npos;
}

Token next_token(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  constexpr std::string_view kSpecials = "()<>[]:;@\\,\"";
  const auto enclosed = [&](Kind kind, char open, char close) {
    const std::size_t end = closing(text, open, close);
    return end == text.npos ? Token{Kind::broken, text} : Token{kind, text.substr(0, end)};
  };
  switch (text.front()) {
    case '(': return enclosed(Kind::comment, '(', ')');
    case '"': return enclosed(Kind::quoted, '\0', '"');
    case '[': return enclosed(Kind::literal, '[', ']');
    case ' ':
    case '\t': return {Kind::blank, text.substr(0, text.find_first_not_of(kBlanks))};
    default: break;
  }
  const std::size_t length = text.find_first_of(" \t()<>[]:;@\\,\"");
  if (length != 0) return {Kind::atom, text.substr(0, length)};
  const bool known = text.front() != '\\' && kSpecials.find(text.front()) != text.npos;
  return known ? Token{Kind::special, text.substr(0, 1)} : Token{Kind::broken, text};
}

std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> tokens;
  for (; !text.empty(); text.remove_prefix(tokens.back().text.size())) tokens.push_back(next_token(text));
  return tokens;
}

// Without its enclosing marks and backslashes.
std::string inside(std::string_view enclosed) {
  std::string text;
  for (std::size_t at = 1; at + 1 < enclosed.size(); ++at) {
    if (enclosed[at] == '\\' && at + 2 < enclosed.size()) ++at;
    text += enclosed[at];
  }
  return text;
}

// Still encoded.
std::string phrase_of(Tokens tokens) {
  std::string text;
  for (const Token& token : tokens) {
    if (!token.is_cfws())
      text += token.kind == Kind::quoted ? inside(token.text) : std::string(token.text);
    else if (!text.empty() && !text.ends_with(' '))
      text += ' ';
  }
  return std::string(trim(text));
}

std::string comment_of(Tokens tokens) {
  for (const Token& token : tokens)
    if (token.kind == Kind::comment) return inside(token.text);
  return {};
}

Tokens trim_cfws(Tokens tokens) {
  while (!tokens.empty() && tokens.front().is_cfws()) tokens = tokens.subspan(1);
  while (!tokens.empty() && tokens.back().is_cfws()) tokens = tokens.first(tokens.size() - 1);
  return tokens;
}

bool all_cfws(Tokens tokens) { return trim_cfws(tokens).empty(); }

// Octets that no header value holds once it is unfolded.  RFC 5322 §2.2
std::string_view bad_octet(std::string_view line) {
  if (line.find('\0') != line.npos) return "nul";
  const bool control = std::any_of(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
  return control ? "control" : "";
}

// Characters by which the "@" or the domain could be shown where they do not stand.
bool hides_something(std::string_view text) {
  if (is_ascii(text)) return false;
  while (!text.empty()) {
    std::uint32_t point = 0;
    const std::size_t length = read_point(text, point);
    if (length != 0 && is_invisible(point)) return true;
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return false;
}

class Reader {
 public:
  explicit Reader(bool u_labels) : u_labels_(u_labels) {}

  MailboxList read(Tokens tokens) {
    if (all_cfws(tokens)) return fail("empty"), std::move(list_);
    for (bool more = true; more && !stopped_;) more = element(tokens);
    return std::move(list_);
  }

 private:
  void fail(std::string_view defect) {
    if (list_.defect.empty() || list_.defect == "group") list_.defect = defect;
    stopped_ = true;
  }

  // Reads one element of the list, and what separates it from the next; false at the end.
  bool element(Tokens& rest) {
    const auto end = std::find_if(rest.begin(), rest.end(), [](const Token& token) {
      return token.kind == Kind::broken || token.is(',') || token.is(';') || token.is(':') || token.is('<');
    });
    const Tokens head = rest.first(static_cast<std::size_t>(end - rest.begin()));
    rest = rest.subspan(head.size());
    if (rest.empty() || rest.front().is(',') || rest.front().is(';')) {
      const bool empty_group = !rest.empty() && rest.front().is(';') && group_just_opened_;
      if (!empty_group || !all_cfws(head)) bare(head);
    } else if (rest.front().is('<')) {
      angle(head, rest);
    } else if (rest.front().is(':')) {
      return open_group(head, rest);
    } else {
      if (is_phrase(head)) note_name(phrase_of(head));
      fail("syntax");
    }
    group_just_opened_ = false;
    return !stopped_ && separator(rest);
  }

  bool open_group(Tokens head, Tokens& rest) {
    note_name(phrase_of(head));
    if (in_group_ || !is_phrase(head)) return fail("syntax"), false;
    list_.defect = "group";
    in_group_ = group_just_opened_ = true;
    rest = rest.subspan(1);
    return true;
  }

  bool separator(Tokens& rest) {
    if (!rest.empty() && rest.front().is(';')) {
      if (!in_group_) return fail("syntax"), false;
      in_group_ = false;
      rest = rest.subspan(1);
      while (!rest.empty() && rest.front().is_cfws()) rest = rest.subspan(1);
    }
    if (rest.empty()) {
      if (in_group_) fail("syntax");
      return false;
    }
    if (!rest.front().is(',')) return fail("syntax"), false;
    rest = rest.subspan(1);
    return true;
  }

  static bool is_phrase(Tokens tokens) {
    return !all_cfws(tokens) &&
           std::all_of(tokens.begin(), tokens.end(), [](auto& t) { return t.is_word() || t.is_cfws(); });
  }

  // `name` is still encoded.
  void note_name(std::string_view name) {
    if (list_.name.empty() && list_.mailboxes.empty()) list_.name = mime::display_text(name);
  }

  void bare(Tokens head) {
    const std::string name = comment_of(head);
    note_name(name);
    add(trim_cfws(head));
    beside(head);
  }

  // Display name, then "<" addr-spec ">".  `rest` starts at the "<".
  void angle(Tokens head, Tokens& rest) {
    std::string name = phrase_of(head);
    if (name.empty()) name = comment_of(head);
    note_name(name);
    // x@a.example <x@a.example> is in no grammar, and everywhere; fine if it names no other domain.
    std::optional<Address> named;
    if (!all_cfws(head) && !is_phrase(head)) {
      named = Address::parse(written(trim_cfws(head)), u_labels_);
      if (!named || is_ambiguous(*named)) return fail("syntax");
    }
    const auto end = std::find_if(rest.begin(), rest.end(), [](const Token& token) { return token.is('>'); });
    if (end == rest.end()) return fail("syntax");
    Tokens spec = rest.subspan(1, static_cast<std::size_t>(end - rest.begin()) - 1);
    rest = rest.subspan(spec.size() + 2);
    const auto is_comment = [](const Token& token) { return token.kind == Kind::comment; };
    if (std::any_of(spec.begin(), spec.end(), is_comment)) return fail("comment");
    spec = trim_cfws(spec);
    if (spec.empty()) return fail("empty");
    if (spec.front().is('@') || spec.front().is(',')) return fail("route");  // RFC 5322 §4.4
    const auto after = std::find_if(rest.begin(), rest.end(), [](auto& token) { return !token.is_cfws(); });
    const Tokens behind = rest.first(static_cast<std::size_t>(after - rest.begin()));
    if (name.empty()) note_name(comment_of(behind));
    rest = rest.subspan(behind.size());
    add(spec);
    if (stopped_) return;
    if (named && named->domain() != list_.mailboxes.back().domain()) return fail("syntax");
    if (is_phrase(head)) decoded(name);
    beside(head);
    beside(behind);
  }

  static std::string written(Tokens tokens) {
    std::string text;
    for (const Token& token : tokens) text += token.text;
    return text;
  }

  // Readers who split at the first "@" or at angle brackets would show another address.
  static bool is_ambiguous(const Address& address) {
    return address.local().find_first_of("@<>") != std::string::npos ||
           std::ranges::any_of(kWideMarks,
                               [&](auto mark) { return address.local().find(mark) != std::string::npos; });
  }

  // RFC 5322 §3.2.3 allows no empty word between dots, but some providers gave such addresses away; no reader
  // disagrees about their domain.
  static std::optional<Address> parse_spec(Tokens spec, const std::string& text) {
    auto address = Address::parse(text);
    const bool dots = spec.size() == 3 && spec.front().kind == Kind::atom && spec[1].is('@');
    if (address || !dots) return address;
    const std::string_view local = spec.front().text;
    return Address::parse('"' + std::string(local) + '"' + text.substr(local.size()));
  }

  void add(Tokens spec) {
    for (const Token& token : spec) {
      // RFC 5322 §3.4.1 allows them around the "@", and says that they should not be there.
      if (token.kind == Kind::comment) return fail("comment");
      if (token.kind == Kind::blank) return fail("syntax");
    }
    const std::string text = written(spec);
    const auto at = text.rfind('@');
    if (at == text.npos) return fail("syntax");
    if (hides_something(text)) return fail("control");
    const bool plain_domain = is_ascii(std::string_view(text).substr(at));
    if (!plain_domain && !u_labels_) return fail("raw-8bit-domain");
    const auto address = parse_spec(spec, text);
    if (!address) return fail(plain_domain ? "syntax" : "raw-8bit-domain");
    // Readers decode them all the same.  RFC 2047 §5
    const auto word = text.find("=?");
    if (word != text.npos && text.find("?=", word + 2) != text.npos) return fail("encoded-word");
    if (is_ambiguous(*address)) return fail("ambiguous");
    if (list_.mailboxes.size() == kMostMailboxes) return fail("syntax");
    list_.mailboxes.push_back(*address);
  }

  // Comments beside the last mailbox: readers that look for "@" or "<" first find theirs, decoded or not.
  void beside(Tokens tokens) {
    for (const Token& token : tokens) {
      if (stopped_ || token.kind != Kind::comment) continue;
      const Domain& ours = list_.mailboxes.back().domain();
      const std::string text = inside(token.text);
      if (names_other_domain(text, ours) || names_other_domain(mime::decode_text(text), ours))
        fail("disguised");
    }
  }

  // The name of the last mailbox: readers that decode before they look for the address find what is encoded.
  void decoded(const std::string& name) {
    if (name.find("=?") == name.npos) return;
    std::string words;
    const std::string text = mime::decode_text(name, &words);
    const bool cut = bad_octet(text) != "";
    if (cut ||
        (std::ranges::any_of(words, is_mark) && names_other_domain(text, list_.mailboxes.back().domain())))
      fail("disguised");
  }

  static bool is_mark(char c) { return std::string_view("<>,;:\"").find(c) != std::string_view::npos; }

  const bool u_labels_;
  bool stopped_ = false;
  bool in_group_ = false;
  bool group_just_opened_ = false;
  MailboxList list_;
};

}  // namespace

MailboxList parse_mailbox_list(std::string_view value, bool u_labels) {
  // unfold() trims CR and LF as well, so they are looked for in front of it.
  std::string line;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const bool fold =
        value.substr(i, 2) == "\r\n" && i + 2 < value.size() && (value[i + 2] == ' ' || value[i + 2] == '\t');
    if (fold)
      ++i;
    else
      line += value[i];
  }
  if (const std::string_view defect = bad_octet(line); !defect.empty())
    return {.mailboxes = {}, .name = {}, .defect = defect};
  const std::vector<Token> tokens = tokens_of(line);
  return Reader(u_labels).read(tokens);
}

Address first_address(std::string_view value) {
  const MailboxList list = parse_mailbox_list(value, true);
  return list.mailboxes.empty() ? Address() : list.mailboxes.front();
}

}  // namespace filters::from
