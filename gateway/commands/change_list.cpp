// postern list add and remove.
#include "gateway/commands/change_list.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cstdio>

#include "gateway/commands/list_choice.h"
#include "gateway/commands/list_line.h"
#include "gateway/control/server.h"
#include "gateway/journal/local_time.h"
#include "gateway/list_files/locked_file.h"
#include "gateway/settings/units.h"

namespace gateway::commands {
namespace {

namespace json = boost::json;
using list_files::Change;
using list_files::Line;

int complain(std::string_view what, int status) {
  fmt::print(stderr, "postern list: {}\n", what);
  return status;
}

// The list with its file, ready to be changed.
struct Work {
  Time now;
  PolicyLists from;
  policy::ListInfo list;
  list_files::Kind kind;
  delivery::RealDisk disk;
  std::unique_ptr<list_files::LockedFile> file;
};

// The status to end with, or nothing: go on.
std::optional<int> prepare(const ListOptions& options, Work& work) {
  work.now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  auto lists = read_lists(options.config, work.now);
  if (!lists) {
    fmt::print(stderr, "{}", lists.error().text());
    return 1;
  }
  work.from = std::move(*lists);
  const auto list = choose(work.from, *options.name);
  if (!list) return complain(list.error().text(), 2);
  work.list = *list;
  work.kind = kind_of(*list);
  if (list->file.empty())
    return complain(
        fmt::format(
            "the entries of '{0}' stand in the policy itself ({1}): change them there and reload, or move "
            "them to a file, one a line: {0} = {{ file = \"{0}.txt\"{2} }}",
            list->name, printable(list->where),
            list->kinds.empty() ? "" : fmt::format(", type = \"{}\"", policy::name(work.kind))),
        2);
  if (list->kinds.empty() && work.from.mistakes)
    return complain(
        fmt::format("what an entry of '{}' must be is not known while the policy has mistakes: mend them "
                    "(postern check), or declare it, as in type = \"network\" ({})",
                    list->name, printable(list->where)),
        1);
  if (const std::string why = list_files::why_no_entry(*options.entry, list->kinds); !why.empty())
    return complain(why, 2);
  return std::nullopt;
}

std::optional<int> take_file(Work& work) {
  auto file = list_files::LockedFile::open(work.list.file, work.disk);
  if (!file) return complain(printable(file.error().text(), 1000), 1);
  work.file = std::move(*file);
  return std::nullopt;
}

// What the running gateway makes of it.
struct Told {
  bool taken = false;
  bool kept = false;  // it runs, and keeps the old entries
  std::string text;
};

Told tell_gateway(const Work& work, std::size_t taken_out) {
  std::error_code ignored;
  const auto path = std::filesystem::weakly_canonical(std::filesystem::absolute(work.list.file), ignored);
  const auto answer =
      control::ask(work.from.settings->control_socket,
                   {{"command", "take_list"}, {"file", path.string()}, {"taken_out", taken_out}});
  if (!answer) {
    const int code = answer.error().system_code();
    if (code == ENOENT || code == ECONNREFUSED)
      return {.text = "no gateway is running here: it counts from the next start"};
    return {.text = fmt::format("the running gateway takes it within some seconds (it could not be told: {})",
                                printable(answer.error().text(), 1000))};
  }
  const auto word = [&](const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
  };
  const auto* ok = answer->if_contains("ok");
  if (!ok || !ok->is_bool() || !ok->get_bool())
    return {.kept = true,
            .text = fmt::format(
                "the running gateway's policy has no list in this file: postern reload{}",
                word(*answer, "error").empty() ? "" : " (" + printable(word(*answer, "error")) + ")")};
  if (const auto* kept = answer->if_contains("kept"); kept && kept->is_object())
    if (const std::string why = word(kept->get_object(), work.list.name); !why.empty())
      return {.kept = true,
              .text = fmt::format("the running gateway keeps the entries it had: {}; when the file is as it "
                                  "shall be: postern reload",
                                  printable(why, 1000))};
  return {.taken = true,
          .text = fmt::format("the running gateway has taken it; policy version {}",
                              printable(word(*answer, "policy_version")))};
}

json::object as_json(const ListOptions& options, const Work& work, std::string_view change,
                     const Change& made) {
  json::object object{{"list", work.list.name},
                      {"entry", printable(*options.entry)},
                      {"change", change},
                      {"file", printable(work.list.file.string(), 1000)},
                      {"dropped", made.dropped}};
  json::array before;
  for (const Line& line : made.before) before.push_back(line_as_json(line));
  object["before"] = std::move(before);
  return object;
}

std::vector<Line> covering(const Work& work, std::string_view text, std::string_view entry) {
  list_files::Search search(work.kind, entry);
  list_files::each_entry(text, work.now, [&](const Line& line) { search.look(line); });
  return search.covering();
}

// Writes the change, tells the gateway, and says what came of it all; `said` is the sentence on the change.
int finish(const ListOptions& options, Work& work, const Change& made, std::string_view change,
           std::string_view said) {
  Told told;
  if (made.changed) {
    if (const Result<void> put = work.file->replace(made.text); !put)
      return complain(printable(put.error().text(), 1000), 1);
    told = tell_gateway(work, made.taken_out);
  }
  work.file.reset();
  const auto wider = covering(work, made.text, *options.entry);
  const int status = told.kept ? 1 : 0;
  if (options.json) {
    json::object object = as_json(options, work, change, made);
    json::array by;
    for (const Line& line : wider) by.push_back(line_as_json(line));
    object["covered_by"] = std::move(by);
    if (made.changed) object["gateway"] = json::object{{"taken", told.taken}, {"text", told.text}};
    fmt::print("{}\n", json::serialize(object));
  } else {
    fmt::print("{}\n", said);
    for (const Line& line : wider)
      fmt::print("{} is also listed {}\n", printable(*options.entry),
                 by_line(line, work.list, *options.entry));
    if (made.dropped > 0)
      fmt::print("{} line{} of entries that ended more than 30 days ago {} taken out\n", made.dropped,
                 made.dropped == 1 ? "" : "s", made.dropped == 1 ? "was" : "were");
    if (!told.text.empty()) fmt::print("{}\n", told.text);
  }
  if (work.from.mistakes) {  // perhaps the change has mended them
    const auto again = read_lists(options.config, work.now);
    if (!again || again->mistakes)
      fmt::print(stderr,
                 "postern list: the configuration has mistakes, and no reload takes it: see postern check\n");
  }
  return status;
}

std::string lasting(const std::optional<Time>& until) {
  return until ? "until " + journal::local_time(*until) : "without an end";
}

}  // namespace

int list_add(const ListOptions& options) {
  Work work;
  if (const auto status = prepare(options, work)) return *status;
  list_files::Wanted wanted{*options.entry, std::nullopt, options.note};
  if (options.lasting) {
    const auto duration = settings::parse_duration(*options.lasting);
    if (!duration) return complain(fmt::format("--for: {}", duration.error().text()), 2);
    if (*duration < std::chrono::seconds(1)) return complain("--for: expected a second or more", 2);
    wanted.until = work.now + std::chrono::floor<std::chrono::seconds>(*duration);
  }
  if (options.note)
    if (const std::string why = list_files::why_no_note(*options.note); !why.empty())
      return complain(fmt::format("--note: {}", why), 2);
  if (const auto status = take_file(work)) return *status;
  const Change made = list_files::add(work.file->text(), work.kind, wanted, work.now);
  const std::string shown = printable(wanted.entry);
  if (!made.changed)
    return finish(
        options, work, made, "none",
        fmt::format("{} is in '{}' already, {} ({}:{})", shown, work.list.name, lasting(wanted.until),
                    printable(work.list.file.filename().string()), made.before.front().number));
  if (made.before.empty()) {
    std::string said = fmt::format("{} added to '{}' ({}), {}", shown, work.list.name,
                                   printable(work.list.file.string(), 1000), lasting(wanted.until));
    const auto entry = policy::ListEntry::parse(work.kind, wanted.entry);
    if (work.kind == list_files::Kind::network && entry && wanted.entry.find('/') != wanted.entry.npos &&
        entry->text() != wanted.entry)
      said += fmt::format("\n{} stands for {}", shown, entry->text());
    return finish(options, work, made, "added", said);
  }
  const Line& was = made.before.front();
  return finish(options, work, made, "replaced",
                fmt::format("{} is in '{}' now {}; before: {}", shown, work.list.name, lasting(wanted.until),
                            was.ended ? duration_of(was) : lasting(was.until)));
}

int list_remove(const ListOptions& options) {
  Work work;
  if (const auto status = prepare(options, work)) return *status;
  if (const auto status = take_file(work)) return *status;
  const Change made = list_files::remove(work.file->text(), work.kind, *options.entry, work.now);
  const std::string shown = printable(*options.entry);
  if (!made.changed) {
    finish(options, work, made, "none", fmt::format("{} is not in '{}'", shown, work.list.name));
    return 1;
  }
  return finish(options, work, made, "removed",
                fmt::format("{} removed from '{}' ({})", shown, work.list.name,
                            printable(work.list.file.string(), 1000)));
}

}  // namespace gateway::commands
