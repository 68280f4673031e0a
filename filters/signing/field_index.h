#pragma once
// Which fields an h= covers: each name takes the lowest field of that name that is not taken yet.  RFC 6376
// §5.4.2

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/facts/message.h"

namespace filters::signing {

using namespace policy::facts;

// Made once a message, for any number of signatures.  The message must live longer.
class FieldIndex {
 public:
  explicit FieldIndex(const Message& message);

  // The fields covered, in the order of `names` (lower case); a name that finds none left covers nothing.
  // `own` is the signature's own field, which no h= covers.
  std::vector<const Field*> covered(std::span<const std::string> names, const Field* own) const;

 private:
  std::vector<const Field*> fields_;  // by name, those of one name from the bottom of the message
};

// A field that readers show and of which the message has more than `names` covers: the signature is over the
// lowest ones, and people see the topmost.  Empty when there is none.  RFC 6376 §8.15
std::string_view added_field(const Message& message, std::span<const std::string> names);

}  // namespace filters::signing
