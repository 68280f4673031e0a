// postern list show.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>

#include "gateway/commands/change_list.h"
#include "gateway/commands/list_choice.h"
#include "gateway/commands/list_line.h"
#include "policy/language/list_file.h"
#include "policy/ordinary_file.h"

namespace gateway::commands {
namespace {

namespace json = boost::json;
using list_files::Line;

constexpr std::size_t kWidestEntry = 45;

// What a list has, wherever that is written.
class Contents {
 public:
  static Result<Contents> read(const policy::ListInfo& list, Time now) {
    Contents contents(list, now);
    if (list.file.empty()) return contents;
    auto read = policy::read_ordinary_file(list.file, policy::language::ListFile::kMostOctets);
    if (!read)
      return Error(fmt::format("list file {} cannot be read: {}", printable(list.file.string(), 1000),
                               read.error().text()));
    contents.text_ = std::move(read->text);
    return contents;
  }

  template <class Take>
  void each(const Take& take) const {
    for (const std::string& entry : list_.entries) take(Line{.entry = entry});
    list_files::each_entry(text_, now_, take);
  }

 private:
  Contents(const policy::ListInfo& list, Time now) : list_(list), now_(now) {}
  policy::ListInfo list_;
  Time now_;
  std::string text_;
};

struct Count {
  std::size_t entries = 0;  // that count
  std::size_t ended = 0;
  std::size_t widest = 0;
};

Count count(const Contents& contents) {
  Count all;
  contents.each([&](const Line& line) {
    ++(line.ended ? all.ended : all.entries);
    all.widest = std::max(all.widest, std::min(printable(line.entry).size(), kWidestEntry));
  });
  return all;
}

std::string place_of(const policy::ListInfo& list) {
  return printable(list.file.empty() ? list.where : list.file.string(), 1000);
}

std::string in_words(const Count& all) {
  return fmt::format(
      "{} entr{}{}", all.entries, all.entries == 1 ? "y" : "ies",
      all.ended ? fmt::format(" ({} more ha{} ended)", all.ended, all.ended == 1 ? "s" : "ve") : "");
}

json::object as_json(const policy::ListInfo& list) {
  json::object object{{"list", list.name}, {"where", printable(list.where, 1000)}};
  json::array types;
  for (const list_files::Kind kind : list.kinds) types.emplace_back(policy::name(kind));
  object["types"] = std::move(types);
  if (list.file.empty())
    object["file"] = nullptr;
  else
    object["file"] = printable(list.file.string(), 1000);
  return object;
}

int show_all(const PolicyLists& from, const ListOptions& options, Time now) {
  bool fine = true;
  json::array rows;
  std::size_t width = 0;
  for (const policy::ListInfo& list : from.lists) width = std::max(width, list.name.size());
  for (const policy::ListInfo& list : from.lists) {
    const auto contents = Contents::read(list, now);
    if (!contents) {
      fmt::print(stderr, "postern list: {}\n", contents.error().text());
      fine = false;
      continue;
    }
    const Count all = count(*contents);
    if (options.json) {
      json::object row = as_json(list);
      row["entries"] = all.entries;
      row["ended"] = all.ended;
      rows.push_back(std::move(row));
    } else {
      fmt::print("{:{}}  {:9}  {}, {}\n", list.name, width,
                 list.kinds.empty() ? "-" : policy::name(list.kinds.front()), in_words(all), place_of(list));
    }
  }
  if (options.json) fmt::print("{}\n", json::serialize(rows));
  return fine ? 0 : 1;
}

int show_one(const policy::ListInfo& list, const Contents& contents, const ListOptions& options) {
  if (options.json) {
    json::object object = as_json(list);
    json::array entries;
    contents.each([&](const Line& line) { entries.push_back(line_as_json(line)); });
    object["entries"] = std::move(entries);
    fmt::print("{}\n", json::serialize(object));
    return 0;
  }
  const Count all = count(contents);
  fmt::print("{}: {}, type {}, {}\n", list.name, in_words(all),
             list.kinds.empty() ? "not known: no rule asks it" : policy::name(list.kinds.front()),
             place_of(list));
  contents.each([&](const Line& line) {
    std::string more = duration_of(line);
    if (!line.note.empty()) more += (more.empty() ? "" : ": ") + printable(line.note, 1000);
    fmt::print("{:{}}{}{}\n", printable(line.entry, 1000), more.empty() ? 0 : all.widest,
               more.empty() ? "" : "  ", more);
  });
  return 0;
}

int show_entry(const policy::ListInfo& list, const Contents& contents, const ListOptions& options) {
  list_files::Search search(kind_of(list), *options.entry);
  contents.each([&](const Line& line) { search.look(line); });
  std::vector<Line> by;
  for (const Line& line : search.same())
    if (!line.ended) by.push_back(line);
  by.insert(by.end(), search.covering().begin(), search.covering().end());
  const std::string shown = printable(*options.entry);
  if (options.json) {
    json::array lines;
    for (const Line& line : by) lines.push_back(line_as_json(line));
    json::object object = as_json(list);
    object["entry"] = shown;
    object["listed"] = !by.empty();
    object["by"] = std::move(lines);
    fmt::print("{}\n", json::serialize(object));
  } else if (by.empty()) {
    fmt::print("{} is not in '{}'{}\n", shown, list.name,
               search.same().empty() ? "" : ": it " + duration_of(search.same().back()));
  } else {
    for (const Line& line : by)
      fmt::print("{} is in '{}' {}\n", shown, list.name, by_line(line, list, shown));
  }
  return by.empty() ? 1 : 0;
}

}  // namespace

int list_show(const ListOptions& options) {
  const Time now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto lists = read_lists(options.config, now);
  if (!lists) {
    fmt::print(stderr, "{}", lists.error().text());
    return 1;
  }
  if (!options.name) return show_all(*lists, options, now);
  const auto list = choose(*lists, *options.name);
  if (!list) {
    fmt::print(stderr, "postern list: {}\n", list.error().text());
    return 2;
  }
  if (options.entry)
    if (const std::string why = list_files::why_no_entry(*options.entry, list->kinds); !why.empty()) {
      fmt::print(stderr, "postern list: {}\n", why);
      return 2;
    }
  const auto contents = Contents::read(*list, now);
  if (!contents) {
    fmt::print(stderr, "postern list: {}\n", contents.error().text());
    return 1;
  }
  return options.entry ? show_entry(*list, *contents, options) : show_one(*list, *contents, options);
}

}  // namespace gateway::commands
