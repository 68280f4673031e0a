#include "policy/reply_template.h"

#include <fmt/format.h>

#include <algorithm>

#include "policy/diagnostic.h"
#include "policy/facts/text.h"

namespace policy {
namespace {

constexpr std::size_t kTextOctets = 300;   // of the text, placeholders filled in
constexpr std::size_t kValueOctets = 100;  // of one placeholder

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// What a peer chose must not look like more than one printable word of a reply.
std::string ascii(std::string_view text, std::size_t most) {
  std::string safe;
  for (const char c : text) {
    if (safe.size() >= most) break;
    safe += c >= ' ' && c < 127 ? c : '?';
  }
  return safe;
}

bool is_subject(FactId id, const Vocabulary& vocabulary) { return vocabulary[id].name == "subject"; }

// "5.7.26" behind the code, if there is one: its length, or 0.
std::size_t enhanced_code(std::string_view text) {
  std::size_t at = 0;
  for (int part = 0; part < 3; ++part) {
    const std::size_t from = at;
    while (at < text.size() && is_digit(text[at]) && at - from < 3) ++at;
    if (at == from) return 0;
    if (part < 2 && (at >= text.size() || text[at++] != '.')) return 0;
  }
  return at == text.size() || text[at] == ' ' ? at : 0;
}

}  // namespace

std::optional<ReplyTemplate> ReplyTemplate::parse(std::string_view text, Disposition action,
                                                  const Vocabulary& vocabulary, Mistake& mistake) {
  const auto fail = [&](std::size_t offset, std::size_t length,
                        std::string message) -> std::optional<ReplyTemplate> {
    mistake = {offset, std::max<std::size_t>(1, length), std::move(message)};
    return std::nullopt;
  };
  const char wanted = action == Disposition::defer ? '4' : '5';
  const bool has_code =
      text.size() >= 4 && is_digit(text[0]) && is_digit(text[1]) && is_digit(text[2]) && text[3] == ' ';
  if (!has_code)
    return fail(0, text.size(),
                fmt::format("a reply begins with its code, as in '{}50 {}.7.1 text'", wanted, wanted));
  if (text[0] != wanted || text[1] > '5')
    return fail(0, 3,
                action == Disposition::defer ? "a rule that defers answers with a 4xx code"
                                             : "a rule that rejects answers with a 5xx code");
  ReplyTemplate reply;
  reply.code_ = (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
  if (reply.code_ == 421) return fail(0, 3, "421 ends the connection and is not for rules: use 450 or 451");
  std::size_t at = 4;
  if (const std::size_t length = enhanced_code(text.substr(at)); length > 0) {
    if (text[at] != wanted)
      return fail(at, length, fmt::format("the enhanced code must begin with {}, as the code does", wanted));
    reply.detail_ = text.substr(at + 2, length - 2);
    at += length + (at + length < text.size() ? 1 : 0);
  }
  std::string plain;
  while (at < text.size()) {
    const char c = text[at];
    if ((c == '{' || c == '}') && at + 1 < text.size() && text[at + 1] == c) {
      plain += c;
      at += 2;
    } else if (c == '}') {
      return fail(at, 1, "this '}' closes nothing; write '}}' for the character itself");
    } else if (c == '{') {
      const std::size_t close = text.find('}', at);
      if (close == text.npos)
        return fail(at, text.size() - at, "this '{' is never closed; write '{{' for the character itself");
      const std::string_view name = text.substr(at + 1, close - at - 1);
      const auto id = vocabulary.find(name);
      if (!id) {
        std::vector<std::string_view> names;
        for (std::size_t i = 0; i < vocabulary.size(); ++i) names.push_back(vocabulary[FactId(i)].name);
        return fail(at + 1, name.size(),
                    fmt::format("unknown fact '{}'{}", printable(name), did_you_mean(name, names)));
      }
      if (!plain.empty()) reply.parts_.emplace_back(std::move(plain));
      plain.clear();
      reply.parts_.emplace_back(*id);
      at = close + 1;
    } else if (c < ' ' || c >= 127) {
      return fail(at, 1, "a reply is plain ASCII on one line");
    } else {
      plain += c;
      ++at;
    }
  }
  if (!plain.empty()) reply.parts_.emplace_back(std::move(plain));
  if (reply.parts_.empty())
    return fail(0, text.size(), "a reply needs a text that tells the sender what is wrong");
  return reply;
}

ReplyTemplate ReplyTemplate::by_default(Disposition action, const std::vector<std::string>& facts_named,
                                        const Vocabulary& vocabulary) {
  ReplyTemplate reply;
  reply.code_ = action == Disposition::defer ? 451 : 550;
  const auto say = [&](std::string_view detail, std::string_view before, std::string_view fact,
                       std::string_view after) {
    reply.detail_ = detail;
    reply.parts_.emplace_back(std::string(before));
    if (const auto id = vocabulary.find(fact)) reply.parts_.emplace_back(*id);
    if (!after.empty()) reply.parts_.emplace_back(std::string(after));
    return reply;
  };
  const bool later = action == Disposition::defer;
  const auto ending = [&](std::string_view for_good) {
    return later ? std::string_view(" failed, try again later") : for_good;
  };
  for (const std::string& name : facts_named) {
    if (name.starts_with("dmarc."))
      return say("7.26", "DMARC check of ", "from.domain",
                 ending(" failed and this message is refused by policy"));
    if (name.starts_with("spf."))
      return say("7.23", "SPF check of ", "spf.domain", ending(" failed: client not authorised"));
    if (name.starts_with("dkim."))
      return say("7.20",
                 later ? "no acceptable DKIM signature found, try again later"
                       : "no acceptable DKIM signature found",
                 "", "");
    if (name == "client.name" || name == "client.rdns")
      return say("7.25",
                 later ? "reverse DNS validation of the client failed, try again later"
                       : "reverse DNS validation of the client failed",
                 "", "");
  }
  return say("7.1", later ? "not accepted now, try again later" : "refused by local policy", "", "");
}

std::vector<FactId> ReplyTemplate::facts() const {
  std::vector<FactId> facts;
  for (const auto& part : parts_)
    if (const FactId* id = std::get_if<FactId>(&part)) facts.push_back(*id);
  return facts;
}

ReplyText ReplyTemplate::render(const Facts& facts) const {
  ReplyText reply{code_, detail_, {}};
  for (const auto& part : parts_) {
    if (const std::string* plain = std::get_if<std::string>(&part)) {
      reply.text += *plain;
      continue;
    }
    const Fact& fact = facts.at(std::get<FactId>(part));
    const std::string value = fact.known() ? to_text(fact.value) : "(unknown)";
    const std::size_t begin = reply.text.size();
    reply.text += ascii(value.empty() ? "(none)" : value, kValueOctets);
    if (is_subject(std::get<FactId>(part), facts.vocabulary()) && !value.empty() && fact.known())
      reply.subject.push_back({begin, reply.text.size() - begin});
  }
  if (reply.text.size() > kTextOctets) reply.text.resize(kTextOctets);
  std::erase_if(reply.subject, [](const ReplyText::Piece& one) { return one.offset >= kTextOctets; });
  for (ReplyText::Piece& one : reply.subject) one.length = std::min(one.length, kTextOctets - one.offset);
  return reply;
}

}  // namespace policy
