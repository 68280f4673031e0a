#include "gateway/rehearsal/message_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

#include "gateway/smtp/data_reader.h"
#include "gateway/smtp/data_refusal.h"

namespace gateway::rehearsal {
namespace {

constexpr std::size_t kMost = 200'000'000;

Result<std::string> read_all(const std::string& name) {
  const auto failed = [&](int code) {
    return Error(fmt::format("{} cannot be read: {}", name == "-" ? "standard input" : name,
                             std::generic_category().message(code)),
                 code);
  };
  std::error_code ignored;
  if (name != "-" && std::filesystem::is_directory(name, ignored)) return failed(EISDIR);
  errno = 0;
  std::FILE* const opened = name == "-" ? stdin : std::fopen(name.c_str(), "rb");
  if (!opened) return failed(errno);
  const auto close = [](std::FILE* file) {
    if (file != stdin) std::fclose(file);
  };
  const std::unique_ptr<std::FILE, decltype(close)> file(opened, close);
  std::string text;
  char block[65536];
  for (std::size_t octets; (octets = std::fread(block, 1, sizeof block, file.get())) > 0;) {
    text.append(block, octets);
    if (text.size() > kMost) return Error(fmt::format("{} is larger than 200 MB", name));
  }
  if (std::ferror(file.get())) return failed(errno ? errno : EIO);
  return Result<std::string>(boost::system::in_place_value, std::move(text));
}

// As a client would send it: lines ended CRLF, dots stuffed, the final dot.
std::string on_the_wire(std::string_view text) {
  std::string wire;
  wire.reserve(text.size() + text.size() / 32 + 8);
  bool line_start = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (line_start && c == '.') wire += '.';
    line_start = c == '\n';
    if (c == '\n' && (i == 0 || text[i - 1] != '\r')) wire += '\r';
    wire += c;
  }
  if (!line_start) wire += "\r\n";
  return wire + ".\r\n";
}

}  // namespace

ReadMessage message_of(std::string_view text, const settings::Settings& settings) {
  const settings::BareNewline bare_newline =
      settings.listeners.empty() ? settings::BareNewline::normalize : settings.listeners.front().bare_newline;
  smtp::DataReader reader(bare_newline, settings.limits);
  const std::string wire = on_the_wire(text);
  std::string cleaned;
  for (std::string_view rest = wire; !reader.ended() && !rest.empty();)
    rest.remove_prefix(reader.read(rest, cleaned));

  ReadMessage message;
  if (reader.fault() != smtp::DataReader::Fault::none) {
    smtp::DataRefusal refusal = smtp::refusal_of(reader.fault(), settings.limits);
    message.refused_by = refusal.name;
    message.refusal = std::move(refusal.reply);
    return message;
  }
  message.header = cleaned.substr(0, reader.header_octets());
  message.received.body_offset = reader.body_offset();
  message.received.octets = std::make_shared<MemoryOctets>(std::move(cleaned));
  return message;
}

Result<ReadMessage> read_message(const std::string& file, const settings::Settings& settings) {
  const Result<std::string> text = read_all(file);
  if (!text) return text.error();
  return message_of(*text, settings);
}

}  // namespace gateway::rehearsal
