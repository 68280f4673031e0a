#pragma once
// Writes JSON straight into a string: a record is made for each message, and a tree of values only to be
// printed would cost more than all else about it.  RFC 8259

#include <cstdint>
#include <string>
#include <string_view>

namespace gateway::journal {

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  JsonWriter& begin_object() { return begin('{'); }
  JsonWriter& end_object() { return end('}'); }
  JsonWriter& begin_array() { return begin('['); }
  JsonWriter& end_array() { return end(']'); }

  // In an object, before each value.
  JsonWriter& key(std::string_view name);

  // Text is UTF-8; in what is none, each octet outside printable ASCII stands as \xNN.
  JsonWriter& text(std::string_view octets);
  // One code point (U+0000 to U+00FF) per octet, so that nothing is lost.
  JsonWriter& octets(std::string_view octets);
  JsonWriter& number(double value);  // whole ones as such; null for what JSON has no number
  JsonWriter& integer(std::int64_t value);
  JsonWriter& boolean(bool value);
  JsonWriter& null();

 private:
  JsonWriter& begin(char bracket);
  JsonWriter& end(char bracket);
  void separate();
  void quote(std::string_view utf8);

  std::string& out_;
  bool comma_ = false;  // before the next member
};

}  // namespace gateway::journal
