#include "gateway/journal/page.h"

#include <algorithm>

#include "gateway/journal/columns.h"

namespace gateway::journal {
namespace {

constexpr std::size_t kLongest = 4000;  // octets of a line
constexpr std::size_t kNarrowest = 40;  // a page narrower than that is not broken any further
constexpr std::size_t kSectionIndent = 2;

std::string_view colour(Page::Tone tone) {
  switch (tone) {
    case Page::Tone::title: return "\x1b[1m";
    case Page::Tone::good: return "\x1b[32m";
    case Page::Tone::bad: return "\x1b[31m";
    case Page::Tone::doubtful: return "\x1b[33m";
    case Page::Tone::faint: return "\x1b[2m";
    case Page::Tone::plain: break;
  }
  return {};
}

}  // namespace

Page::Tone tone(Outcome outcome) {
  switch (outcome) {
    case Outcome::pass: return Page::Tone::good;
    case Outcome::fail:
    case Outcome::permerror: return Page::Tone::bad;
    case Outcome::softfail:
    case Outcome::policy:
    case Outcome::temperror: return Page::Tone::doubtful;
    case Outcome::none:
    case Outcome::neutral: break;
  }
  return Page::Tone::plain;
}

std::string coloured(std::string_view text, Page::Tone tone, bool colours) {
  const std::string_view begin = colours && !text.empty() ? colour(tone) : std::string_view();
  std::string out(begin);
  out += text;
  if (!begin.empty()) out += "\x1b[0m";
  return out;
}

void Page::put(std::string_view text, Tone tone) { out_ += coloured(text, tone, style_.colour); }

void Page::open_section() {
  if (title_.empty()) return;
  if (!out_.empty()) out_ += '\n';
  put(title_, Tone::title);
  out_ += '\n';
  title_.clear();
  in_section_ = true;
}

void Page::line(std::string_view text, std::string_view head, Tone tone) {
  open_section();
  if (in_section_) out_.append(kSectionIndent, ' ');
  std::string shown = printable(text, kLongest);
  shown.erase(shown.find_last_not_of(' ') + 1);
  std::string front = printable(head, kLongest);
  if (shown.empty()) front.erase(front.find_last_not_of(' ') + 1);
  put(front, tone);
  out_.append(shown).append("\n");
}

void Page::paragraph(std::size_t indent, std::string_view text, std::size_t hang, Tone tone) {
  open_section();
  if (in_section_) indent += kSectionIndent;
  const std::string shown = printable(text, kLongest);
  const std::size_t width = style_.width == 0 ? 0 : std::max(style_.width, kNarrowest);
  std::string_view rest = trim(shown, " ");
  std::string line(indent, ' ');
  std::string words;
  const auto flush = [&] {
    out_ += line;
    put(words, tone);
    out_ += '\n';
    line.assign(indent + hang, ' ');
    words.clear();
  };
  while (!rest.empty()) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    const bool full =
        !words.empty() && width != 0 && line.size() + columns(words) + 1 + columns(word) > width;
    if (full) flush();
    if (!words.empty()) words += ' ';
    words += word;
    rest = trim(rest.substr(word.size()), " ");
  }
  if (!words.empty()) flush();
}

}  // namespace gateway::journal
