// [limits]: the bounds of DESIGN §8, each with the range in which it makes sense.

#include <fmt/format.h>

#include "gateway/settings/sections.h"

namespace gateway::settings {

using namespace std::chrono_literals;

void load_limits(TableReader& root, Settings& settings) {
  auto table = root.table("limits");
  if (!table) return;
  Limits& limits = settings.limits;
  constexpr std::uint64_t kMiB = 1 << 20;
  constexpr std::uint64_t kGiB = 1 << 30;
  table->size("command_line", limits.command_line, 512,
              64 << 10);                                   // RFC 5321 §4.5.3.1.4; one read of a socket
  table->size("text_line", limits.text_line, 1000, kGiB);  // RFC 5321 §4.5.3.1.6
  table->size("header_size", limits.header_size, 1000, kGiB);
  table->number("header_fields", limits.header_fields, 10, 1'000'000);
  table->number("dkim_signatures", limits.dkim_signatures, 1, 100);
  table->number("received_fields", limits.received_fields, 1, 10'000);
  table->size("message_size", limits.message_size, 1000);
  table->size("message_in_memory", limits.message_in_memory);
  table->size("memory", limits.memory, kMiB);
  table->number("recipients", limits.recipients, 1, 100'000);
  table->number("errors", limits.errors, 1, 1'000'000);
  table->number("refused_recipients", limits.refused_recipients, 1, 1'000'000);
  table->number("idle_commands", limits.idle_commands, 1, 1'000'000);
  table->duration("command_wait", limits.command_wait, 1s, 24h);
  table->duration("data_wait", limits.data_wait, 1s, 24h);
  table->size("data_rate", limits.data_rate);
  table->duration("session", limits.session, 1s, 24h * 7);
  table->number("connections", limits.connections, 1, 1'000'000);
  table->number("connections_per_network", limits.connections_per_network, 1, 1'000'000);
  table->share("min_free", limits.min_free);
  if (limits.message_in_memory > limits.memory)
    table->error("message_in_memory is more than memory, which is for all messages together");
  table->done();
}

}  // namespace gateway::settings
