#pragma once
// Reads JSON straight from its octets, value by value, the counterpart of JsonWriter: what nobody asks for is
// passed over and made into nothing.  RFC 8259
//
// Total: any octets give values or a failure, in linear time and bounded depth.  What is passed over is
// looked at only as far as to find its end.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gateway::journal {

class JsonReader {
 public:
  enum class Kind { none, object, array, text, number, boolean, null };

  static constexpr std::size_t kDepth = 32;  // objects and arrays within each other

  // The octets must stay where they are.
  explicit JsonReader(std::string_view octets) : rest_(octets) {}

  // Of the next value, by its first octet; none at the end, or when it failed.
  Kind kind();

  // Each of these takes one value from the front, whatever it is; what is of another kind than asked for is
  // passed over and gives nothing.

  // Calls member(name) in front of the value of each member, and passes over what it does not take.  The name
  // is good until a value is taken.
  template <class Member>
  bool object(const Member& member) {
    if (!open('{', Kind::object)) return false;
    for (bool first = true; !close('}', first); first = false) {
      const auto name = key();
      if (!name) return false;
      const std::size_t before = rest_.size();
      member(*name);
      if (rest_.size() == before) skip();
      if (failed_) return false;
    }
    return !failed_;
  }
  // Likewise for each element.
  template <class Element>
  bool array(const Element& element) {
    if (!open('[', Kind::array)) return false;
    for (bool first = true; !close(']', first); first = false) {
      skip_blanks();
      const std::size_t before = rest_.size();
      element();
      if (rest_.size() == before) skip();
      if (failed_) return false;
    }
    return !failed_;
  }
  // Good until the next value or name is taken.
  std::optional<std::string_view> text();
  std::optional<double> number();
  std::optional<bool> boolean();
  void skip();

  bool failed() const { return failed_; }
  // Nothing but blanks is left.
  bool at_end();

 private:
  void skip_blanks();
  bool open(char bracket, Kind kind);
  bool close(char bracket, bool first);
  std::optional<std::string_view> key();
  std::optional<std::string_view> quoted();
  std::optional<std::string_view> unescaped(std::size_t plain);
  bool escape();
  bool hex4(unsigned& unit);
  void skip_quoted();
  bool word(std::string_view expected);
  void fail();

  std::string_view rest_;
  std::string unescaped_;
  std::size_t depth_ = 0;
  bool failed_ = false;
};

}  // namespace gateway::journal
