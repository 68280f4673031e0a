#include "gateway/journal/index/term.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "gateway/journal/id.h"
#include "gateway/journal/index/client_term.h"
#include "gateway/journal/letters.h"
#include "policy/facts/utf8.h"
#include "policy/resemblance/letters.h"

namespace gateway::journal::index {
namespace {

constexpr std::size_t kLongest = 200;     // octets of a term, but for its hash
constexpr std::size_t kLongestWord = 64;  // octets
constexpr std::size_t kMostWords = 200;   // of one text
constexpr std::size_t kMostAnswers = 20;  // of the mailstore, that are taken apart into words
constexpr std::size_t kUsual = 1500;      // octets of all terms of a record

constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (const char c : std::string_view("abcdefghijklmnopqrstuvwxyz0123456789@._-+=:/<>"))
    plain[static_cast<unsigned char>(c)] = true;
  for (std::size_t octet = 0x80; octet < 256; ++octet) plain[octet] = true;
  return plain;
}();

// Whoever makes two texts meet here finds a record too many.  FNV-1a
std::uint64_t hash(std::string_view text) {
  std::uint64_t sum = 14695981039346656037u;
  for (const char c : text) sum = (sum ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return sum;
}

void append_hex(std::string& out, std::uint64_t value, unsigned digits) {
  for (unsigned i = digits; i-- > 0;) out += "0123456789abcdef"[value >> (4 * i) & 15];
}

void append_term(std::string& out, Kind kind, std::string_view text) {
  out += static_cast<char>(kind);
  out += ':';
  const std::size_t begin = out.size();
  for (const char raw : text) {
    const char c = to_lower(raw);
    if (kPlain[static_cast<unsigned char>(c)]) {
      out += c;
    } else {
      out += '%';
      append_hex(out, static_cast<unsigned char>(c), 2);
    }
    if (out.size() - begin < kLongest) continue;
    out.resize(begin + kLongest - 17);
    out += '%';
    append_hex(out, hash(to_lower(text)), 16);
    return;
  }
}

class Terms {
 public:
  Terms() { out_.reserve(kUsual); }

  void add(Kind kind, std::string_view text) {
    if (text.empty()) return;
    append_term(out_, kind, text);
    out_ += ' ';
  }

  void add_address(Kind kind, std::string_view address) {
    if (address.empty()) return;
    const std::string comparable = comparable_address(address);
    add(kind, comparable);
    const std::string_view domain = domain_part(comparable);
    if (!domain.empty()) add(kind, "@" + std::string(domain));
    add_domain(domain);
    add_words(comparable);
  }

  void add_words(std::string_view text, bool subject = false) {
    for_each_word(text, kMostWords, [&](std::string_view word) {
      append_term(out_, Kind::word, word);
      out_ += ' ';
      if (!subject) return;
      append_term(out_, Kind::subject, word);
      out_ += ' ';
    });
  }

  void add_reply(std::string_view reply) {
    const auto digits = [&](std::size_t from, std::size_t to) {
      return reply.size() >= to && std::all_of(reply.begin() + static_cast<std::ptrdiff_t>(from),
                                               reply.begin() + static_cast<std::ptrdiff_t>(to),
                                               [](char c) { return c >= '0' && c <= '9'; });
    };
    if (!digits(0, 3)) return;
    add(Kind::reply, reply.substr(0, 1));
    add(Kind::reply, reply.substr(0, 3));
    if (reply.size() < 4) return;
    const std::string_view rest = reply.substr(4, 11);
    const std::string_view enhanced = rest.substr(0, rest.find_first_not_of("0123456789."));
    if (std::ranges::count(enhanced, '.') == 2) add(Kind::reply, enhanced);
  }

  std::string take() {
    if (!out_.empty()) out_.pop_back();
    return std::move(out_);
  }

 private:
  // A domain counts for those above it, up to the top-level domain.
  void add_domain(std::string_view domain) {
    for (std::string_view name = domain; !name.empty();) {
      add(Kind::domain, name);
      name.remove_prefix(
          std::min(name.size(), name.find('.') == name.npos ? name.size() : name.find('.') + 1));
    }
  }

  std::string out_;
};

std::string_view without_brackets(std::string_view id) {
  id = trim(id);
  if (id.starts_with('<')) id.remove_prefix(1);
  if (id.ends_with('>')) id.remove_suffix(1);
  return id;
}

// Of a recipient alone: that more may come.  What he was told in the end is the reply of the whole.
bool is_positive(std::string_view reply) { return reply.starts_with('2'); }

// What the rules would do for one is not done when the message is refused for all, or never came.
bool is_taken(std::string_view action) { return action == "accept" || action == "quarantine"; }

void add_transaction(Terms& terms, const Row& row) {
  if (row.sender.empty())
    terms.add(Kind::sender, "<>");
  else
    terms.add_address(Kind::sender, row.sender);
  terms.add_address(Kind::author, row.author);
  bool tagged = row.outcome() == "tag";
  for (const RowRecipient& recipient : row.recipients) {
    terms.add_address(Kind::recipient, recipient.address);
    const bool got_it = is_positive(row.reply) || !is_taken(recipient.action);
    if (recipient.action != row.action && got_it) terms.add(Kind::verdict, recipient.action);
    if (recipient.rule != row.rule) terms.add(Kind::rule, recipient.rule);
    if (recipient.reply != row.reply && !is_positive(recipient.reply)) terms.add_reply(recipient.reply);
    tagged = tagged || (recipient.tagged && got_it);
  }
  if (tagged) terms.add(Kind::verdict, "tag");
  terms.add(Kind::outcome, row.outcome());
  for (const std::string_view list : row.lists) terms.add(Kind::list, list);
  terms.add(Kind::message_id, without_brackets(row.message_id));
  terms.add_words(row.subject, true);
  terms.add_words(row.message_id);
  terms.add_words(row.author_name);
  terms.add_words(row.queue_id);
  for (std::size_t i = 0; i < std::min(row.answers.size(), kMostAnswers); ++i)
    terms.add_words(row.answers[i]);
}

void add_note(Terms& terms, const Row& row) {
  terms.add(Kind::note, row.note);
  for (const RowRecipient& recipient : row.recipients) {
    terms.add_address(Kind::recipient, recipient.address);
    terms.add_reply(recipient.reply);
    terms.add_words(recipient.reply);
  }
  terms.add_words(row.who);
  terms.add_words(row.done);
  terms.add_words(row.result);
  terms.add_words(row.detail);
  terms.add_words(row.queue_id);
}

// Without case, letters of other alphabets too: RFC 6531 allows them in the local part.
std::string folded(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::uint32_t point = 0;
    const std::size_t length = std::max<std::size_t>(read_point(text, point), 1);
    if (length == 1)
      out += to_lower(text.front());
    else
      append_point(out, policy::resemblance::lower(point));
    text.remove_prefix(length);
  }
  return out;
}

}  // namespace

std::string term(Kind kind, std::string_view text) {
  std::string out;
  append_term(out, kind, text);
  return out;
}

std::string comparable_address(std::string_view address) {
  const bool plain = is_ascii(address) && address.find('"') == address.npos && !address.ends_with('.');
  return plain ? to_lower(address) : folded(Address::odd(address).comparable());
}

std::string_view domain_part(std::string_view comparable_address) {
  const std::size_t at = comparable_address.rfind('@');
  return at == comparable_address.npos ? std::string_view() : comparable_address.substr(at + 1);
}

void for_each_word(std::string_view text, std::size_t most,
                   const std::function<void(std::string_view)>& hear) {
  std::string word;
  const auto end_word = [&] {
    if (word.empty() || most == 0) return;
    --most;
    hear(word);
    word.clear();
  };
  while (!text.empty() && most > 0) {
    std::uint32_t point = 0;
    const std::size_t length = read_point(text, point);
    const char c = to_lower(text.front());
    text.remove_prefix(std::max<std::size_t>(length, 1));
    if (length <= 1) {
      if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
        word += c;
      else
        end_word();
    } else if (const std::string_view letters = policy::resemblance::unmarked(point); !letters.empty()) {
      word += letters;
    } else if (policy::resemblance::is_mark(point) || is_invisible(point)) {
      // belongs to the letter in front of it, or is not seen
    } else if (is_separator(point)) {
      end_word();
    } else if (is_ideograph(point)) {
      end_word();
      append_point(word, point);
      end_word();
    } else {
      append_point(word, policy::resemblance::lower(point));
    }
    if (word.size() >= kLongestWord) end_word();
  }
  end_word();
}

std::string terms_of(const Row& row) {
  Terms terms;
  terms.add(Kind::record, !row.note.empty() ? "n" : row.session ? "s" : "m");
  terms.add(Kind::id, canonical_id(row.id).value_or(std::string()));
  if (!row.note.empty()) {
    add_note(terms, row);
    return terms.take();
  }
  for (const std::string& text : client_terms(row.ip)) terms.add(Kind::client, text);
  terms.add(Kind::verdict, row.action);
  terms.add(Kind::rule, row.rule);
  terms.add(Kind::decided, row.rule);
  for (const std::string_view rule : row.effective) terms.add(Kind::rule, rule);
  for (const std::string_view rule : row.trial) terms.add(Kind::trial, rule);
  terms.add_reply(row.reply);
  terms.add_words(row.reply);
  terms.add_words(row.client_name);
  terms.add_words(row.helo);
  if (row.session) {
    terms.add(Kind::ended, row.ended);
    terms.add_words(row.detail);
  } else {
    add_transaction(terms, row);
  }
  return terms.take();
}

}  // namespace gateway::journal::index
