#include "gateway/smtp/command.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "gateway/smtp/notification.h"
#include "gateway/smtp/replies.h"

namespace gateway::smtp {
namespace {

constexpr std::size_t kMostParameters = 32;
constexpr std::size_t kLongestHello = 255;

bool is_letter(char c) { return to_lower(c) >= 'a' && to_lower(c) <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter_or_digit(char c) { return is_letter(c) || is_digit(c); }
bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// A route "@one,@two:" before the mailbox: returns what follows it, or nullopt when it is malformed.
std::optional<std::string_view> skip_route(std::string_view text) {
  while (text.starts_with('@')) {
    const std::size_t end = text.find_first_of(",:>");
    if (end == text.npos || text[end] == '>' || !Domain::parse(text.substr(1, end - 1))) return std::nullopt;
    const char stop = text[end];
    text.remove_prefix(end + 1);
    if (stop == ':') return text;
  }
  return std::nullopt;
}

// Where the mailbox ends: the ">" that is not inside a quoted local part.
std::size_t closing_bracket(std::string_view text) {
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (quoted && text[at] == '\\')
      ++at;
    else if (text[at] == '"')
      quoted = !quoted;
    else if (text[at] == '>' && !quoted)
      return at;
  }
  return text.npos;
}

struct Path {
  std::string_view mailbox;  // empty for <>
  std::string_view rest;     // behind the bracket
};

// "FROM:<…> …".  White space behind the colon is no part of the grammar, and common.
std::optional<Path> parse_path(std::string_view argument, std::string_view keyword) {
  if (!starts_with_nocase(argument, keyword)) return std::nullopt;
  argument = argument.substr(keyword.size());
  argument.remove_prefix(std::min(argument.find_first_not_of(' '), argument.size()));
  if (!argument.starts_with('<')) return std::nullopt;
  argument.remove_prefix(1);
  if (argument.starts_with('@')) {
    const auto behind = skip_route(argument);
    if (!behind || behind->starts_with('>')) return std::nullopt;
    argument = *behind;
  }
  const std::size_t end = closing_bracket(argument);
  if (end == argument.npos) return std::nullopt;
  const std::string_view rest = argument.substr(end + 1);
  if (!rest.empty() && !rest.starts_with(' ')) return std::nullopt;
  return Path{argument.substr(0, end), rest};
}

struct Parameter {
  std::string_view keyword;
  std::optional<std::string_view> value;
};

bool is_keyword(std::string_view text) {
  return !text.empty() && is_letter_or_digit(text.front()) &&
         std::ranges::all_of(text, [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

// RFC 5321 §4.1.2; also UTF-8, RFC 6531 §3.3.
bool is_value(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return c != ' ' && c != '=' && !is_control(c); });
}

// esmtp-param *(SP esmtp-param); nullopt when one is malformed or stands there twice.
std::optional<std::vector<Parameter>> parse_parameters(std::string_view text) {
  std::vector<Parameter> parameters;
  while (!(text = trim(text, " ")).empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size());
    const std::size_t equals = word.find('=');
    Parameter parameter{word.substr(0, equals), std::nullopt};
    if (equals != word.npos) parameter.value = word.substr(equals + 1);
    if (!is_keyword(parameter.keyword) || (parameter.value && !is_value(*parameter.value)))
      return std::nullopt;
    const auto same = [&](const Parameter& other) { return equal_nocase(other.keyword, parameter.keyword); };
    if (parameters.size() == kMostParameters || std::ranges::any_of(parameters, same)) return std::nullopt;
    parameters.push_back(parameter);
  }
  return parameters;
}

// SIZE=, RFC 1870 §6.1: digits only; what does not fit into 64 bits is too big like anything else.
std::optional<Reply> take_size(const Parameter& parameter, std::uint64_t most, Envelope& envelope) {
  if (!parameter.value || !std::ranges::all_of(*parameter.value, is_digit)) return replies::bad_parameter();
  const std::string_view digits = *parameter.value;
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size);
  if (error == std::errc::result_out_of_range || size > most) return replies::too_big(most);
  envelope.declared_bytes = size;
  return std::nullopt;
}

// RET and ENVID, or NOTIFY and ORCPT: once, and well-formed.  RFC 3461 §4
std::optional<Reply> take_wish(const Parameter& parameter, bool well_formed, std::string& wish) {
  if (!parameter.value || !well_formed) return replies::bad_parameter();
  wish = *parameter.value;
  return std::nullopt;
}

std::optional<Reply> take(const Parameter& parameter, std::uint64_t message_size, const Offers& offers,
                          Envelope& envelope) {
  if (equal_nocase(parameter.keyword, "SIZE")) return take_size(parameter, message_size, envelope);
  if (equal_nocase(parameter.keyword, "BODY")) {  // RFC 6152 §2
    if (!parameter.value) return replies::bad_parameter();
    envelope.eight_bit = equal_nocase(*parameter.value, "8BITMIME");
    envelope.binary = equal_nocase(*parameter.value, "BINARYMIME");  // RFC 3030 §3
    if (envelope.binary && !offers.binary) return replies::unknown_parameter();
    const bool known = envelope.eight_bit || envelope.binary || equal_nocase(*parameter.value, "7BIT");
    return known ? std::nullopt : std::optional(replies::bad_parameter());
  }
  if (equal_nocase(parameter.keyword, "SMTPUTF8")) {  // RFC 6531 §3.4: no value
    envelope.smtputf8 = !parameter.value;
    return parameter.value ? std::optional(replies::bad_parameter()) : std::nullopt;
  }
  if (offers.requiretls && equal_nocase(parameter.keyword, "REQUIRETLS")) {  // RFC 8689 §2: no value
    envelope.requiretls = !parameter.value;
    return parameter.value ? std::optional(replies::bad_parameter()) : std::nullopt;
  }
  const std::string_view value = parameter.value.value_or("");
  if (offers.dsn && equal_nocase(parameter.keyword, "RET"))
    return take_wish(parameter, is_ret(value), envelope.ret);
  if (offers.dsn && equal_nocase(parameter.keyword, "ENVID"))
    return take_wish(parameter, is_envid(value), envelope.envid);
  return replies::unknown_parameter();
}

std::optional<Reply> take(const Parameter& parameter, bool smtputf8, const Offers& offers,
                          Recipient& recipient) {
  const std::string_view value = parameter.value.value_or("");
  if (offers.dsn && equal_nocase(parameter.keyword, "NOTIFY"))
    return take_wish(parameter, is_notify(value), recipient.notify);
  if (offers.dsn && equal_nocase(parameter.keyword, "ORCPT"))
    return take_wish(parameter, is_original_recipient(value, smtputf8), recipient.original);
  return replies::unknown_parameter();
}

}  // namespace

std::optional<Command> parse_command(std::string_view line) {
  line = line.substr(0, line.find_last_not_of(" \t") + 1);  // RFC 5321 §4.1.1: tolerated at the end
  if (std::ranges::any_of(line, is_control) || !is_valid_utf8(line)) return std::nullopt;
  const std::string_view verb = line.substr(0, line.find(' '));
  if (verb.empty() || !std::ranges::all_of(verb, is_letter)) return std::nullopt;
  return Command{verb, trim(line.substr(verb.size()), " ")};
}

bool is_hello_name(std::string_view argument) {
  return !argument.empty() && argument.size() <= kLongestHello &&
         std::ranges::all_of(argument, [](char c) { return c > 32 && c < 127; });
}

std::variant<Envelope, Reply> parse_sender(std::string_view argument, std::uint64_t message_size,
                                           const Offers& offers) {
  const auto path = parse_path(argument, "FROM:");
  if (!path) return replies::bad_sender();
  Envelope envelope;
  if (!path->mailbox.empty()) {
    auto address = Address::parse(path->mailbox);
    if (!address) return replies::bad_sender();
    envelope.sender = *std::move(address);
  }
  const auto parameters = parse_parameters(path->rest);
  if (!parameters) return replies::bad_parameter();
  for (const Parameter& parameter : *parameters)
    if (auto refusal = take(parameter, message_size, offers, envelope)) return *std::move(refusal);
  if (envelope.sender.needs_utf8() && !envelope.smtputf8) return replies::needs_smtputf8();
  return envelope;
}

std::variant<Recipient, Reply> parse_recipient(std::string_view argument, bool smtputf8,
                                               const Offers& offers) {
  const auto path = parse_path(argument, "TO:");
  if (!path) return replies::bad_recipient();
  auto address = equal_nocase(path->mailbox, "postmaster") ? std::optional(Address::bare_postmaster())
                                                           : Address::parse(path->mailbox);
  if (!address) return replies::bad_recipient();
  const auto parameters = parse_parameters(path->rest);
  if (!parameters) return replies::bad_parameter();
  Recipient recipient{*std::move(address)};
  for (const Parameter& parameter : *parameters)
    if (auto refusal = take(parameter, smtputf8, offers, recipient)) return *std::move(refusal);
  if (recipient.address.needs_utf8() && !smtputf8) return replies::needs_smtputf8();
  return recipient;
}

std::optional<Chunk> parse_chunk(std::string_view argument) {
  const std::string_view digits = argument.substr(0, argument.find(' '));
  Chunk chunk;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), chunk.octets);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  const std::string_view rest = trim(argument.substr(digits.size()), " ");
  chunk.last = equal_nocase(rest, "LAST");
  chunk.well_formed = chunk.last || rest.empty();
  return chunk;
}

}  // namespace gateway::smtp
