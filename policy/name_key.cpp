// People's names as they are compared: "José  DÍAZ" and "Diaz, Jose" are the same.  Latin letters only;
// others keep their octets.
#include <algorithm>
#include <array>
#include <vector>

#include "policy/entry_list.h"
#include "policy/facts/text.h"

namespace policy {
namespace {

// U+00C0 … U+017F, the letter without its marks; '*' stands for two letters or none, see below.
constexpr std::string_view kLatin =
    "aaaaaa*ceeeeiiii"   // 00C0
    "dnooooo ouuuuyt*"   // 00D0
    "aaaaaa*ceeeeiiii"   // 00E0
    "dnooooo ouuuuyty"   // 00F0
    "aaaaaaccccccccdd"   // 0100
    "ddeeeeeeeeeegggg"   // 0110
    "gggghhhhiiiiiiii"   // 0120
    "ii**jjkkklllllll"   // 0130
    "lllnnnnnnnnnoooo"   // 0140
    "oo**rrrrrrssssss"   // 0150
    "ssttttttuuuuuuuu"   // 0160
    "uuuuwwyyyzzzzzzs";  // 0170
static_assert(kLatin.size() == 0x180 - 0xC0);

std::string_view pair_of(unsigned code) {
  switch (code) {
    case 0xC6:
    case 0xE6: return "ae";
    case 0xDF: return "ss";
    case 0x132:
    case 0x133: return "ij";
    case 0x152:
    case 0x153: return "oe";
    default: return "";
  }
}

}  // namespace

std::string name_key(std::string_view name) {
  std::string folded;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto first = static_cast<unsigned char>(name[i]);
    const unsigned second = i + 1 < name.size() ? static_cast<unsigned char>(name[i + 1]) : 0;
    if (first >= 0xC3 && first <= 0xC5 && (second & 0xC0) == 0x80) {
      const unsigned code = (first & 0x1Fu) << 6 | (second & 0x3Fu);
      const char letter = kLatin[code - 0xC0];
      if (letter == '*')
        folded += pair_of(code);
      else
        folded += letter;
      ++i;
    } else if (first == 0xCC || (first == 0xCD && second <= 0xAF)) {
      ++i;  // a combining mark
    } else if (first >= 0x80) {
      folded += name[i];
    } else {
      const char c = to_lower(name[i]);
      folded += (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : ' ';
    }
  }
  std::vector<std::string> words;
  for (std::size_t at = 0; at < folded.size();) {
    const std::size_t end = std::min(folded.find(' ', at), folded.size());
    if (end > at) words.push_back(folded.substr(at, end - at));
    at = end + 1;
  }
  std::ranges::sort(words);
  std::string key;
  for (const std::string& word : words) key += (key.empty() ? "" : " ") + word;
  return key;
}

}  // namespace policy
