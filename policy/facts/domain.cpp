#include "policy/facts/domain.h"

#include <idn2.h>

#include <algorithm>
#include <memory>

namespace policy::inline facts {
namespace {

constexpr std::size_t kLongestName = 253;  // RFC 1035 §2.3.4, as text without the root's dot
constexpr std::size_t kLongestLabel = 63;

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool well_formed(std::string_view text) {
  if (text.empty() || text.size() > kLongestName) return false;
  std::size_t label = 0;
  for (char c : text) {
    if (c == '.') {
      if (label == 0) return false;
      label = 0;
      continue;
    }
    const bool allowed = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (!allowed || ++label > kLongestLabel) return false;
  }
  return label != 0;
}

}  // namespace

std::optional<Domain> Domain::parse(std::string_view text) {
  if (!text.empty() && text.back() == '.') text.remove_suffix(1);
  if (text.empty() || text.size() > 4 * kLongestName || text.find('\0') != text.npos) return std::nullopt;
  std::string name(text);
  if (!is_plain(name)) {
    char* converted = nullptr;
    if (idn2_to_ascii_8z(name.c_str(), &converted, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT) != IDN2_OK)
      return std::nullopt;
    const std::unique_ptr<char, void (*)(void*)> owner(converted, idn2_free);
    name = converted;
  }
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  if (!well_formed(name)) return std::nullopt;
  return Domain(std::move(name));
}

std::size_t Domain::labels() const {
  return text_.empty() ? 0 : 1 + static_cast<std::size_t>(std::count(text_.begin(), text_.end(), '.'));
}

Domain Domain::parent() const {
  const auto dot = text_.find('.');
  return dot == std::string::npos ? Domain() : Domain(text_.substr(dot + 1));
}

bool Domain::under(const Domain& ancestor) const {
  const std::string& above = ancestor.text_;
  if (above.empty() || text_.size() < above.size()) return false;
  if (!text_.ends_with(above)) return false;
  return text_.size() == above.size() || text_[text_.size() - above.size() - 1] == '.';
}

}  // namespace policy::inline facts
