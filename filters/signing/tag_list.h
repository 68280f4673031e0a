#pragma once
// The tag=value list of signatures and key records: strict, total, bounded.  RFC 6376 §3.2

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/facts/result.h"

namespace filters::signing {

using namespace policy::facts;

struct Tag {
  std::string_view name;   // case counts
  std::string_view value;  // white space around it removed, inside it kept
};

class TagList {
 public:
  static constexpr std::size_t kMostOctets = 32 * 1024;  // half of what libopendkim can hold of a field
  static constexpr std::size_t kMostTags = 100;

  // The tags are views into `text`, which must live longer.  An error is a reason for people.
  static Result<TagList> parse(std::string_view text);

  const std::vector<Tag>& tags() const { return tags_; }
  const std::string_view* find(std::string_view name) const;

 private:
  std::vector<Tag> tags_;
};

// The value without any white space, folds included: b=, bh=, p= and the words of lists.
std::string without_space(std::string_view value);

// The members of a colon-separated list (h=, q=, s=, t=), trimmed; an empty member stays.
std::vector<std::string_view> split_colons(std::string_view value);

// Strict base64 with its padding, white space already removed.  RFC 4648 §4
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace filters::signing
