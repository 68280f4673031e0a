#pragma once
// Room for a text that is written from front to back and looked at.  A thread makes one such text after the
// other: what one has used serves the next.

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <memory>
#include <string_view>

#include "policy/facts/octet_block.h"

namespace gateway::journal {

// What does not stand between quotes as it is, in JSON or in a log line.  Most text has nothing of it.
inline policy::OctetBlock not_quoted(policy::OctetBlock block) {
  return policy::below_or_above_ascii(block, 0x20) | policy::equal_to(block, 0x7f) |
         policy::equal_to(block, '"') | policy::equal_to(block, '\\');
}

class TextRoom {
 public:
  TextRoom();
  ~TextRoom();
  TextRoom(const TextRoom&) = delete;
  TextRoom& operator=(const TextRoom&) = delete;

  void ensure(std::size_t more) {
    if (static_cast<std::size_t>(end_ - at_) < more) grow(more);
  }

  // These write where ensure() has made room.
  void put(char c) { *at_++ = c; }
  void put(std::string_view octets) { at_ = std::copy(octets.begin(), octets.end(), at_); }
  void put_if(bool really, char c) {
    *at_ = c;
    at_ += really ? 1 : 0;
  }
  // False: something in it is odd (policy/facts/octet_block.h), and nothing was put.
  template <class Odd>
  bool put_none_odd(std::string_view octets, Odd odd) {
    const bool none = policy::copy_none_odd(octets, at_, odd);
    at_ += none ? octets.size() : 0;
    return none;
  }
  // As std::to_chars() writes it.
  template <class Number>
  void put_number(Number value) {
    at_ = std::to_chars(at_, end_, value).ptr;
  }

  // Not less than 0 nor more than 10^12, rounded, with all those decimals.
  void put_decimal(double value, unsigned decimals);

  // What was written so far; the view is valid until more is.
  std::string_view view() const { return {room_.begin.get(), at_}; }
  std::size_t size() const { return view().size(); }
  void cut(std::size_t size) { at_ = room_.begin.get() + size; }

 private:
  struct Room {
    std::unique_ptr<char[]> begin;
    std::size_t size = 0;
  };
  struct Spare;
  static Spare& spare();
  void grow(std::size_t more);

  Room room_;
  char* at_;
  char* end_;
};

}  // namespace gateway::journal
