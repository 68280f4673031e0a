#include "policy/facts/value.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

namespace policy::inline facts {
namespace {

struct Printer {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(double value) const { return fmt::format("{}", value); }
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(const Domain& value) const { return value.text(); }
  std::string operator()(const Address& value) const { return value.text(); }
  std::string operator()(const IpAddress& value) const { return value.text(); }
  std::string operator()(Outcome value) const { return std::string(name(value)); }
  std::string operator()(const Choice& value) const { return value.word; }
  std::string operator()(const List& value) const { return fmt::format("{}", fmt::join(value, ", ")); }
  std::string operator()(Time value) const {
    const std::time_t seconds = value.time_since_epoch().count();
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", utc);
  }
};

}  // namespace

std::string_view name(Type type) {
  constexpr std::string_view kNames[] = {"bool", "number",  "text",   "domain", "address",
                                         "ip",   "outcome", "choice", "list",   "time"};
  return kNames[static_cast<std::size_t>(type)];
}

std::string to_text(const Value& value) { return std::visit(Printer{}, value); }

}  // namespace policy::inline facts
