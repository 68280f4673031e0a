// A message: its parts are the same whether it lies in memory or in a file, within their bounds, and among
// them is every part that a strict reader sees.
#include "filters/mime/parts.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "filters/mime/line_reader.h"
#include "policy/facts/text.h"

namespace {

using namespace policy::facts;

void demand(bool holds) {
  if (!holds) std::abort();
}

class FileOctets final : public Octets {
 public:
  explicit FileOctets(std::string_view text) : text_(text) {}
  std::uint64_t size() const override { return text_.size(); }
  std::string_view read(std::uint64_t offset, std::span<char> room) const override {
    if (offset >= text_.size()) return {};
    const std::size_t count = std::min({room.size(), text_.size() - offset, std::size_t{61}});
    std::copy_n(text_.data() + offset, count, room.data());
    return {room.data(), count};
  }

 private:
  const std::string_view text_;
};

constexpr filters::mime::PartLimits kLimits{.depth = 6, .parts = 40};

std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// A reader that knows one boundary, from the message's own header in its plainest form.
void see_what_is_strict(std::string_view text, const filters::mime::Parts& found) {
  constexpr std::string_view kPlain = "Content-Type: multipart/mixed; boundary=";
  const std::string_view all = text;
  if (!text.starts_with(kPlain)) return;
  text.remove_prefix(kPlain.size());
  const std::string_view boundary = take_line(text);
  if (boundary.empty() || boundary.size() > 70 || !take_line(text).empty()) return;
  for (const char c : boundary)
    if ((c < 'a' || c > 'z') && (c < '0' || c > '9')) return;
  const std::string delimiter = "--" + std::string(boundary);
  bool in_header = false;
  bool plain = false;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line == delimiter + "--") return;
    if (line == delimiter) {
      in_header = plain = true;
    } else if (in_header && line.empty()) {
      const auto begin = static_cast<std::uint64_t>(text.data() - all.data());
      in_header = false;
      if (plain)
        demand(std::ranges::find(found.parts, begin, &filters::mime::Part::begin) != found.parts.end());
    } else if (in_header) {
      const std::string lower = to_lower(line);
      if (lower.find("multipart") != lower.npos || lower.find("message") != lower.npos ||
          line.starts_with("--"))
        plain = false;
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace filters::mime;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const MemoryOctets memory(text);
  const FileOctets file(text);
  for (const Begins with : {Begins::header, Begins::body}) {
    const Parts parts = read_parts(memory, with, kLimits);
    const Parts again = read_parts(file, with, kLimits);
    demand(parts.parts.size() == again.parts.size() && parts.bounds_met == again.bounds_met);
    demand(parts.parts.size() <= 2 * kLimits.parts + 2);
    for (std::size_t i = 0; i < parts.parts.size(); ++i) {
      const Part& part = parts.parts[i];
      demand(part.begin <= part.end && part.end <= text.size() && part.depth <= kLimits.depth + 1);
      demand(part.begin == again.parts[i].begin && part.end == again.parts[i].end);
      demand(part.header.names == again.parts[i].header.names && !part.header.encodings.empty());
      for (const Encoding encoding : kEncodings) {
        std::string whole;
        Decoder(encoding).decode(std::string_view(text).substr(part.begin, part.end - part.begin), whole);
        std::string pieces;
        Decoder decoder(encoding);
        for_each_slice(file, part.begin, part.end, [&](std::string_view slice) {
          decoder.decode(slice, pieces);
          return true;
        });
        demand(whole == pieces && whole.size() <= part.end - part.begin);
      }
    }
    if (with == Begins::header && parts.bounds_met.empty()) see_what_is_strict(text, parts);
  }
  return 0;
}
