#include "gateway/state/frames.h"

#include <bit>
#include <boost/crc.hpp>
#include <cmath>
#include <cstring>

namespace gateway::state {
namespace {

constexpr std::string_view kMagic = "PST1";
constexpr std::size_t kHead = 16;
constexpr std::size_t kMarkOctets = 32;
constexpr std::size_t kRateOctets = 24 + 4 * SlidingCount::kSlots;

std::uint32_t crc(std::string_view octets) {
  boost::crc_32_type sum;
  sum.process_bytes(octets.data(), octets.size());
  return sum.checksum();
}

template <class Number>
void put(std::string& to, Number number) {
  for (std::size_t i = 0; i < sizeof number; ++i) to += static_cast<char>(number >> (8 * i));
}

// `from` is long enough.
template <class Number>
Number take(std::string_view& from) {
  Number number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i)
    number |= static_cast<Number>(static_cast<unsigned char>(from[i])) << (8 * i);
  from.remove_prefix(sizeof number);
  return number;
}

void put(std::string& to, const KeyHash& key) {
  put(to, key.high);
  put(to, key.low);
}

KeyHash take_key(std::string_view& from) {
  KeyHash key;
  key.high = take<std::uint64_t>(from);
  key.low = take<std::uint64_t>(from);
  return key;
}

// Writes the head into the room before the payload.
void seal(std::string& frame) {
  const std::string_view payload = std::string_view(frame).substr(kHead);
  std::string head(kMagic);
  put(head, static_cast<std::uint32_t>(payload.size()));
  put(head, crc(payload));
  put(head, crc(head));
  std::memcpy(frame.data(), head.data(), kHead);
}

struct Head {
  std::size_t payload;
  std::uint32_t sum;
};

std::optional<Head> read_head(std::string_view octets) {
  if (!octets.starts_with(kMagic)) return std::nullopt;
  std::string_view at = octets.substr(kMagic.size());
  const auto size = take<std::uint32_t>(at);
  const auto sum = take<std::uint32_t>(at);
  if (take<std::uint32_t>(at) != crc(octets.substr(0, kHead - 4)) || size > kMostPayload) return std::nullopt;
  return Head{size, sum};
}

void take_mark(std::string_view table, std::string_view octets, Memory::Taker& taker) {
  const KeyHash key = take_key(octets);
  KeptMark mark;
  mark.first = take<std::uint32_t>(octets);
  mark.last = take<std::uint32_t>(octets);
  mark.count = take<std::uint32_t>(octets);
  mark.keep = take<std::uint32_t>(octets);
  if (mark.count > 0 && mark.first <= mark.last) taker.mark(table, key, mark);
}

void take_rate(std::string_view table, std::string_view octets, Memory::Taker& taker) {
  const KeyHash key = take_key(octets);
  const auto window = take<std::uint32_t>(octets);
  const auto slot = take<std::uint32_t>(octets);
  std::array<float, SlidingCount::kSlots> amounts;
  for (float& amount : amounts) {
    amount = std::bit_cast<float>(take<std::uint32_t>(octets));
    if (!std::isfinite(amount) || amount < 0) return;
  }
  if (window > 0) taker.rate(table, key, SlidingCount(window, slot, amounts));
}

}  // namespace

void FrameReader::feed(std::string_view octets) {
  buffer_.erase(0, at_);
  at_ = 0;
  buffer_ += octets;
}

void FrameReader::skip(std::size_t octets) {
  at_ += octets;
  skipped_ += octets;
}

std::optional<std::string_view> FrameReader::next() {
  for (;;) {
    const std::string_view rest = std::string_view(buffer_).substr(at_);
    if (rest.size() < kHead) {
      if (ended_) skip(rest.size());
      return std::nullopt;
    }
    const auto head = read_head(rest);
    if (!head) {
      skip(std::min(rest.find(kMagic.front(), 1), rest.size()));
      continue;
    }
    if (rest.size() - kHead < head->payload) {
      if (!ended_) return std::nullopt;
      skip(kHead);
      continue;
    }
    const std::string_view payload = rest.substr(kHead, head->payload);
    if (crc(payload) != head->sum) {
      skip(kHead + payload.size());
      continue;
    }
    at_ += kHead + payload.size();
    return payload;
  }
}

std::string encode_header(const FileHeader& header) {
  std::string frame(kHead, '\0');
  frame += 'H';
  put(frame, header.version);
  for (const std::uint8_t octet : header.secret) frame += static_cast<char>(octet);
  seal(frame);
  return frame;
}

// Another version may say more, or other things, behind its number.
std::optional<FileHeader> decode_header(std::string_view payload) {
  if (payload.size() < 5 || payload.front() != 'H') return std::nullopt;
  payload.remove_prefix(1);
  FileHeader header;
  header.version = take<std::uint32_t>(payload);
  if (header.version != kFileVersion) return header;
  if (payload.size() != header.secret.size()) return std::nullopt;
  std::memcpy(header.secret.data(), payload.data(), payload.size());
  return header;
}

bool decode_entries(std::string_view payload, Memory::Taker& taker) {
  if (payload.size() < 2 || (payload.front() != 'M' && payload.front() != 'R')) return false;
  const bool marks = payload.front() == 'M';
  const std::size_t name = static_cast<unsigned char>(payload[1]);
  payload.remove_prefix(2);
  if (payload.size() < name) return false;
  const std::string_view table = payload.substr(0, name);
  payload.remove_prefix(name);
  const std::size_t octets = marks ? kMarkOctets : kRateOctets;
  for (; payload.size() >= octets; payload.remove_prefix(octets)) {
    if (marks)
      take_mark(table, payload.substr(0, octets), taker);
    else
      take_rate(table, payload.substr(0, octets), taker);
  }
  return payload.empty();
}

void FrameWriter::begin(char kind, std::string_view table) {
  const bool room = frame_.size() + kRateOctets <= kHead + kMostPayload;
  if (kind == kind_ && table == table_ && room) return;
  flush();
  kind_ = kind;
  table_ = table.substr(0, 255);
  frame_.assign(kHead, '\0');
  frame_ += kind;
  frame_ += static_cast<char>(table_.size());
  frame_ += table_;
}

void FrameWriter::mark(std::string_view table, const KeyHash& key, const KeptMark& mark) {
  begin('M', table);
  put(frame_, key);
  for (const std::uint32_t number : {mark.first, mark.last, mark.count, mark.keep}) put(frame_, number);
}

void FrameWriter::rate(std::string_view table, const KeyHash& key, const SlidingCount& rate) {
  begin('R', table);
  put(frame_, key);
  put(frame_, rate.window());
  put(frame_, rate.slot());
  for (const float amount : rate.amounts()) put(frame_, std::bit_cast<std::uint32_t>(amount));
}

void FrameWriter::flush() {
  if (kind_ == 0) return;
  seal(frame_);
  put_(frame_);
  kind_ = 0;
  frame_.clear();
}

}  // namespace gateway::state
