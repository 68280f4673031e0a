#include "gateway/web/request.h"

namespace gateway::web {

std::string_view Request::header(std::string_view wanted) const {
  for (const auto& [key, value] : headers)
    if (equal_nocase(key, wanted)) return value;
  return {};
}

std::string_view Request::parameter(std::string_view wanted) const {
  for (const auto& [key, value] : parameters)
    if (key == wanted) return value;
  return {};
}

}  // namespace gateway::web
