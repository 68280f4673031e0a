#pragma once
// Text for people: sections with a title, hanging paragraphs, colours where a terminal takes them.  Nothing
// from outside reaches the terminal raw: whatever is put on the page is made printable.

#include <cstddef>
#include <string>
#include <string_view>

#include "gateway/vocabulary.h"

namespace gateway::journal {

struct PageStyle {
  bool colour = false;    // ECMA-48 colours
  std::size_t width = 0;  // columns, at which paragraphs are broken; 0: never
};

class Page {
 public:
  enum class Tone { plain, title, good, bad, doubtful, faint };

  explicit Page(PageStyle style) : style_(style) {}

  // The lines that follow belong to it; without any it does not appear.
  void section(std::string_view title) { title_ = title; }

  // A line of its own, however long.  `head` is its front and takes the tone.
  void line(std::string_view text, std::string_view head = {}, Tone tone = Tone::plain);

  // Words, broken at blanks where the page ends; all lines but the first hang `hang` columns deeper.
  void paragraph(std::size_t indent, std::string_view text, std::size_t hang = 2, Tone tone = Tone::plain);

  std::string take() { return std::move(out_); }

 private:
  void open_section();
  void put(std::string_view text, Tone tone);

  PageStyle style_;
  std::string out_;
  std::string title_;
  bool in_section_ = false;
};

// The text in that tone; without colours, or when there is none, as it is.
std::string coloured(std::string_view text, Page::Tone tone, bool colour);

// What a result is to its reader.
Page::Tone tone(Outcome outcome);

}  // namespace gateway::journal
