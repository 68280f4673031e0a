// What a mailstore may answer: in one piece and in two, it must read the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "gateway/delivery/server_reply.h"

namespace {

std::string read_all(std::string_view first, std::string_view second) {
  gateway::delivery::ReplyReader reader;
  std::string seen;
  for (std::string_view part : {first, second})
    while (!part.empty()) {
      const auto state = reader.take(part);
      if (state == gateway::delivery::ReplyReader::State::broken) return seen + "broken";
      if (state == gateway::delivery::ReplyReader::State::more) break;
      const gateway::delivery::ServerReply reply = reader.reply();
      seen += std::to_string(reply.code) + "|" + reply.enhanced + "|" + reply.text() + "\n";
      if (reply.code < 200 || reply.code > 599) std::abort();
    }
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t cut = text.empty() ? 0 : data[0] % text.size();
  if (read_all(text, {}) != read_all(text.substr(0, cut), text.substr(cut))) std::abort();
  return 0;
}
