#include "gateway/commands/change_password.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <iostream>

#include "gateway/list_files/locked_file.h"
#include "gateway/settings/settings.h"
#include "gateway/web/access/password_file.h"

namespace gateway::commands {
namespace {

using web::access::Account;
using web::access::PasswordHash;

constexpr std::size_t kShortestPassword = 8;
constexpr mode_t kModeOfNew = 0600;
constexpr mode_t kModeForGroup = 0640;

int complain(std::string_view what, int status) {
  fmt::print(stderr, "postern password: {}\n", printable(what, 2000));
  return status;
}

// What is typed is not shown; a signal that ends us leaves no terminal that stays so.
class SilentTerminal {
 public:
  SilentTerminal() {
    sigset_t ends;
    ::sigemptyset(&ends);
    for (const int one : {SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGTSTP}) ::sigaddset(&ends, one);
    ::sigprocmask(SIG_BLOCK, &ends, &mask_);
    was_ = ::tcgetattr(STDIN_FILENO, &before_) == 0;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    if (was_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    ::sigprocmask(SIG_UNBLOCK, &ends, nullptr);
    for (const int one : {SIGINT, SIGTERM}) std::signal(one, give_up);
    current_ = this;
  }
  ~SilentTerminal() {
    restore();
    for (const int one : {SIGINT, SIGTERM}) std::signal(one, SIG_DFL);
    ::sigprocmask(SIG_SETMASK, &mask_, nullptr);
    current_ = nullptr;
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;

 private:
  void restore() const {
    if (was_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  static void give_up(int number) {
    if (current_) current_->restore();
    std::_Exit(128 + number);
  }
  static inline SilentTerminal* current_ = nullptr;
  sigset_t mask_{};
  termios before_{};
  bool was_ = false;
};

std::optional<std::string> typed(std::string_view prompt) {
  fmt::print(stderr, "{}", prompt);
  const SilentTerminal silent;
  std::string line;
  const bool read = static_cast<bool>(std::getline(std::cin, line));
  fmt::print(stderr, "\n");
  if (!read) return std::nullopt;
  return line;
}

Result<std::string> ask_for_password(const std::string& name) {
  std::string password;
  if (::isatty(STDIN_FILENO) == 1) {
    const auto first = typed(fmt::format("Password of {}: ", name));
    const auto again = first ? typed("Once more: ") : std::nullopt;
    if (!again) return Error("no password was given");
    if (*first != *again) return Error("these are two different passwords: nothing was changed");
    password = *first;
  } else {
    if (!std::getline(std::cin, password))
      return Error("no password was given: it is the first line of standard input");
    if (password.ends_with('\r')) password.pop_back();
  }
  if (password.size() < kShortestPassword)
    return Error(fmt::format("a password has at least {} octets: nothing was changed", kShortestPassword));
  if (password.size() > PasswordHash::kLongestPassword)
    return Error(
        fmt::format("a password has at most {} octets: nothing was changed", PasswordHash::kLongestPassword));
  return Result<std::string>(boost::system::in_place_value, std::move(password));
}

Result<std::string> file_of(const PasswordOptions& options) {
  const auto text = [](std::string path) {
    return Result<std::string>(boost::system::in_place_value, std::move(path));
  };
  if (options.file) return text(*options.file);
  policy::Diagnostics ignored;  // the file may not be there yet, which is why we were called
  const auto settings = settings::Settings::read(options.config, ignored);
  if (!settings)
    return Error(fmt::format("{} cannot be read: {}", options.config,
                             ignored.all().empty() ? std::string() : ignored.all().front().message));
  if (settings->review_passwords.empty())
    return Error(
        fmt::format("{} names no password file: set passwords = \"passwords\" in [review], or give --file",
                    options.config));
  return text(settings->review_passwords.string());
}

// The gateway runs as a user of its own, which reads its configuration by its group.
void let_the_gateway_read(const settings::Path& file, const std::string& config) {
  struct stat of_config {};
  const bool shared = ::stat(config.c_str(), &of_config) == 0 &&
                      ::chown(file.c_str(), static_cast<uid_t>(-1), of_config.st_gid) == 0 &&
                      ::chmod(file.c_str(), kModeForGroup) == 0;
  if (!shared)
    fmt::print(stderr, "postern password: only you may read {}: let the gateway's group read it\n",
               file.string());
}

}  // namespace

int change_password(const PasswordOptions& options) {
  if (!web::access::is_account_name(options.name))
    return complain(
        fmt::format("'{}' is no name: expected up to 64 letters, digits and . _ - @", options.name), 2);
  const auto file = file_of(options);
  if (!file) return complain(file.error().text(), 2);
  std::optional<std::string> password;
  if (!options.remove) {
    auto given = ask_for_password(options.name);
    if (!given) return complain(given.error().text(), 1);
    password = std::move(*given);
  }
  delivery::RealDisk disk;
  auto locked = list_files::LockedFile::open(*file, disk, kModeOfNew);
  if (!locked) return complain(locked.error().text(), 1);
  policy::Diagnostics diagnostics;
  const auto accounts = web::access::parse_accounts((*locked)->text(), *file, diagnostics);
  if (!accounts) {
    fmt::print(stderr, "{}", diagnostics.render());
    return complain("mend the file first: nothing was changed", 1);
  }
  const auto old = accounts->find(options.name);
  std::optional<Account> account;
  if (password)
    account = Account{.role = options.role             ? *web::access::role_named(*options.role)
                              : old != accounts->end() ? old->second.role
                                                       : web::Role::view,
                      .password = PasswordHash::of(*password)};
  const auto text = web::access::with_account((*locked)->text(), options.name, account);
  if (!text) return complain(fmt::format("there is no '{}' in {}", options.name, *file), 1);
  const bool is_new = (*locked)->is_new();
  if (const Result<void> done = (*locked)->replace(*text); !done) return complain(done.error().text(), 1);
  if (is_new) let_the_gateway_read(*file, options.config);
  fmt::print("{} {} in {}\n", options.name,
             !account ? "is no longer"
             : old == accounts->end()
                 ? fmt::format("may log in with the role {}, by its line", web::name(account->role))
                 : fmt::format("has a new password and the role {}", web::name(account->role)),
             printable(*file, 1000));
  return 0;
}

}  // namespace gateway::commands
