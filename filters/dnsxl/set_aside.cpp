#include "filters/dnsxl/set_aside.h"

namespace filters::dnsxl {
namespace {

constexpr std::string_view kBorder = ": ";

}  // namespace

std::string set_aside_text(std::string_view list, std::string_view why) {
  std::string text(list);
  return text.append(kBorder).append(why);
}

std::optional<std::string_view> set_aside(const Facts& facts, std::string_view list) {
  const List* all = facts.get<List>("dns_lists.set_aside");
  return all ? set_aside(*all, list) : std::nullopt;
}

std::optional<std::string_view> set_aside(const List& texts, std::string_view list) {
  for (const std::string_view one : texts)
    if (one.starts_with(list) && one.substr(list.size()).starts_with(kBorder))
      return one.substr(list.size() + kBorder.size());
  return std::nullopt;
}

}  // namespace filters::dnsxl
