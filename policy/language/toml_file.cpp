#include "policy/language/toml_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <system_error>

#include "policy/facts/text.h"

namespace policy::language {
namespace {

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// How many octets an escape of a basic TOML string takes in the file and stands for.
std::pair<std::size_t, std::size_t> escape(std::string_view rest) {
  if (rest.size() < 2) return {rest.size(), rest.size()};
  if (rest[1] != 'u' && rest[1] != 'U') return {2, 1};
  const std::size_t digits = rest[1] == 'u' ? 4 : 8;
  unsigned long code = 0;
  for (std::size_t i = 2; i < 2 + digits && i < rest.size(); ++i) {
    const char c = to_lower(rest[i]);
    code = code * 16 + static_cast<unsigned long>(c >= 'a' ? c - 'a' + 10 : c - '0');
  }
  return {2 + digits, code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4};
}

// Closing early is the mistake people make with 'it's': say what helps.
std::string_view hint(std::string_view what, std::string_view line, std::size_t column) {
  if (what.starts_with("Encountered invalid utf-8")) return " (save the file as UTF-8)";
  const std::size_t quotes = static_cast<std::size_t>(std::count(line.begin(), line.end(), '\''));
  if (quotes < 2 || line.find("'''") != line.npos) return {};
  const std::size_t first = line.find('\'');
  return column > first ? " (an apostrophe within '…' ends the text: write '''…''' around it)"
                        : std::string_view();
}

}  // namespace

TomlFile::TomlFile(std::string text, const std::filesystem::path& path, Diagnostics& diagnostics)
    : path_(path), text_(std::move(text)), diagnostics_(diagnostics) {
  lines_.push_back(0);
  for (std::size_t i = 0; i < text_.size(); ++i)
    if (text_[i] == '\n') lines_.push_back(i + 1);
}

std::unique_ptr<TomlFile> TomlFile::read(const std::filesystem::path& path, Diagnostics& diagnostics) {
  const auto unreadable = [&](std::string why) {
    diagnostics.add({.file = path.string(), .message = "cannot be read: " + std::move(why), .source = {}});
    return nullptr;
  };
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return unreadable("it is a directory");
  if (std::filesystem::is_fifo(path, error)) return unreadable("it is a pipe");  // nobody may ever write
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) return unreadable(std::generic_category().message(errno ? errno : EIO));
  std::string text;
  char block[65536];
  while (in.read(block, sizeof block) || in.gcount() > 0) {
    text.append(block, static_cast<std::size_t>(in.gcount()));
    if (text.size() > kMostOctets) return unreadable("it is larger than 10 MB");
  }
  if (in.bad()) return unreadable(std::generic_category().message(errno ? errno : EIO));
  return parse(std::move(text), path, diagnostics);
}

std::unique_ptr<TomlFile> TomlFile::parse(std::string text, const std::filesystem::path& path,
                                          Diagnostics& diagnostics) {
  std::unique_ptr<TomlFile> file(new TomlFile(std::move(text), path, diagnostics));
  try {
    file->root_ = toml::parse(std::string_view(file->text_));
  } catch (const toml::parse_error& error) {
    const Place place = file->from_source(error.source().begin);
    std::string what(error.description());
    if (const std::size_t from = what.find(": ");
        what.starts_with("Error while parsing") && from != what.npos)
      what = what.substr(from + 2);
    const std::string_view line = file->line(place.line);
    if (what.starts_with("unescaped control") && place.column > line.size())
      what = "a closing quote is missing on this line";
    file->error(place, 1, fmt::format("not valid TOML: {}{}", what, hint(what, line, place.column)));
    return nullptr;
  }
  return file;
}

std::filesystem::path TomlFile::resolve(const std::filesystem::path& relative) const {
  return relative.is_absolute() ? relative : path_.parent_path() / relative;
}

std::string_view TomlFile::line(unsigned number) const {
  if (number == 0 || number > lines_.size()) return {};
  const std::size_t begin = lines_[number - 1];
  std::size_t end = std::min(text_.find('\n', begin), text_.size());
  if (end > begin && text_[end - 1] == '\r') --end;
  return std::string_view(text_).substr(begin, end - begin);
}

// toml++ counts code points; editors and we count octets.
Place TomlFile::from_source(const toml::source_position& position) const {
  const std::string_view text = line(position.line);
  unsigned column = 1;
  for (unsigned points = 1; points < position.column && column <= text.size(); ++points) {
    ++column;
    while (column <= text.size() && continues(text[column - 1])) ++column;
  }
  return {position.line, column};
}

Place TomlFile::place(const toml::node& node) const { return from_source(node.source().begin); }
Place TomlFile::place(const toml::key& key) const { return from_source(key.source().begin); }

std::string TomlFile::where(const toml::node& node) const {
  return fmt::format("{}:{}", path_.filename().string(), place(node).line);
}

Place TomlFile::place_in(const toml::node& string, std::size_t offset) const {
  Place at = place(string);
  if (at.line == 0 || at.line > lines_.size()) return at;
  std::size_t here = lines_[at.line - 1] + at.column - 1;
  const std::string_view all = text_;
  const char quote = here < all.size() ? all[here] : '\0';
  if (quote != '"' && quote != '\'') return at;
  const bool literal = quote == '\'';
  const bool several = all.substr(here, 3) == std::string(3, quote);
  here += several ? 3 : 1;
  if (several && all.substr(here, 2) == "\r\n")
    here += 2;
  else if (several && all.substr(here, 1) == "\n")
    here += 1;
  for (std::size_t done = 0; done < offset && here < all.size();) {
    if (literal || all[here] != '\\') {
      ++here;
      ++done;
      continue;
    }
    if (several && here + 1 < all.size() && std::strchr(" \t\r\n", all[here + 1])) {  // line-ending backslash
      ++here;
      while (here < all.size() && std::strchr(" \t\r\n", all[here])) ++here;
      continue;
    }
    const auto [octets, stands_for] = escape(all.substr(here, 10));
    here += octets;
    done += stands_for;
  }
  const auto next = std::upper_bound(lines_.begin(), lines_.end(), std::min(here, all.size()));
  const auto number = static_cast<unsigned>(next - lines_.begin());
  return {number, static_cast<unsigned>(here - lines_[number - 1] + 1)};
}

unsigned TomlFile::width(const toml::node& node) const {
  const Place from = place(node);
  const Place to = from_source(node.source().end);
  if (to.line == from.line && to.column > from.column) return to.column - from.column;
  const std::size_t octets = line(from.line).size();
  return octets >= from.column ? static_cast<unsigned>(octets - from.column + 1) : 1;
}

Diagnostic TomlFile::spot(const toml::node& node) const {
  const Place at = place(node);
  return {.file = path_.string(),
          .line = at.line,
          .column = at.column,
          .length = std::max(1u, width(node)),
          .message = {},
          .source = std::string(line(at.line))};
}

void TomlFile::report(Diagnostic::Severity severity, Place place, unsigned length,
                      std::string message) const {
  diagnostics_.add({.severity = severity,
                    .file = path_.string(),
                    .line = place.line,
                    .column = place.column,
                    .length = std::max(1u, length),
                    .message = std::move(message),
                    .source = std::string(line(place.line))});
}

void TomlFile::error(const toml::node& node, std::string message) const {
  report(Diagnostic::Severity::error, place(node), width(node), std::move(message));
}

void TomlFile::error(const toml::key& key, std::string message) const {
  report(Diagnostic::Severity::error, place(key), static_cast<unsigned>(key.str().size()),
         std::move(message));
}

void TomlFile::error(Place place, unsigned length, std::string message) const {
  report(Diagnostic::Severity::error, place, length, std::move(message));
}

void TomlFile::warn(const toml::node& node, std::string message) const {
  report(Diagnostic::Severity::warning, place(node), width(node), std::move(message));
}

void TomlFile::warn(Place place, unsigned length, std::string message) const {
  report(Diagnostic::Severity::warning, place, length, std::move(message));
}

void TomlFile::refuse_unknown(const toml::table& table, std::span<const std::string_view> known,
                              std::string_view where) const {
  for (const auto& [key, value] : table)
    if (std::ranges::find(known, key.str()) == known.end())
      error(key,
            fmt::format("unknown key '{}'{}{}", key.str(), where.empty() ? "" : " in " + std::string(where),
                        did_you_mean(key.str(), known)));
}

std::string_view kind(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table: return "a table";
    case toml::node_type::array: return "a list";
    case toml::node_type::string: return "a text";
    case toml::node_type::integer: return "a number";
    case toml::node_type::floating_point: return "a number";
    case toml::node_type::boolean: return "true or false";
    case toml::node_type::date: return "a date";
    case toml::node_type::time: return "a time";
    case toml::node_type::date_time: return "a date and time";
    default: return "nothing";
  }
}

}  // namespace policy::language
