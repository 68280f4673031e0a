// The data reader against a naive one, in all framings and with cuts anywhere.  Of the first two octets come
// the settings and the cuts, all others are data.
#include "gateway/smtp/data_reader.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "tests/support/naive_data.h"

namespace {

using gateway::settings::BareNewline;
using gateway::smtp::DataReader;
using Fault = DataReader::Fault;

struct Settings {
  explicit Settings(std::uint8_t octet)
      : framing((octet & 1) != 0 ? DataReader::Framing::chunks : DataReader::Framing::dots),
        bare_newline((octet & 2) != 0 ? BareNewline::refuse : BareNewline::normalize) {
    if ((octet & 64) != 0) framing = DataReader::Framing::binary;
    if ((octet & 4) != 0) limits.text_line = 20;
    if ((octet & 8) != 0) limits.message_size = 90;
    if ((octet & 16) != 0) limits.header_size = 50;
    if ((octet & 32) != 0) limits.header_fields = 3;
  }
  DataReader::Framing framing;
  BareNewline bare_newline;
  gateway::settings::Limits limits;
};

// Sizes of pieces, of which the seed decides: all octets alone, all at once, or something between.
class Cuts {
 public:
  explicit Cuts(std::uint8_t seed) : most_(std::size_t{1} << seed % 9), state_(seed) {}
  std::size_t next() {
    state_ = state_ * 1664525 + 1013904223;
    return most_ == 256 ? ~std::size_t{0} : 1 + (state_ >> 16) % most_;
  }

 private:
  std::size_t most_;
  std::uint32_t state_;
};

// What was read, and how much of the data.
struct Reading {
  Reading(const Settings& settings, std::string_view data, Cuts cuts)
      : reader(settings.bare_newline, settings.limits, settings.framing) {
    while (octets < data.size() && !reader.ended()) {
      const std::string_view piece = data.substr(octets, cuts.next());
      const std::unique_ptr<char[]> alone(new char[piece.size()]);  // with nothing behind that may be read
      std::copy(piece.begin(), piece.end(), alone.get());
      const std::size_t read = reader.read({alone.get(), piece.size()}, text);
      if (read > piece.size() || (read < piece.size() && !reader.ended())) __builtin_trap();
      octets += read;
    }
    if (settings.framing != DataReader::Framing::dots) reader.end_chunks(text);
  }
  DataReader reader;
  std::string text;
  std::size_t octets = 0;
};

void compare(const Reading& reading, const Settings& settings, std::string_view data) {
  const DataReader& reader = reading.reader;
  const bool dots = settings.framing == DataReader::Framing::dots;
  const std::size_t end = dots ? support::naive_end_of_data(data).value_or(0) : data.size();
  if (reader.ended() != (!dots || end > 0)) __builtin_trap();
  if (reading.octets != (reader.ended() ? end : data.size())) __builtin_trap();
  const std::string_view message = dots && end > 0 ? data.substr(0, end - 3) : data;
  const support::NaiveMessage wanted =
      support::naive_message(message, settings.framing, settings.bare_newline, settings.limits);
  if (!reader.ended()) {  // the last octets may still wait for what comes behind them
    if (reader.fault() == Fault::none && !wanted.text.starts_with(reading.text)) __builtin_trap();
    return;
  }
  if ((reader.fault() == Fault::none) != wanted.faults.empty()) __builtin_trap();
  if (reader.octets() != wanted.text.size()) __builtin_trap();
  if (!reader.header_complete() || reader.header_octets() != wanted.header_octets ||
      reader.body_offset() != wanted.body_offset)
    __builtin_trap();
  if (reader.fault() == Fault::none ? reading.text != wanted.text : !wanted.faults.contains(reader.fault()))
    __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const Settings settings(data[0]);
  const std::string_view octets(reinterpret_cast<const char*>(data) + 2, size - 2);
  compare(Reading(settings, octets, Cuts(data[1])), settings, octets);
  return 0;
}
