#include "gateway/commands/reload.h"

#include <fmt/core.h>

#include <boost/json/serialize.hpp>

#include "gateway/control/server.h"
#include "gateway/settings/settings.h"

namespace gateway::commands {

int reload(const std::string& config, bool json) {
  policy::Diagnostics diagnostics;
  const auto settings = settings::Settings::load(config, diagnostics);
  if (!settings) {
    fmt::print(stderr, "{}{}: not reloaded, the running configuration stays\n", diagnostics.render(), config);
    return 1;
  }
  const auto answer = control::ask(settings->control_socket, {{"command", "reload"}});
  if (!answer) {
    fmt::print(stderr, "postern reload: {}\n", answer.error().text());
    return 1;
  }
  const auto text = [&](std::string_view key) {
    const auto* value = answer->if_contains(key);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
  };
  const auto* ok = answer->if_contains("ok");
  const bool fine = ok && ok->is_bool() && ok->get_bool();
  if (json) {
    fmt::print("{}\n", boost::json::serialize(*answer));
    return fine ? 0 : 1;
  }
  fmt::print(stderr, "{}", text("diagnostics"));
  if (fine)
    fmt::print("reloaded; policy version {}{}\n", text("policy_version"),
               text("note").empty() ? "" : "; " + text("note"));
  else
    fmt::print(stderr, "not reloaded, the running configuration stays{}\n",
               text("error").empty() ? "" : ": " + text("error"));
  return fine ? 0 : 1;
}

}  // namespace gateway::commands
