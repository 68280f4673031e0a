#pragma once
// Words of a header field, with a fold before each that would make its line too long.  RFC 5322 §2.2.3

#include <initializer_list>
#include <string>
#include <string_view>

namespace policy::inline facts {

inline constexpr std::size_t kLineLength = 78;  // RFC 5322 §2.1.1, CRLF not counted

struct Folds {
  std::string_view fold;              // CRLF and white space
  std::size_t indent;                 // columns of that white space
  std::size_t longest = kLineLength;  // columns of a line
};

class WordFolder {
 public:
  // Appends to a field that is begun.
  WordFolder(std::string& field, const Folds& folds) : field_(field), folds_(folds), column_(field.size()) {}

  // The pieces as one word, with a space or a fold before it.
  void word(std::initializer_list<std::string_view> pieces) {
    std::size_t size = 0;
    for (const std::string_view piece : pieces) size += piece.size();
    const bool fits = column_ + 1 + size <= folds_.longest;
    field_ += fits ? " " : folds_.fold;
    for (const std::string_view piece : pieces) field_ += piece;
    column_ = (fits ? column_ + 1 : folds_.indent) + size;
  }
  // The next word begins a line, whether it would fit or not.
  void end_line() { column_ = folds_.longest; }

 private:
  std::string& field_;
  const Folds folds_;
  std::size_t column_;
};

}  // namespace policy::inline facts
