#include "filters/mime/part_header.h"

#include <algorithm>
#include <utility>

#include "policy/facts/text.h"

#include "filters/mime/parameters.h"

namespace filters::mime {
namespace {

using namespace policy::facts;

constexpr std::size_t kMostOctets = 16 * 1024;  // of the fields looked at, per part
constexpr std::size_t kMostNames = 32;
constexpr std::size_t kLongestName = 1024;  // of a longer one both ends are kept, where its extension may be
constexpr std::size_t kMostBoundaries = 8;
constexpr std::size_t kLongestBoundary = 998;  // RFC 2046 §5.1.1 says 70; no line holds more
constexpr std::size_t kMostTypes = 8;
constexpr std::size_t kLongestCharset = 60;  // its name

// False when there is no room for it.
bool add(std::vector<std::string>& all, std::string_view one, std::size_t most) {
  if (std::ranges::find(all, one) != all.end()) return true;
  if (all.size() >= most) return false;
  all.emplace_back(one);
  return true;
}

bool add_name(std::vector<std::string>& names, std::string_view one) {
  if (one.size() <= kLongestName) return add(names, one, kMostNames);
  return add(names, one.substr(0, kLongestName / 2), kMostNames) &&
         add(names, one.substr(one.size() - kLongestName / 2), kMostNames);
}

// "Multipart / Mixed (comment); …" is multipart/mixed.  So is "mult\x01ipart/mixed" to some readers, while
// others see a type that they do not know: `odd` is set.
std::string type_of(std::string_view value, bool& odd) {
  constexpr std::size_t kLongestType = 127;  // RFC 6838 §4.2 allows 127 for each half
  std::string type;
  unsigned depth = 0;
  bool gap = false;
  for (const char c : value) {
    if (depth == 0 && (c == ';' || c == '=' || c == '"')) break;
    if (c == '(')
      ++depth;
    else if (c == ')')
      depth -= depth == 0 ? 0 : 1;
    else if (depth == 0 && (c == ' ' || c == '\t' || c == '\n' || c == ',') && type.find('/') != type.npos &&
             !type.ends_with('/'))
      break;
    else if (depth == 0 && c > ' ' && type.size() < 2 * kLongestType) {
      odd = odd || (gap && !type.empty() && c != '/' && !type.ends_with('/'));
      gap = false;
      type += to_lower(c);
      continue;
    } else if (depth == 0 && c != ' ' && c != '\t' && c != '\n') {
      odd = true;
    }
    gap = true;
  }
  return type;
}

}  // namespace

bool PartHeader::is(std::string_view type) const { return std::ranges::find(types, type) != types.end(); }

bool PartHeader::any_of(std::string_view main_type) const {
  return std::ranges::any_of(types, [&](const std::string& type) { return type.starts_with(main_type); });
}

bool PartHeader::plain_text() const {
  return std::ranges::all_of(types, [](const std::string& type) { return type == "text/plain"; });
}

PartHeaderReader::Kind PartHeaderReader::line(std::string_view line, bool cut) {
  if (cut) header_.complete = header_.complete && kept_ == Kept::none;
  if (line.starts_with(' ') || line.starts_with('\t')) {
    if (kept_ != Kept::none && field_.size() <= kMostOctets) {  // what is too long already says so at its end
      field_ += '\n';
      field_ += line;
    }
    return line.find_first_not_of(" \t\r") == line.npos ? Kind::blank : Kind::field;
  }
  end_of_field();
  const auto colon = line.find(':');
  if (colon == line.npos) return Kind::no_field;
  const std::string_view name = trim(line.substr(0, colon), " \t");
  if (name.empty() || std::ranges::any_of(name, [](char c) { return c >= 0 && c <= ' '; }))
    return Kind::no_field;
  if (to_lower(name.front()) != 'c') return Kind::field;
  kept_ = equal_nocase(name, "Content-Type")                ? Kept::type
          : equal_nocase(name, "Content-Disposition")       ? Kept::disposition
          : equal_nocase(name, "Content-Transfer-Encoding") ? Kept::encoding
                                                            : Kept::none;
  if (kept_ == Kept::none) return Kind::field;
  field_ = line.substr(colon + 1);
  header_.complete = header_.complete && !cut;
  return Kind::field;
}

void PartHeaderReader::end_of_field() {
  if (kept_ == Kept::none) return;
  const std::size_t room = kMostOctets - std::min(kMostOctets, read_);
  const std::string_view value = std::string_view(field_).substr(0, room);
  header_.complete = header_.complete && value.size() == field_.size();
  read_ += value.size();
  switch (std::exchange(kept_, Kept::none)) {
    case Kept::type: content_type(value); break;
    case Kept::disposition: disposition(value); break;
    case Kept::encoding: header_.encodings.add(read_encodings(value)); break;
    case Kept::none: break;
  }
}

void PartHeaderReader::content_type(std::string_view value) {
  const std::string type = type_of(value, header_.odd_type);
  if (!type.empty()) header_.complete = add(header_.types, type, kMostTypes) && header_.complete;
  const auto take = [&](std::string_view name, std::string_view text) {
    bool room = true;
    if (name == "name" || name == "filename") room = add_name(header_.names, text);
    if (name == "charset" && header_.charset.empty()) header_.charset = text.substr(0, kLongestCharset);
    if (name == "boundary") {
      while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
      room = text.size() <= kLongestBoundary && add(header_.boundaries, text, kMostBoundaries);
    }
    header_.complete = header_.complete && room;
  };
  header_.complete = read_parameters(value, take) && header_.complete;
}

void PartHeaderReader::disposition(std::string_view value) {
  header_.attachment = header_.attachment || starts_with_nocase(trim(value), "attachment");
  const auto take = [&](std::string_view name, std::string_view text) {
    if (name == "filename" || name == "name")
      header_.complete = add_name(header_.names, text) && header_.complete;
  };
  header_.complete = read_parameters(value, take) && header_.complete;
}

PartHeader PartHeaderReader::take() {
  end_of_field();
  read_ = 0;
  if (header_.encodings.empty()) header_.encodings.add(Encoding::identity);
  return std::exchange(header_, {});
}

}  // namespace filters::mime
