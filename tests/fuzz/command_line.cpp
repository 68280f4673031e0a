// One SMTP command line: parsed to a step or a refusal, whatever its octets; the enhanced code's class is the
// code's.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/smtp/protocol.h"

namespace {

void look(const gateway::smtp::Reply& reply) {
  if (reply.code() < 200 || reply.code() > 599) __builtin_trap();
  const std::string enhanced = reply.enhanced();
  if (!enhanced.empty() && enhanced.front() - '0' != reply.code() / 100) __builtin_trap();
  std::string wire;
  reply.append_to(wire);
  if (!wire.ends_with("\r\n")) __builtin_trap();
  for (const char c : wire)
    if (c != '\r' && c != '\n' && (c < ' ' || c > '~')) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gateway::smtp;
  Protocol protocol({"mx.example.com", {}, gateway::settings::ListenerTls::starttls, true});
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  for (int lines = 0; lines < 50 && !rest.empty(); ++lines) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    Line line;
    line.text = rest.substr(0, end);
    auto step = protocol.on_line(line);
    std::visit(
        [&](auto& one) {
          if constexpr (requires { one.reply; }) look(one.reply);
          using Kind = std::remove_cvref_t<decltype(one)>;
          if constexpr (std::is_same_v<Kind, AskSender>)
            protocol.sender_answered(one.envelope, Reply(250, "1.0", "ok"));
          if constexpr (std::is_same_v<Kind, AskRecipient>)
            protocol.recipient_answered(Reply(250, "1.5", "ok"), false);
          if constexpr (std::is_same_v<Kind, SkipChunk>) look(one.say.reply);
          if constexpr (std::is_same_v<Kind, TakeChunk>)
            if (one.last) protocol.data_ended();
          if constexpr (std::is_same_v<Kind, AskData>) protocol.data_refused(Reply(451, "3.0", "no"));
        },
        step);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return 0;
}
