#include "gateway/web/access/password_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "policy/ordinary_file.h"

namespace gateway::web::access {
namespace {

constexpr std::size_t kLongestName = 64;
constexpr std::size_t kMostAccounts = 10'000;
constexpr std::string_view kExpected = "expected NAME:ROLE:HASH, as postern password NAME writes it";

std::string_view next_line(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(line.size() + 1, text.size()));
  return line;
}

std::string_view entry_of(std::string_view line) {
  const std::string_view entry = trim(line);
  return entry.starts_with('#') ? std::string_view() : entry;
}

// Where a line goes wrong, and how.
struct Mistake {
  std::string_view part;
  std::string message;
};

std::optional<Mistake> take(std::string_view entry, Accounts& accounts) {
  const std::size_t first = entry.find(':');
  const std::size_t second = first == entry.npos ? first : entry.find(':', first + 1);
  if (second == entry.npos) return Mistake{entry, std::string(kExpected)};
  const std::string_view name = entry.substr(0, first);
  const std::string_view word = entry.substr(first + 1, second - first - 1);
  const std::string_view hash = entry.substr(second + 1);
  if (!is_account_name(name))
    return Mistake{name.empty() ? entry : name,
                   fmt::format("expected a name of up to {} letters, digits and . _ - @", kLongestName)};
  const auto role = role_named(word);
  if (!role) {
    constexpr std::array<std::string_view, 2> kWords{"view", "operate"};
    return Mistake{word.empty() ? entry : word,
                   fmt::format("unknown role '{}': expected view or operate{}", printable(word, 40),
                               policy::did_you_mean(word, kWords))};
  }
  auto password = PasswordHash::parse(hash);
  if (!password) return Mistake{hash.empty() ? entry : hash, password.error().text()};
  if (accounts.size() == kMostAccounts)
    return Mistake{entry, fmt::format("there are more than {} names", kMostAccounts)};
  if (!accounts.try_emplace(std::string(name), Account{*role, std::move(*password)}).second)
    return Mistake{name, fmt::format("there is another line for '{}'", name)};
  return std::nullopt;
}

// The line itself is not shown: hashes are no business of logs.
std::string shown_source(std::string_view line) {
  const std::size_t hash = line.find("scrypt$");
  return hash == line.npos ? std::string(line) : fmt::format("{}scrypt$…", line.substr(0, hash));
}

}  // namespace

bool is_account_name(std::string_view name) {
  return !name.empty() && name.size() <= kLongestName && std::ranges::all_of(name, [](char c) {
    const char low = to_lower(c);
    return (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' ||
           c == '@';
  });
}

std::optional<Role> role_named(std::string_view word) {
  if (word == "view") return Role::view;
  if (word == "operate") return Role::operate;
  return std::nullopt;
}

std::optional<Accounts> parse_accounts(std::string_view text, const std::filesystem::path& shown,
                                       policy::Diagnostics& diagnostics) {
  Accounts accounts;
  bool fine = true;
  for (unsigned number = 1; !text.empty(); ++number) {
    const std::string_view line = next_line(text);
    const std::string_view entry = entry_of(line);
    if (entry.empty()) continue;
    const auto mistake = take(entry, accounts);
    if (!mistake) continue;
    fine = false;
    diagnostics.add({.file = shown.string(),
                     .line = number,
                     .column = static_cast<unsigned>(mistake->part.data() - line.data() + 1),
                     .length = static_cast<unsigned>(std::min<std::size_t>(mistake->part.size(), 12)),
                     .message = mistake->message,
                     .source = shown_source(line)});
  }
  if (!fine) return std::nullopt;
  return accounts;
}

std::optional<Accounts> read_accounts(const std::filesystem::path& file, policy::Diagnostics& diagnostics) {
  const auto read = policy::read_ordinary_file(file, kMostPasswordFile);
  if (read) return parse_accounts(read->text, file, diagnostics);
  diagnostics.add(
      {.file = file.string(),
       .message = fmt::format("the password file cannot be read: {}; postern password NAME makes one",
                              read.error().text()),
       .source = {}});
  return std::nullopt;
}

std::optional<std::string> with_account(std::string_view text, std::string_view name,
                                        const std::optional<Account>& account) {
  const std::string line =
      account ? fmt::format("{}:{}:{}\n", name, web::name(account->role), account->password.text())
              : std::string();
  std::string out;
  bool found = false;
  while (!text.empty()) {
    const std::string_view old = next_line(text);
    const std::string_view entry = entry_of(old);
    if (!entry.starts_with(name) || entry.substr(name.size(), 1) != ":") {
      out.append(old).append("\n");
      continue;
    }
    if (!found) out += line;  // of several only one stays
    found = true;
  }
  if (!found && !account) return std::nullopt;
  return found ? out : out + line;
}

}  // namespace gateway::web::access
