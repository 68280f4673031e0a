#include "gateway/commands/status.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "gateway/control/server.h"
#include "gateway/settings/settings.h"

namespace gateway::commands {
namespace {

constexpr int kUnknown = 3;

int unknown(std::string_view why, bool json) {
  const std::string what = printable(why, 1000);
  if (json) {
    boost::json::object answer{{"level", "UNKNOWN"}};
    answer["findings"] = boost::json::array{{{"level", "UNKNOWN"}, {"what", what}}};
    fmt::print("{}\n", boost::json::serialize(answer));
  } else {
    fmt::print("POSTERN UNKNOWN - {}\n", what);
  }
  return kUnknown;
}

std::string text(const boost::json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : std::string();
}

}  // namespace

int show_status(const std::string& config, bool json) {
  policy::Diagnostics diagnostics;
  const auto settings = settings::Settings::read(config, diagnostics);
  if (!settings) return unknown(trim(diagnostics.render()), json);
  const auto answer = control::ask(settings->control_socket, {{"command", "status"}});
  if (!answer) return unknown(answer.error().text(), json);
  const auto* const code = answer->if_contains("code");
  const auto* const first = answer->if_contains("first");
  const auto* const all = answer->if_contains("lines");
  const auto* const status = answer->if_contains("status");
  if (!code || !code->is_int64() || !first || !all || !all->is_array() || !status)
    return unknown("the running gateway is of another version, and knows no status", json);
  if (json) {
    fmt::print("{}\n", boost::json::serialize(*status));
    return static_cast<int>(code->get_int64());
  }
  fmt::print("{}\n", text(*first));
  std::size_t width = 0;
  for (const auto& line : all->get_array())
    if (line.is_array() && line.get_array().size() == 2)
      width = std::max(width, text(line.get_array()[0]).size());
  for (const auto& line : all->get_array())
    if (line.is_array() && line.get_array().size() == 2)
      fmt::print("{:<{}}  {}\n", text(line.get_array()[0]), width, text(line.get_array()[1]));
  return static_cast<int>(code->get_int64());
}

}  // namespace gateway::commands
