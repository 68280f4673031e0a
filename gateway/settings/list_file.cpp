#include "gateway/settings/list_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <system_error>

namespace gateway::settings {
namespace {

constexpr unsigned kMostMistakes = 20;             // shown of one file
constexpr std::uintmax_t kMostOctets = 256 << 20;  // millions of addresses

// Says what is wrong with an entry, or takes it.
using Take = std::function<std::optional<std::string>(std::string_view)>;

// Begins a line, or stands after white space: '#' is fine within an address.
std::string_view without_comment(std::string_view line) {
  for (std::size_t at = line.find('#'); at != line.npos; at = line.find('#', at + 1))
    if (at == 0 || line[at - 1] == ' ' || line[at - 1] == '\t') return line.substr(0, at);
  return line;
}

bool read_lines(const std::filesystem::path& path, std::string_view entries, policy::Diagnostics& diagnostics,
                const Take& take) {
  const auto whole = [&](std::string message) {
    diagnostics.add({.file = path.string(), .message = std::move(message), .source = {}});
    return false;
  };
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return whole("cannot be read: it is a directory");
  if (std::filesystem::exists(path, ignored) && !std::filesystem::is_regular_file(path, ignored))
    return whole("cannot be read: it is no ordinary file");
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) return whole("cannot be read: " + std::generic_category().message(errno ? errno : EIO));
  if (std::filesystem::file_size(path, ignored) > kMostOctets && !ignored)
    return whole("cannot be read: it is larger than 256 MiB");

  unsigned number = 0;
  unsigned mistakes = 0;
  bool any = false;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (number == 1 && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
    if (line.ends_with('\r')) line.pop_back();
    const std::string_view entry = trim(without_comment(line));
    if (entry.empty()) continue;
    any = true;
    auto mistake = take(entry);
    if (!mistake) continue;
    if (++mistakes > kMostMistakes) continue;
    diagnostics.add({.file = path.string(),
                     .line = number,
                     .column = static_cast<unsigned>(entry.data() - line.data() + 1),
                     .length = static_cast<unsigned>(entry.size()),
                     .message = std::move(*mistake),
                     .source = line});
  }
  if (in.bad()) return whole("cannot be read: " + std::generic_category().message(errno ? errno : EIO));
  if (!any) return whole(fmt::format("holds no {}: expected one a line", entries));
  if (mistakes > kMostMistakes) {
    diagnostics.add({.file = path.string(),
                     .line = number,
                     .column = 1,
                     .message = fmt::format("and {} more mistakes in this file", mistakes - kMostMistakes),
                     .source = {}});
  }
  return mistakes == 0;
}

}  // namespace

std::shared_ptr<const AddressList> read_addresses(const std::filesystem::path& file,
                                                  policy::Diagnostics& diagnostics) {
  auto list = std::make_shared<AddressList>();
  const bool fine =
      read_lines(file, "address", diagnostics, [&](std::string_view entry) -> std::optional<std::string> {
        const auto address = Address::parse(entry);
        if (address) {
          list->insert(address->comparable());
          return std::nullopt;
        }
        return entry.find('@') == entry.npos
                   ? "a local part alone is not taken: expected an address, such as postmaster@example.com"
                   : "this is no address: expected one a line, such as postmaster@example.com";
      });
  return fine ? list : nullptr;
}

std::optional<std::vector<std::string>> read_names(const std::filesystem::path& file,
                                                   policy::Diagnostics& diagnostics) {
  std::vector<std::string> names;
  const bool fine =
      read_lines(file, "name", diagnostics, [&](std::string_view entry) -> std::optional<std::string> {
        if (!is_valid_utf8(entry)) return "expected a name in UTF-8";
        names.emplace_back(entry);
        return std::nullopt;
      });
  if (!fine) return std::nullopt;
  return names;
}

}  // namespace gateway::settings
