// postern quarantine show and postern queue show: the gateway notes who reads, and then we read.
#include <fmt/core.h>
#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <csignal>
#include <cstdio>
#include <exception>

#include "gateway/commands/held.h"
#include "gateway/commands/terminal.h"
#include "gateway/control/server.h"
#include "gateway/delivery/held_file.h"
#include "gateway/held/summary.h"
#include "gateway/held/view.h"
#include "gateway/journal/local_time.h"
#include "gateway/journal/page.h"
#include "gateway/settings/settings.h"

namespace gateway::commands {
namespace {

namespace json = boost::json;
using delivery::Keep;

Result<std::vector<std::string>> files_of(const HeldOptions& options, const std::string& id) {
  policy::Diagnostics diagnostics;
  const auto settings = settings::Settings::read(options.filter.config, diagnostics);
  if (!settings) return Error(std::string(trim(diagnostics.render())));
  const std::string command = options.keep == Keep::retry ? "queue.read" : "quarantine.read";
  const auto answer =
      control::ask(settings->control_socket, {{"command", command}, {"ids", json::array{id}}});
  if (!answer) return answer.error();
  std::vector<std::string> files;
  if (const json::value* const found = answer->if_contains("files"); found && found->is_array())
    for (const json::value& one : found->get_array())
      if (one.is_string()) files.emplace_back(one.get_string());
  return files;
}

void write_octets(const delivery::HeldMessage& message) {
  const Octets& octets = *message.parcel.octets;
  std::vector<char> room(64 << 10);
  for (std::uint64_t at = 0; at < octets.size();) {
    const std::string_view slice = octets.read(at, room);
    if (slice.empty() || std::fwrite(slice.data(), 1, slice.size(), stdout) != slice.size()) break;
    at += slice.size();
  }
  std::fflush(stdout);
}

void print_json(const held::Summary& summary, const held::View& view, Keep keep) {
  journal::JsonWriter json;
  json.begin_object();
  json.key("message");
  held::write(json, summary, keep);
  held::write(json, view);
  json.end_object();
  fmt::print("{}\n", json.view());
}

void print(const held::Summary& summary, const held::View& view, const HeldOptions& options) {
  using Tone = journal::Page::Tone;
  const journal::PageStyle style = page_style(options.filter.colour);
  journal::Page page(style);
  page.section("held message");
  page.line(fmt::format("{}, since {}", summary.id, journal::local_time(summary.since)), "id        ");
  page.line(fmt::format("{}, for mailstore {}", summary.reason, summary.mailstore), "reason    ");
  page.line(summary.sender.empty() ? "<>" : summary.sender, "sender    ");
  for (const std::string& one : summary.recipients) page.line(one, "recipient ");
  if (options.keep == Keep::retry)
    page.line(fmt::format("{} attempts; the next {}", summary.attempts, journal::local_time(summary.next)),
              "tried     ");
  if (summary.begun)
    page.line(held::begun_text(*summary.begun) + "; look there before you release it with --again",
              "release   ", Tone::bad);
  page.section("header");
  for (const held::View::Field& field : view.fields)
    page.paragraph(0, fmt::format("{}: {}", field.name, field.value), 4);
  page.section("other parts");
  for (const held::View::Attachment& one : view.attachments)
    page.line(fmt::format("{}, {}, {} octets", one.name.empty() ? "without a name" : one.name, one.type,
                          one.octets));
  page.section("remarks");
  for (const std::string& remark : view.remarks) page.line(remark, {}, Tone::faint);
  page.section(view.text_type == "text/html" ? "text (of HTML, without its tags)" : "text");
  std::string_view text = view.text;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    page.line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  fmt::print("{}", page.take());
}

}  // namespace

int show_held(const HeldOptions& options) {
  std::signal(SIGPIPE, SIG_DFL);  // who reads us has seen enough
  const std::vector<std::string> ids = held_ids(options);
  if (ids.empty()) return 2;
  // Several words are one reply that somebody quotes: the first that is held is meant.
  Result<std::vector<std::string>> files = Error("");
  for (const std::string& id : ids) {
    files = files_of(options, id);
    if (!files) return complain(options, 1, files.error().text());
    if (!files->empty()) break;
  }
  if (files->empty())
    return complain(options, 1,
                    fmt::format("{} is not {}", ids.front(),
                                options.keep == Keep::retry ? "waiting for its mailstore" : "in quarantine"));
  if (options.raw && files->size() > 1)
    fmt::print(stderr, "{}: {} messages have this id; the first is written\n", held_command(options),
               files->size());
  for (const std::string& file : *files) try {
      const auto message = delivery::read_held_file(file);
      if (!message) return complain(options, 1, fmt::format("{}: {}", file, message.error().text()));
      if (options.raw) {
        write_octets(*message);
        return 0;
      }
      const auto summary = held::summary(file);
      if (!summary) return complain(options, 1, fmt::format("{}: {}", file, summary.error().text()));
      const held::View view = held::view(*message);
      options.filter.json ? print_json(*summary, view, options.keep) : print(*summary, view, options);
    } catch (const std::exception& error) {
      return complain(options, 1, fmt::format("{}: {}", file, printable(error.what())));
    }
  return 0;
}

}  // namespace gateway::commands
