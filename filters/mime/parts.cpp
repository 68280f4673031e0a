#include "filters/mime/parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "policy/facts/text.h"

#include "filters/mime/line_reader.h"

namespace filters::mime {
namespace {

using namespace policy::facts;

constexpr std::size_t kMostLevels = 64;  // whose delimiters are looked for at a time

std::string join(const std::string& prefix, unsigned number) {
  return prefix.empty() ? std::to_string(number) : prefix + '.' + std::to_string(number);
}

// The name in "begin 644 name", the first line of a uuencoded file; "begin-base64 644 name" for base64. POSIX
std::optional<std::pair<std::string_view, Encoding>> uu_begin(std::string_view line) {
  constexpr std::string_view kUu = "begin ";
  constexpr std::string_view kBase64 = "begin-base64 ";
  const bool base64 = line.starts_with(kBase64);
  if (!base64 && !line.starts_with(kUu)) return std::nullopt;
  line.remove_prefix(base64 ? kBase64.size() : kUu.size());
  const auto digits = line.find_first_not_of("01234567");
  if (digits == line.npos || digits < 3 || digits > 4 || line[digits] != ' ') return std::nullopt;
  const std::string_view name = trim(line.substr(digits));
  if (name.empty()) return std::nullopt;
  return std::pair(name, base64 ? Encoding::base64 : Encoding::uuencode);
}

// Whether it can be the first line of data behind it: its first character counts the octets.
bool is_uu_data(std::string_view line) {
  if (line.empty() || line.front() <= ' ' || line.front() > '`') return false;
  const std::size_t octets = (static_cast<std::size_t>(line.front()) - 32) & 63;
  return octets != 0 && line.size() > octets && line.size() <= 4 + (octets + 2) / 3 * 4;
}

// One entity whose content is being read, and which has parts of its own.
struct Level {
  std::vector<std::string> boundaries;
  std::string number;
  unsigned depth = 0;
  unsigned children = 0;
  bool digest = false;   // its parts are messages unless they say otherwise.  RFC 2046 §5.1.5
  bool guessed = false;  // it has no boundary: the first line that looks like a delimiter tells one
  bool closed = false;   // its last delimiter was seen
};

struct Delimiter {
  std::size_t level = 0;
  bool last = false;
  bool sure = false;  // every reader takes it for one
};

class Reading {
 public:
  Reading(const Octets& octets, const PartLimits& limits, unsigned depth)
      : lines_(octets, 0, octets.size()), end_(octets.size()), limits_(limits), base_depth_(depth) {}

  Parts run(Begins with) {
    entity_ = {.depth = base_depth_, .root = true};
    in_header_ = with == Begins::header;
    if (!in_header_) end_of_header(0, false);
    for (Line line; !stopped_ && lines_.next(line);) {
      if (!levels_.empty() && line.text.starts_with("--"))
        if (const auto delimiter = find_delimiter(line.text)) {
          on_delimiter(*delimiter, line);
          continue;
        }
      in_header_ ? header_line(line) : body_line(line);
    }
    while (in_header_ && !stopped_) end_of_header(end_, true);
    for (const std::size_t open : open_) found_.parts[open].end = end_;
    return std::move(found_);
  }

 private:
  struct Entity {  // the one whose header or content is being read
    std::string number = {};
    unsigned depth = 0;
    std::size_t owner = 0;  // 1 + the level whose part it is; 0 for none
    bool root = false;      // of a message: its only part has a number of its own
    bool in_digest = false;
  };

  // --- header sections

  void header_line(const Line& line) {
    if (line.text.empty()) return end_of_header(lines_.offset(), true);
    const auto kind = header_.line(line.text, line.cut);
    if (kind == PartHeaderReader::Kind::field || other_begin_) return;
    // Some readers see the content begin here.
    other_begin_ = kind == PartHeaderReader::Kind::blank ? lines_.offset() : line.offset;
  }

  void end_of_header(std::uint64_t begin, bool may_enter) {
    PartHeader header = header_.take();
    const auto other_begin = std::exchange(other_begin_, std::nullopt);
    in_header_ = false;
    Part part{.number = entity_.root ? join(entity_.number, 1) : entity_.number,
              .depth = entity_.depth,
              .header = {},
              .begin = begin,
              .owner = entity_.owner};
    if (!header.complete) bound_met(fmt::format("not all of the header of part {} is read", part.number));
    if (header.is("message/partial"))
      bound_met(fmt::format("part {} is a fragment of a message whose rest is elsewhere", part.number));
    const bool multipart = header.any_of("multipart");
    part.is_message = header.is("message/rfc822") || header.is("message/global") ||
                      header.is("message/news") || (header.types.empty() && entity_.in_digest);
    const bool one_reading =
        header.types.size() <= 1 && !header.odd_type && header.encodings.only(Encoding::identity);
    const bool guessed = multipart && header.boundaries.empty();
    const bool deeper = multipart || !header.boundaries.empty();
    const bool enters = part.is_message && may_enter && header.encodings.has(Encoding::identity);
    if (deeper) open_level(header, guessed);
    part.in_parts = one_reading && ((multipart && !guessed) || enters);
    part.header = std::move(header);
    Entity inner{.number = part.number, .depth = entity_.depth + 1, .owner = entity_.owner, .root = true};
    if (!multipart || !part.in_parts || !part.header.names.empty()) {
      if (other_begin && !part.in_parts) {
        Part other = part;
        other.begin = *other_begin;
        add(std::move(other));
      }
      add(std::move(part));
    }
    if (!enters) return;
    if (inner.depth > limits_.depth) return too_deep();
    if (!count_entity()) return;
    entity_ = std::move(inner);
    in_header_ = true;
  }

  void open_level(PartHeader& header, bool guessed) {
    if (entity_.depth + 1 > limits_.depth || levels_.size() >= kMostLevels) return too_deep();
    levels_.push_back({.boundaries = std::move(header.boundaries),
                       .number = entity_.number,
                       .depth = entity_.depth + 1,
                       .digest = header.is("multipart/digest"),
                       .guessed = guessed});
    header.boundaries.clear();
  }

  // --- content

  void body_line(const Line& line) {
    if (const auto file = std::exchange(uu_, std::nullopt);
        file && (file->header.encodings.has(Encoding::base64) || is_uu_data(line.text)) && count_entity())
      add(*file);
    const auto begin = line.text.starts_with('b') ? uu_begin(line.text) : std::nullopt;
    if (!begin) return;
    uu_ = Part{.number = entity_.root ? join(entity_.number, 1) : entity_.number,
               .depth = entity_.depth,
               .header = {.types = {"application/octet-stream"},
                          .names = {std::string(begin->first.substr(0, kLongestUuName))},
                          .attachment = true},
               .begin = lines_.offset(),
               .owner = entity_.owner};
    uu_->header.encodings.add(begin->second);
  }

  // --- delimiters

  std::optional<Delimiter> find_delimiter(std::string_view line) {
    const std::string_view text = line.substr(2, line.find_last_not_of(" \t\r") - 1);
    std::optional<Delimiter> exact;
    std::optional<Delimiter> prefix;
    unsigned matches = 0;
    for (std::size_t i = levels_.size(); i-- > 0;) {
      const Level& level = levels_[i];
      for (const std::string& boundary : level.boundaries) {
        if (!text.starts_with(boundary)) continue;
        const std::string_view rest = text.substr(boundary.size());
        const bool whole = rest.empty() || (rest == "--" && !boundary.empty());
        if (!whole && boundary.empty()) continue;  // every line that begins with "--" would be one
        ++matches;
        auto& match = whole ? exact : prefix;
        if (match) continue;
        const bool one_to_all = whole && level.boundaries.size() == 1 && !level.guessed && !level.closed;
        match = Delimiter{.level = i, .last = whole && !rest.empty(), .sure = one_to_all};
      }
    }
    if (!exact && !prefix) return guess(text);
    Delimiter found = exact ? *exact : *prefix;
    found.sure = found.sure && matches == 1;
    return found;
  }

  std::optional<Delimiter> guess(std::string_view text) {
    Level& level = levels_.back();
    if (!level.guessed || !level.boundaries.empty() || text.empty()) return std::nullopt;
    level.boundaries.emplace_back(text);
    return Delimiter{.level = levels_.size() - 1};
  }

  void on_delimiter(const Delimiter& delimiter, const Line& line) {
    if (in_header_) end_of_header(line.offset, false);
    uu_.reset();
    if (delimiter.sure) {
      std::erase_if(open_, [&](std::size_t open) {
        Part& part = found_.parts[open];
        if (part.owner <= delimiter.level) return false;
        part.end = line.offset;
        return true;
      });
      levels_.resize(delimiter.level + 1);
    }
    Level& level = levels_[delimiter.level];
    if (delimiter.last) {
      level.closed = true;
      entity_ = {.number = level.number, .depth = level.depth, .owner = delimiter.level + 1};
      return;
    }
    if (!count_entity()) return;
    entity_ = {.number = join(level.number, ++level.children),
               .depth = level.depth,
               .owner = delimiter.level + 1,
               .in_digest = level.digest};
    in_header_ = true;
  }

  // --- what was found

  bool count_entity() {
    if (++entities_ <= limits_.parts) return true;
    bound_met(fmt::format("there are more than {} parts", limits_.parts));
    in_header_ = false;
    stopped_ = true;
    return false;
  }

  void add(Part part) {
    open_.push_back(found_.parts.size());
    found_.parts.push_back(std::move(part));
  }

  void too_deep() { bound_met(fmt::format("parts lie more than {} deep in each other", limits_.depth)); }

  void bound_met(std::string what) {
    constexpr std::size_t kMostToTell = 5;
    auto& met = found_.bounds_met;
    if (met.size() < kMostToTell && std::ranges::find(met, what) == met.end()) met.push_back(std::move(what));
  }

  static constexpr std::size_t kLongestUuName = 1024;

  LineReader lines_;
  const std::uint64_t end_;
  const PartLimits limits_;
  const unsigned base_depth_;
  Entity entity_;
  bool in_header_ = true;
  PartHeaderReader header_;
  std::optional<std::uint64_t> other_begin_;
  std::optional<Part> uu_;  // a file, if the line behind its first is data
  std::vector<Level> levels_;
  std::vector<std::size_t> open_;  // parts whose end is not known yet
  unsigned entities_ = 1;
  bool stopped_ = false;
  Parts found_;
};

}  // namespace

Parts read_parts(const Octets& octets, Begins with, const PartLimits& limits, unsigned depth) {
  return Reading(octets, limits, depth).run(with);
}

}  // namespace filters::mime
