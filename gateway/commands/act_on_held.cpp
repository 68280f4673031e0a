// postern quarantine release and delete, postern queue retry and fail.
#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "gateway/commands/held.h"
#include "gateway/commands/terminal.h"
#include "gateway/control/server.h"
#include "gateway/journal/harmless.h"
#include "gateway/journal/quoted_id.h"
#include "gateway/settings/settings.h"

namespace gateway::commands {
namespace {

namespace json = boost::json;

std::string text(const json::object& object, std::string_view key) {
  const json::value* const value = object.if_contains(key);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

journal::Page::Tone tone_of(std::string_view fate) {
  using Tone = journal::Page::Tone;
  if (fate == "taken" || fate == "done") return Tone::good;
  return fate == "failed for good" || fate == "failed" ? Tone::bad : Tone::doubtful;
}

// A line for each recipient, with the mailstore's own words.
void print(const json::object& message, const journal::PageStyle& style) {
  const std::string id = text(message, "id");
  const std::string result = text(message, "result");
  const std::string server = text(message, "server");
  const std::string detail = text(message, "detail");
  journal::Page page(style);
  const json::value* const recipients = message.if_contains("recipients");
  if (recipients && recipients->is_array())
    for (const json::value& one : recipients->get_array()) {
      if (!one.is_object()) continue;
      const json::object& recipient = one.get_object();
      const std::string fate = text(recipient, "fate");
      const std::string reply = text(recipient, "reply");
      page.line(fmt::format("  {}{}{}", text(recipient, "address"), reply.empty() ? "" : ": " + reply,
                            server.empty() ? "" : fmt::format(" ({})", server)),
                fmt::format("{}  {}", id, fate), tone_of(fate));
    }
  if (!detail.empty()) page.line("  " + detail, fmt::format("{}  {}", id, result), tone_of(result));
  const json::value* const left = message.if_contains("left");
  if (left && left->is_int64() && left->get_int64() > 0 && result == "partly")
    page.line(fmt::format("  it stays for the {} others", left->get_int64()), id);
  fmt::print("{}", page.take());
}

}  // namespace

std::string_view held_command(const HeldOptions& options) {
  return options.keep == delivery::Keep::retry ? "postern queue" : "postern quarantine";
}

int complain(const HeldOptions& options, int status, std::string_view what) {
  fmt::print(stderr, "{}: {}\n", held_command(options), what);
  return status;
}

std::vector<std::string> held_ids(const HeldOptions& options) {
  auto ids = journal::named_ids(options.words);
  if (ids && !ids->empty()) return std::move(*ids);
  complain(options, 2, ids ? "no id was given" : ids.error().text() + "; nothing was done");
  return {};
}

int act_on_held(const HeldOptions& options, const std::string& what) {
  const std::vector<std::string> ids = held_ids(options);
  if (ids.empty()) return 2;
  policy::Diagnostics diagnostics;
  const auto settings = settings::Settings::read(options.filter.config, diagnostics);
  if (!settings) return complain(options, 1, trim(diagnostics.render()));
  const std::string command = (options.keep == delivery::Keep::retry ? "queue." : "quarantine.") + what;
  const journal::PageStyle style = page_style(options.filter.colour);
  json::array to;
  for (const std::string& one : options.to) to.emplace_back(one);
  bool all_done = true;
  json::array messages;
  // One after the other: a mailstore may take its time, and what was done is to be seen.
  for (const std::string& id : ids) {
    json::object request{{"command", command}, {"ids", json::array{id}}};
    if (what == "release") {
      request["to"] = to;
      request["again"] = options.again;
    }
    const auto answer = control::ask(settings->control_socket, request);
    if (!answer) {
      all_done = false;
      complain(options, 1, fmt::format("{}: {}", id, answer.error().text()));
      if (answer.error().system_code() == 0)  // it took the request
        complain(options, 1,
                 fmt::format("{}: what came of it is not known; {} list tells what is still there", id,
                             held_command(options)));
      break;
    }
    const json::value* const ok = answer->if_contains("ok");
    all_done = all_done && ok && ok->is_bool() && ok->get_bool();
    if (const std::string error = text(*answer, "error"); !error.empty())
      complain(options, 1, fmt::format("{}: {}", id, printable(error)));
    const json::value* const found = answer->if_contains("messages");
    if (!found || !found->is_array()) continue;
    for (const json::value& one : found->get_array()) {
      if (!one.is_object()) continue;
      if (!options.filter.json) print(one.get_object(), style);
      messages.push_back(one);
    }
    std::fflush(stdout);
  }
  if (options.filter.json) {
    json::object all{{"ok", all_done}};
    all["messages"] = std::move(messages);
    fmt::print("{}\n", journal::harmless(json::serialize(all)));
  }
  return all_done ? 0 : 1;
}

}  // namespace gateway::commands
