// The octets of the state's file, and the payloads of its frames, which chance alone would hardly give a
// right checksum.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "gateway/state/frames.h"

namespace {

using namespace gateway::state;

// Writes anew what was read: it must come out as it went in.
class Again final : public Memory::Taker {
 public:
  explicit Again(Memory::Taker& to) : to_(to) {}
  void mark(std::string_view table, const KeyHash& key, const KeptMark& mark) override {
    ++count;
    to_.mark(table, key, mark);
  }
  void rate(std::string_view table, const KeyHash& key, const SlidingCount& rate) override {
    ++count;
    const auto now = rate.slot() * (rate.window() / 12);
    if (!(rate.within(rate.window(), now) >= 0)) std::abort();
    to_.rate(table, key, rate);
  }
  std::size_t count = 0;

 private:
  Memory::Taker& to_;
};

class Nowhere final : public Memory::Taker {
 public:
  void mark(std::string_view, const KeyHash&, const KeptMark&) override {}
  void rate(std::string_view, const KeyHash&, const SlidingCount&) override {}
};

std::size_t read(std::string_view octets, std::size_t piece, Memory::Taker& taker) {
  FrameReader frames;
  Again again(taker);
  std::uint64_t whole = 0;
  const auto take = [&] {
    while (const auto payload = frames.next()) {
      whole += 16 + payload->size();
      decode_header(*payload);
      decode_entries(*payload, again);
    }
  };
  for (std::size_t at = 0; at < octets.size(); at += piece) {
    frames.feed(octets.substr(at, piece));
    take();
  }
  frames.end();
  take();
  if (whole + frames.skipped() != octets.size()) std::abort();
  return again.count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string written;
  FrameWriter writer([&](std::string_view frame) { written += frame; });
  const std::size_t found = read(text, 64 << 10, writer);
  Nowhere nowhere;
  if (read(text, 13, nowhere) != found) std::abort();

  Again payload(writer);
  decode_header(text);
  decode_entries(text, payload);
  writer.flush();
  if (read(written, 4096, nowhere) != found + payload.count) std::abort();
  return 0;
}
