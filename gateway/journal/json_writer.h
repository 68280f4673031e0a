#pragma once
// Writes JSON straight into its octets: a record is made for each message, and a tree of values only to be
// printed would cost more than all else about it.  RFC 8259

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/journal/text_room.h"

namespace gateway::journal {

// The name of a member that stands in our source.  That nothing in it needs to be escaped is checked when it
// is compiled, and never again.
class JsonName {
 public:
  template <std::size_t N>
  consteval JsonName(const char (&literal)[N]) : text_(literal, N - 1) {
    for (const char c : text_)
      if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\') throw "to be written with key_of()";
  }
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

class JsonWriter {
 public:
  JsonWriter& begin_object() { return begin('{'); }
  JsonWriter& end_object() { return end('}'); }
  JsonWriter& begin_array() { return begin('['); }
  JsonWriter& end_array() { return end(']'); }

  // In an object, before each value.
  JsonWriter& key(JsonName ours) {
    const std::string_view name = ours.text();
    separate(name.size() + 3);
    out_.put('"');
    out_.put(name);
    out_.put('"');
    return colon();
  }
  // The same for a name that is known only now, whoever chose it.
  JsonWriter& key_of(std::string_view name) { return text(name).colon(); }

  // Text is UTF-8; in what is none, each octet outside printable ASCII stands as \xNN.  What would act on a
  // terminal or a page (control characters, controls of direction) is escaped, so that JSON may be looked at.
  JsonWriter& text(std::string_view octets);
  // One code point (U+0000 to U+00FF) per octet, so that nothing is lost.
  JsonWriter& octets(std::string_view octets);
  JsonWriter& number(double value);  // whole ones as such; null for what JSON has no number
  JsonWriter& integer(std::int64_t value);
  JsonWriter& seconds(double value);  // to the microsecond
  JsonWriter& boolean(bool value) { return word(value ? std::string_view("true") : "false"); }
  JsonWriter& null() { return word("null"); }

  // What was written so far; the view is valid until more is.
  std::string_view view() const { return out_.view(); }
  std::string str() const { return std::string(view()); }

 private:
  // Before a value of that many octets: the comma, if it is not the first.
  void separate(std::size_t octets) {
    out_.ensure(octets + 1);
    out_.put_if(comma_, ',');
    comma_ = true;
  }
  JsonWriter& begin(char bracket) {
    separate(1);
    out_.put(bracket);
    comma_ = false;
    return *this;
  }
  JsonWriter& end(char bracket) {
    out_.ensure(1);
    out_.put(bracket);
    comma_ = true;
    return *this;
  }
  JsonWriter& colon() {
    out_.ensure(1);
    out_.put(':');
    comma_ = false;
    return *this;
  }
  JsonWriter& word(std::string_view plain) {
    separate(plain.size());
    out_.put(plain);
    return *this;
  }
  bool quoted_as_it_is(std::string_view octets);
  void take_run(std::string_view& octets);
  void write_text(std::string_view utf8);
  void write_octets(std::string_view octets);
  void close_quotes();
  void escape(char c);
  void escape(std::uint32_t point);

  TextRoom out_;
  bool comma_ = false;  // before the next member
};

}  // namespace gateway::journal
