#include "filters/from/mailbox_list.h"

#include <algorithm>
#include <optional>
#include <span>

#include "policy/facts/message.h"
#include "policy/facts/text.h"

#include "filters/from/encoded_word.h"

namespace filters::from {
namespace {

constexpr std::size_t kDeepestComment = 16;
constexpr std::size_t kMostMailboxes = 100;

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

std::string phrase_of(Tokens tokens) {
  std::string text;
  for (const Token& token : tokens) {
    if (!token.is_cfws())
      text += token.kind == Kind::quoted ? inside(token.text) : std::string(token.text);
    else if (!text.empty() && !text.ends_with(' '))
      text += ' ';
  }
  return decode_text(trim(text));
}

std::string comment_of(Tokens tokens) {
  for (const Token& token : tokens)
    if (token.kind == Kind::comment) return decode_text(inside(token.text));
  return {};
}

Tokens trim_cfws(Tokens tokens) {
  while (!tokens.empty() && tokens.front().is_cfws()) tokens = tokens.subspan(1);
  while (!tokens.empty() && tokens.back().is_cfws()) tokens = tokens.first(tokens.size() - 1);
  return tokens;
}

bool all_cfws(Tokens tokens) { return trim_cfws(tokens).empty(); }

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

  void note_name(const std::string& name) {
    if (list_.name.empty() && list_.mailboxes.empty()) list_.name = name;
  }

  void bare(Tokens head) {
    const std::string name = comment_of(head);
    note_name(name);
    add(name, trim_cfws(head));
  }

  // Display name, then "<" addr-spec ">".  `rest` starts at the "<".
  void angle(Tokens head, Tokens& rest) {
    std::string name = phrase_of(head);
    if (name.empty()) name = comment_of(head);
    note_name(name);
    if (!all_cfws(head) && !is_phrase(head)) return fail("syntax");
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
    if (name.empty()) note_name(name = comment_of(behind));
    rest = rest.subspan(behind.size());
    add(name, spec);
  }

  void add(const std::string& name, Tokens spec) {
    std::string text;
    for (const Token& token : spec) {
      // RFC 5322 §3.4.1 allows them around the "@", and says that they should not be there.
      if (token.kind == Kind::comment) return fail("comment");
      if (token.kind == Kind::blank) return fail("syntax");
      text += token.text;
    }
    const auto at = text.rfind('@');
    if (at == text.npos) return fail("syntax");
    const bool plain_domain = is_ascii(std::string_view(text).substr(at));
    if (!plain_domain && !u_labels_) return fail("raw-8bit-domain");
    const auto address = Address::parse(text);
    if (!address) return fail(plain_domain ? "syntax" : "raw-8bit-domain");
    // Readers decode them all the same.  RFC 2047 §5
    const auto word = text.find("=?");
    if (word != text.npos && text.find("?=", word + 2) != text.npos) return fail("encoded-word");
    // "x@a.example"@b.example is legal, and readers that split at the first "@" show a.example.
    if (address->local().find_first_of("@<>") != std::string::npos) return fail("ambiguous");
    if (list_.mailboxes.size() == kMostMailboxes) return fail("syntax");
    list_.mailboxes.push_back({name, *address});
  }

  const bool u_labels_;
  bool stopped_ = false;
  bool in_group_ = false;
  bool group_just_opened_ = false;
  MailboxList list_;
};

// Octets that no header value holds once it is unfolded.  RFC 5322 §2.2
std::string_view bad_octet(std::string_view line) {
  if (line.find('\0') != line.npos) return "nul";
  const bool control = std::any_of(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
  return control ? "control" : "";
}

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
  return list.mailboxes.empty() ? Address() : list.mailboxes.front().address;
}

}  // namespace filters::from
