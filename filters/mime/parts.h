#pragma once
// The parts of a message as any mail reader may see them.  One pass over the octets, no recursion, bounded
// memory.
//
// Readers disagree on malformed messages, and senders who hide something count on it.  So what is found is
// the union: parts behind the last delimiter, behind a delimiter that only begins like the boundary, by each
// of several boundaries, in front of a missing blank line; files uuencoded in a text.  Where a delimiter is
// not one to every reader, the part in front of it goes on as well, up to one that is.  RFC 2045, 2046

#include <cstdint>
#include <string>
#include <vector>

#include "policy/facts/message.h"

#include "filters/mime/part_header.h"

namespace filters::mime {

struct PartLimits {
  unsigned depth = 20;    // multiparts and messages inside each other
  unsigned parts = 1000;  // in all
};

struct Part {
  std::string number;       // "2.1", as IMAP counts.  RFC 3501 §6.4.5
  unsigned depth = 0;       // multiparts and messages around it
  PartHeader header;        // of a uuencoded file its name
  std::uint64_t begin = 0;  // its content, as it is encoded
  std::uint64_t end = 0;    //
  bool in_parts = false;    // all that its content is are other parts, listed as well
  bool is_message = false;  // a message; in_parts unless it is encoded
  std::size_t owner = 0;    // used while reading
};

struct Parts {
  std::vector<Part> parts;
  std::vector<std::string> bounds_met;  // what was not looked at, for people; empty when all was
};

enum class Begins { header, body };

// `depth` of them are around the octets already.
Parts read_parts(const policy::Octets& octets, Begins with, const PartLimits& limits, unsigned depth = 0);

}  // namespace filters::mime
