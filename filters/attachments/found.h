#pragma once
// What was found in a message, within bounds of its own.

#include <string>
#include <string_view>
#include <vector>

#include "policy/facts/evidence.h"
#include "policy/facts/value.h"

namespace filters::attachments {

// Extensions, each once, in the order they were met.
class Extensions {
 public:
  static constexpr std::size_t kMost = 200;

  // False when there is no room for it.
  bool add(std::string_view extension);
  bool has(std::string_view extension) const;
  // One of those in a text that separates and encloses them by blanks.
  bool has_one_of(std::string_view words) const;
  const policy::List& list() const { return list_; }

 private:
  policy::List list_;
};

// How it was found: all that matters, and of the rest what there is room for.
class Trail {
 public:
  struct Place {
    std::size_t at = static_cast<std::size_t>(-1);  // nowhere: there was no room
  };
  Place add(unsigned depth, std::string meaning, bool matters);
  // Says more of it, at its end.
  void append(Place place, std::string_view words);
  std::vector<policy::Step> take();

 private:
  static constexpr std::size_t kMostPlain = 20;
  static constexpr std::size_t kMost = 50;
  std::vector<policy::Step> steps_;
  std::size_t plain_ = 0;
  std::size_t left_out_ = 0;
};

struct Found {
  Extensions extensions;
  bool encrypted = false;
  bool macros = false;
  std::vector<std::string> bounds_met;  // why that may not be all; empty when it is
  Trail trail;

  void bound_met(std::string what);
};

}  // namespace filters::attachments
