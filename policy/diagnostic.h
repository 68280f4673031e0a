#pragma once
// What is wrong in a file, where, and what was expected: printed as a good compiler does.  Settings and
// policy share it.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace policy {

struct Diagnostic {
  enum class Severity { warning, error };
  Severity severity = Severity::error;
  std::string file;
  unsigned line = 0;    // from 1; 0: the file as a whole
  unsigned column = 0;  // from 1, in octets
  unsigned length = 1;  // octets to underline
  std::string message;  // "unknown fact 'spf.result'; did you mean spf.mailfrom or spf.helo?"
  std::string source;   // the line itself; may be empty
};

// file:line:column: [warning: ]message, the source line and a caret below it.  Text of the file is made
// printable.
std::string render(const Diagnostic& diagnostic);

// All that was found, in the order of file and line.
class Diagnostics {
 public:
  void add(Diagnostic diagnostic);
  bool has_errors() const;
  const std::vector<Diagnostic>& all() const { return all_; }
  std::string render() const;  // every one, in order, each followed by a newline

 private:
  std::vector<Diagnostic> all_;
};

// The candidates nearest to a mistyped word (edit distance with transpositions, a share of its length, and a
// match of the last dotted part), best first, at most three; empty when none is near.
std::vector<std::string> nearest(std::string_view word, std::span<const std::string_view> candidates);
// "; did you mean a, b or c?" or nothing.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace policy
