#pragma once
// A server's replies as a strict client reads them.  RFC 5321 §4.2, RFC 2034 §4

#include <string>
#include <string_view>
#include <vector>

namespace support {

struct HeardReply {
  int code = 0;
  std::string enhanced;  // "5.7.1"; empty when there is none
  std::string text;      // behind the codes; of the last line
  std::size_t lines = 0;
};

struct HeardReplies {
  std::vector<HeardReply> replies;
  std::string rest;       // begun, and not ended
  std::string complaint;  // the first line that is not as it should be
};

// Lines end with CRLF and have at most 512 octets, all printable ASCII; lines of one reply agree in their
// codes, and the class of the enhanced code is that of the code.
HeardReplies read_replies(std::string_view wire);

}  // namespace support
