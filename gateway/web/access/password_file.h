#pragma once
// The file of those who may log in: NAME:ROLE:HASH a line, "#" begins a comment.  `postern password` writes
// it.

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/web/access/scrypt.h"
#include "gateway/web/request.h"
#include "policy/diagnostic.h"

namespace gateway::web::access {

struct Account {
  Role role = Role::view;
  PasswordHash password;
};
using Accounts = std::map<std::string, Account, std::less<>>;

inline constexpr std::size_t kMostPasswordFile = 1 << 20;  // octets

// Letters, digits and . _ - @, up to 64: a name is one word in every log.
bool is_account_name(std::string_view name);
std::optional<Role> role_named(std::string_view word);  // view, operate

// Nothing when there was a mistake; each is told with file, line and column.  A file without an entry is
// fine: nobody can log in.
std::optional<Accounts> parse_accounts(std::string_view text, const std::filesystem::path& shown,
                                       policy::Diagnostics& diagnostics);
std::optional<Accounts> read_accounts(const std::filesystem::path& file, policy::Diagnostics& diagnostics);

// The text of the file with the line of that name replaced, put behind the last or, without a new one, taken
// out; all others stay as they are.  Nothing: it was to be taken out, and there is none.
std::optional<std::string> with_account(std::string_view text, std::string_view name,
                                        const std::optional<Account>& account);

}  // namespace gateway::web::access
