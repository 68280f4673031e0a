#include "tests/support/dialogue_config.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>

namespace support {
namespace {

using gateway::Network;
using gateway::settings::BareNewline;
using gateway::settings::Limits;
using gateway::settings::ListenerTls;
using gateway::settings::Syntax;
using gateway::smtp::SessionSettings;

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

template <std::unsigned_integral T>
bool assign(T& target, std::string_view text) {
  const auto value = number(text);
  if (!value || *value > std::numeric_limits<T>::max()) return false;
  target = static_cast<T>(*value);
  return true;
}

bool assign(std::chrono::seconds& target, std::string_view text) {
  if (!text.ends_with('s')) return false;
  const auto value = number(text.substr(0, text.size() - 1));
  if (value) target = std::chrono::seconds(*value);
  return value.has_value();
}

bool assign(std::chrono::milliseconds& target, std::string_view text) {
  std::chrono::seconds whole{};
  if (!assign(whole, text)) return false;
  target = whole;
  return true;
}

bool assign(std::vector<Network>& target, std::string_view text) {
  const auto network = Network::parse(text);
  if (network) target.push_back(*network);
  return bool(network);
}

bool assign(BareNewline& target, std::string_view text) {
  target = text == "refuse" ? BareNewline::refuse : BareNewline::normalize;
  return text == "refuse" || text == "normalize";
}

bool assign(Syntax& target, std::string_view text) {
  target = text == "lenient" ? Syntax::lenient : Syntax::strict;
  return text == "lenient" || text == "strict";
}

bool assign(ListenerTls& target, std::string_view text) {
  constexpr std::array<std::string_view, 4> kWords{"off", "starttls", "required", "implicit"};
  const auto* const word = std::ranges::find(kWords, text);
  if (word == kWords.end()) return false;
  target = static_cast<ListenerTls>(word - kWords.begin());
  return true;
}

template <auto member>
bool limit(SessionSettings& settings, std::string_view text) {
  return assign(settings.limits.*member, text);
}

template <auto member>
bool listener(SessionSettings& settings, std::string_view text) {
  return assign(settings.listener.*member, text);
}

template <auto member>
bool whole(SessionSettings& settings, std::string_view text) {
  return assign(settings.*member, text);
}

struct Key {
  std::string_view name;
  bool (*set)(SessionSettings&, std::string_view text);
};

using Listener = gateway::settings::Listener;

constexpr std::array kKeys{
    Key{"listener.bare_newline", listener<&Listener::bare_newline>},
    Key{"listener.syntax", listener<&Listener::syntax>},
    Key{"listener.tls", listener<&Listener::tls>},
    Key{"listener.proxy_from", listener<&Listener::proxy_from>},
    Key{"listener.xclient_from", listener<&Listener::xclient_from>},
    Key{"listener.greeting_delay", listener<&Listener::greeting_delay>},
    Key{"networks.trusted", whole<&SessionSettings::trusted>},
    Key{"networks.relays", whole<&SessionSettings::relays>},
    Key{"limits.command_line", limit<&Limits::command_line>},
    Key{"limits.text_line", limit<&Limits::text_line>},
    Key{"limits.header_size", limit<&Limits::header_size>},
    Key{"limits.header_fields", limit<&Limits::header_fields>},
    Key{"limits.received_fields", limit<&Limits::received_fields>},
    Key{"limits.message_size", limit<&Limits::message_size>},
    Key{"limits.message_in_memory", limit<&Limits::message_in_memory>},
    Key{"limits.memory", limit<&Limits::memory>},
    Key{"limits.recipients", limit<&Limits::recipients>},
    Key{"limits.errors", limit<&Limits::errors>},
    Key{"limits.refused_recipients", limit<&Limits::refused_recipients>},
    Key{"limits.idle_commands", limit<&Limits::idle_commands>},
    Key{"limits.command_wait", limit<&Limits::command_wait>},
    Key{"limits.data_wait", limit<&Limits::data_wait>},
    Key{"limits.data_rate", limit<&Limits::data_rate>},
    Key{"limits.session", limit<&Limits::session>},
};

}  // namespace

bool is_desk_key(std::string_view key) { return key.starts_with("policy.") || key.starts_with("delivery."); }

bool is_dialogue_key(std::string_view key) {
  if (is_desk_key(key)) return true;
  return std::ranges::find(kKeys, key, &Key::name) != kKeys.end();
}

void configure(SessionSettings& settings, const Dialogue& dialogue) {
  for (const DialogueSetting& setting : dialogue.config) {
    if (is_desk_key(setting.key)) continue;
    const auto* const key = std::ranges::find(kKeys, setting.key, &Key::name);
    if (key == kKeys.end() || !key->set(settings, setting.value))
      throw std::invalid_argument(dialogue.at(setting.line) + ": '" + setting.value + "' does not fit " +
                                  setting.key);
  }
}

}  // namespace support
