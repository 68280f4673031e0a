#pragma once
// Records on their way to the disk, all in one text: their memory is used again and again, and written as it
// lies.

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gateway::journal {

class Batch {
 public:
  // Texts without line ends; `plain` may be empty.  A line end within becomes a space: a record is one line
  // whatever it holds.
  void add(std::string_view line, std::string_view plain) {
    append(lines_, line);
    lines_ += '\n';
    ends_.push_back(lines_.size());
    if (plain.empty()) return;
    if (!plain_.empty()) plain_ += '\n';
    append(plain_, plain);
  }

  bool empty() const { return ends_.empty(); }
  std::size_t records() const { return ends_.size(); }
  std::size_t octets() const { return lines_.size() + plain_.size(); }

  // How many records are whole in so many octets of lines().
  std::size_t records_in(std::size_t octets) const {
    return static_cast<std::size_t>(std::ranges::upper_bound(ends_, octets) - ends_.begin());
  }

  std::string_view lines() const { return lines_; }  // each with its line end
  std::string_view plain() const { return plain_; }  // with a line end between two

  template <class Hear>
  void for_each(Hear hear) const {
    std::size_t begin = 0;
    for (const std::size_t end : ends_) {
      hear(lines().substr(begin, end - 1 - begin));
      begin = end;
    }
  }

  // Memory that a rush needed is not kept.
  void clear() {
    if (octets() > kKept) *this = Batch();
    lines_.clear();
    plain_.clear();
    ends_.clear();
  }

 private:
  static constexpr std::size_t kKept = 4 << 20;

  static void append(std::string& text, std::string_view line) {
    const std::size_t begin = text.size();
    text += line;
    if (line.find('\n') == line.npos) return;
    std::replace(text.begin() + static_cast<std::ptrdiff_t>(begin), text.end(), '\n', ' ');
  }

  std::string lines_;
  std::string plain_;
  std::vector<std::size_t> ends_;
};

}  // namespace gateway::journal
