#include "gateway/journal/hidden_subject.h"

#include <algorithm>

#include "gateway/sha256_hex.h"

namespace gateway::journal {
namespace {

constexpr std::size_t kQuoted = 6;  // octets; less stands in other words, too

void replace_all(std::string& text, std::string_view clear, std::string_view hidden) {
  if (clear.empty()) return;
  for (std::size_t at = text.find(clear); at != text.npos; at = text.find(clear, at + hidden.size()))
    text.replace(at, clear.size(), hidden);
}

// A reply is ASCII.
std::string as_in_a_reply(std::string_view text) {
  std::string said(text);
  std::ranges::replace_if(
      said, [](char c) { return c < ' ' || c > '~'; }, '?');
  return said;
}

}  // namespace

std::string stand_in(std::string_view subject, SubjectMode mode) {
  if (mode == SubjectMode::keep) return std::string(subject);
  return mode == SubjectMode::hash ? sha256_hex(subject) : "(not recorded)";
}

HiddenSubject::HiddenSubject(std::string_view subject, SubjectMode mode)
    : subject_(mode == SubjectMode::keep ? std::string_view() : subject),
      stand_in_(subject_.empty() ? std::string() : stand_in(subject_, mode)) {}

void HiddenSubject::hide(policy::ReplyText& reply) {
  if (!hides() || reply.subject.empty()) return;
  const std::string clear = reply.text;
  for (auto piece = reply.subject.rbegin(); piece != reply.subject.rend(); ++piece)  // they stand in order
    reply.text.replace(piece->offset, piece->length, stand_in_);
  reply.subject.clear();
  texts_.emplace_back(clear, reply.text);
}

void HiddenSubject::hide(std::string& text) const {
  if (!hides()) return;
  for (const auto& [clear, hidden] : texts_) replace_all(text, clear, hidden);
  if (subject_.size() < kQuoted) return;
  replace_all(text, subject_, stand_in_);
  replace_all(text, as_in_a_reply(subject_), stand_in_);
}

}  // namespace gateway::journal
