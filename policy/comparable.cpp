#include "policy/comparable.h"

#include "policy/facts/text.h"

namespace policy {

std::pmr::string comparable(const Address& address, std::pmr::memory_resource* memory) {
  std::pmr::string text(memory);
  if (address.is_null()) return text;
  const std::string_view domain = address.is_literal()
                                      ? std::string_view(address.text()).substr(address.text().rfind('@') + 1)
                                      : std::string_view(address.domain().text());
  text.reserve(address.local().size() + 1 + domain.size());
  for (const char c : address.local()) text += to_lower(c);
  if (domain.empty()) return text;
  text += '@';
  for (const char c : domain) text += to_lower(c);
  return text;
}

}  // namespace policy
