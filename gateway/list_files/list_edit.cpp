#include "gateway/list_files/list_edit.h"

#include <fmt/format.h>

#include "policy/language/list_text.h"

namespace gateway::list_files {
namespace {

using namespace std::chrono_literals;
using policy::ListEntry;
using policy::language::EntryComment;
using policy::language::ListLine;
using policy::language::next_line;
using policy::language::read_comment;

constexpr std::chrono::seconds kEndedLongAgo = 24h * 30;
constexpr std::size_t kLongestNote = 500;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Calls with each line and its octets, line end included.
template <class Take>
void each_line(std::string_view text, const Take& take) {
  ListLine line;
  for (std::string_view rest = text;;) {
    const std::string_view before = rest;
    if (!next_line(rest, line)) return;
    take(line, before.substr(0, before.size() - rest.size()));
  }
}

Line as_line(const ListLine& line, Time now) {
  const EntryComment comment = read_comment(line.comment);
  return {line.number, std::string(line.entry), comment.until, std::string(comment.note),
          comment.until && *comment.until <= now};
}

std::string comment_of(const std::optional<Time>& until, std::string_view note) {
  if (!until) return std::string(note);
  return fmt::format("until {}{}{}", to_text(Value(*until)), note.empty() ? "" : ": ", note);
}

// The line with another comment: what stands before it stays as it is.
std::string with_comment(const ListLine& line, std::string_view octets, std::string_view comment) {
  const std::string_view end = octets.substr(octets.find_last_not_of("\r\n") + 1);
  const std::string_view kept = line.whole.substr(0, line.column - 1 + line.entry.size());
  if (comment.empty()) return fmt::format("{}{}", kept, end);
  const std::size_t mark = line.whole.find('#', kept.size());
  const std::string_view gap =
      mark == line.whole.npos ? "  " : line.whole.substr(kept.size(), mark - kept.size());
  return fmt::format("{}{}# {}{}", kept, gap, comment, end);
}

std::string_view line_end(std::string_view text) {
  const std::size_t first = text.find('\n');
  return first != text.npos && first > 0 && text[first - 1] == '\r' ? "\r\n" : "\n";
}

// What each change does with a line of the entry: gives the octets in its place.
template <class Replace>
Change changed(std::string_view text, Kind kind, std::string_view entry, Time now, const Replace& replace) {
  Change change;
  const auto wanted = ListEntry::parse(kind, entry);
  if (text.starts_with(kByteOrderMark)) change.text = kByteOrderMark;
  each_line(text.substr(change.text.size()), [&](const ListLine& line, std::string_view octets) {
    if (line.entry.empty()) {
      change.text += octets;
      return;
    }
    const auto here = ListEntry::parse(kind, line.entry);
    if (wanted && here && here->same(*wanted)) {
      change.before.push_back(as_line(line, now));
      const std::string put = replace(line, octets, change.before);
      if (put.empty() && !change.before.back().ended) ++change.taken_out;
      change.text += put;
      return;
    }
    const Line other = as_line(line, now);
    if (other.until && *other.until + kEndedLongAgo <= now)
      ++change.dropped;
    else
      change.text += octets;
  });
  return change;
}

}  // namespace

std::string why_no_entry(std::string_view entry, const std::vector<Kind>& kinds) {
  if (entry.empty()) return "an empty entry";
  const std::string shown = printable(entry);
  if (printable(entry, entry.size()) != entry)
    return fmt::format("'{}' has characters that cannot be seen", shown);
  ListLine line;
  std::string_view rest = entry;
  if (!next_line(rest, line) || line.entry != entry)
    return fmt::format("'{}' cannot be an entry: '#' begins a comment, and spaces around it do not count",
                       shown);
  for (const Kind kind : kinds)
    if (!ListEntry::parse(kind, entry))
      return fmt::format("'{}' is not {}: the list is of type {}", shown, policy::described(kind),
                         policy::name(kind));
  return {};
}

std::string why_no_note(std::string_view note) {
  if (note.size() > kLongestNote) return fmt::format("a note has at most {} octets", kLongestNote);
  if (printable(note, note.size()) != note) return "a note is one line of text that can be seen";
  if (trim(note) != note) return "a note does not begin or end with a space";
  const EntryComment read = read_comment(note);
  if (read.until || read.unclear) return "a note that begins with 'until' would be an end: use --for";
  return {};
}

void each_entry(std::string_view text, Time now, const std::function<void(Line)>& take) {
  each_line(text, [&](const ListLine& line, std::string_view) {
    if (!line.entry.empty()) take(as_line(line, now));
  });
}

void Search::look(const Line& line) {
  const auto here = ListEntry::parse(kind_, line.entry);
  if (!here || !wanted_) return;
  if (here->same(*wanted_))
    same_.push_back(line);
  else if (!line.ended && here->covers(*wanted_))
    covering_.push_back(line);
}

Change add(std::string_view text, Kind kind, const Wanted& wanted, Time now) {
  Change change = changed(
      text, kind, wanted.entry, now,
      [&](const ListLine& line, std::string_view octets, const std::vector<Line>& before) -> std::string {
        if (before.size() > 1) return {};  // written twice: the first stands for both
        // What stood there as a note behind an end may be an end by itself.
        const std::string& kept = before.front().note;
        const std::string note = wanted.note ? *wanted.note : why_no_note(kept).empty() ? kept : "";
        return with_comment(line, octets, comment_of(wanted.until, note));
      });
  if (change.before.size() == 1) {
    const Line& there = change.before.front();
    if (there.until == wanted.until && (!wanted.note || there.note == *wanted.note)) {
      change.text = text;
      change.dropped = 0;
      return change;
    }
  }
  change.changed = true;
  if (!change.before.empty()) return change;
  const std::string_view end = line_end(text);
  if (!change.text.empty() && change.text != kByteOrderMark && !change.text.ends_with('\n'))
    change.text += end;
  change.text += wanted.entry;
  if (const std::string comment = comment_of(wanted.until, wanted.note.value_or("")); !comment.empty())
    change.text += fmt::format("  # {}", comment);
  change.text += end;
  return change;
}

Change remove(std::string_view text, Kind kind, std::string_view entry, Time now) {
  Change change =
      changed(text, kind, entry, now,
              [](const ListLine&, std::string_view, const std::vector<Line>&) { return std::string(); });
  if (change.before.empty()) {
    change.text = text;
    change.dropped = 0;
    return change;
  }
  change.changed = true;
  const bool marked = change.text.starts_with(kByteOrderMark);
  if (trim(std::string_view(change.text).substr(marked ? kByteOrderMark.size() : 0)).empty())
    change.text += fmt::format("# the last entry was removed at {}{}", to_text(Value(now)), line_end(text));
  return change;
}

}  // namespace gateway::list_files
