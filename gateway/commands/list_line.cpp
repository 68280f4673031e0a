#include "gateway/commands/list_line.h"

#include <fmt/format.h>

#include "gateway/commands/list_choice.h"
#include "gateway/journal/local_time.h"

namespace gateway::commands {

std::string duration_of(const list_files::Line& line) {
  if (!line.until) return {};
  return fmt::format("{} {}", line.ended ? "ended" : "until", journal::local_time(*line.until));
}

std::string by_line(const list_files::Line& line, const policy::ListInfo& list, std::string_view entry) {
  const auto here = policy::ListEntry::parse(kind_of(list), line.entry);
  const auto asked = policy::ListEntry::parse(kind_of(list), entry);
  std::string text;
  if (here && asked && !here->same(*asked)) text = fmt::format("by {} ", printable(line.entry));
  if (line.number > 0)
    text += fmt::format("({}:{})", printable(list.file.filename().string()), line.number);
  else
    text += fmt::format("({})", printable(list.where));
  if (here && asked && !here->same(*asked) && kind_of(list) == list_files::Kind::domain)
    text += ", where a rule asks 'under'";
  if (line.until) text += ", " + duration_of(line);
  if (!line.note.empty()) text += ": " + printable(line.note, 1000);
  return text;
}

boost::json::object line_as_json(const list_files::Line& line) {
  boost::json::object object{{"entry", printable(line.entry, 1000)}, {"ended", line.ended}};
  if (line.number > 0) object["line"] = line.number;
  if (line.until) object["until"] = to_text(Value(*line.until));
  if (!line.note.empty()) object["note"] = printable(line.note, 1000);
  return object;
}

}  // namespace gateway::commands
