#include "filters/attachments/extension.h"

#include <algorithm>

#include "policy/facts/text.h"
#include "policy/facts/utf8.h"

#include "filters/mime/encoded_word.h"
#include "filters/mime/transfer_encoding.h"

namespace filters::attachments {
namespace {

using namespace policy::facts;
using Take = std::function<void(const std::string&)>;

constexpr std::size_t kLongest = 40;  // a class id in braces is one that hides itself
constexpr std::string_view kBehind = " \t\r\n./\\\"'`;,)>]";

std::string without_invisible(std::string_view name) {
  std::string seen;
  while (!name.empty()) {
    std::uint32_t point = 0;
    const std::size_t length = std::max<std::size_t>(read_point(name, point), 1);
    // What is no UTF-8 is looked at octet by octet.
    if (point == 0 && length == 1 && name.front() != '\0') point = static_cast<unsigned char>(name.front());
    if (!is_invisible(point)) seen += name.substr(0, length);
    name.remove_prefix(length);
  }
  return seen;
}

void of_file(std::string_view name, const Take& take) {
  while (!name.empty() && kBehind.find(name.back()) != kBehind.npos) name.remove_suffix(1);
  const auto dot = name.rfind('.');
  if (dot == name.npos || name.size() - dot - 1 > kLongest) return;
  const std::string extension = to_lower(name.substr(dot + 1));
  if (!extension.empty() && extension.find_first_of(" \t\r\n") == extension.npos) take(extension);
}

void of_path(std::string_view path, const Take& take) {
  while (!path.empty() && kBehind.find(path.back()) != kBehind.npos) path.remove_suffix(1);
  std::string_view file = path.substr(path.find_last_of("/\\") + 1);
  // "a.exe:b.txt" is a stream of a.exe to one file system, and a name with a colon to others.
  for (auto colon = file.find(':'); colon != file.npos; colon = file.find(':')) {
    of_file(file.substr(0, colon), take);
    file.remove_prefix(colon + 1);
  }
  of_file(file, take);
}

void of_text(std::string_view name, const Take& take) {
  if (const auto nul = name.find('\0'); nul != name.npos)
    of_path(without_invisible(name.substr(0, nul)), take);
  const std::string seen = without_invisible(name);
  of_path(seen, take);
  if (seen.find('%') == seen.npos) return;
  std::string escapes = seen;
  std::ranges::replace(escapes, '=', '_');
  std::ranges::replace(escapes, '%', '=');
  std::string decoded;
  mime::Decoder(mime::Encoding::quoted_printable).decode(escapes, decoded);
  of_path(without_invisible(decoded), take);
}

}  // namespace

void read_extensions(std::string_view name, const Take& take) {
  if (name.find("=?") == name.npos) return of_text(name, take);
  const std::string text = mime::decode_text(name);
  of_text(text, take);
  if (text.find("=?") == text.npos) return;
  // Words that break the rules (with blanks in them, say) are decoded by some readers all the same.
  std::string_view inside = name;
  while (inside.ends_with('=') || inside.ends_with('?')) inside.remove_suffix(1);
  std::string decoded;
  mime::Decoder(mime::Encoding::quoted_printable).decode(inside, decoded);
  of_text(decoded, take);
}

}  // namespace filters::attachments
