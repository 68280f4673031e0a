#pragma once
// A mailstore's reply, read within bounds: what answers us may be anything.  RFC 5321 §4.2, RFC 3463 §2

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gateway::delivery {

struct ServerReply {
  int code = 0;                    // 200 to 599
  std::string enhanced;            // "5.1.1", only where its class is the code's
  std::vector<std::string> lines;  // the words, without code; octets from outside

  bool positive() const { return code >= 200 && code < 300; }
  bool temporary() const { return code >= 400 && code < 500; }
  bool permanent() const { return code >= 500; }
  std::string text() const;  // on one line, without codes
};

class ReplyReader {
 public:
  enum class State { more, done, broken };

  // Takes octets from `input` up to the end of one reply.
  State take(std::string_view& input);
  // The reply, after done; the reader is ready for the next.
  ServerReply reply();

 private:
  State line_complete();

  std::string line_;
  std::size_t octets_ = 0;
  ServerReply reply_;
  bool broken_ = false;
};

}  // namespace gateway::delivery
