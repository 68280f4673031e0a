#pragma once
// The accounts in force: those of the password file, read again when it changes.

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>

#include "gateway/web/access/password_file.h"
#include "policy/file_stamp.h"

namespace gateway::web::access {

class Keeper {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Keeper(std::filesystem::path file) : file_(std::move(file)) {}

  // From any thread.  Looks at the file once a second at most.  A file with mistakes, or none, leaves the
  // accounts as they were (at the start: nobody), and that is logged once.
  std::shared_ptr<const Accounts> now(Clock::time_point at = Clock::now());

 private:
  void look();

  const std::filesystem::path file_;
  std::mutex mutex_;
  std::shared_ptr<const Accounts> accounts_ = std::make_shared<const Accounts>();
  policy::FileStamp stamp_;
  bool told_missing_ = false;
  Clock::time_point next_look_{};
};

}  // namespace gateway::web::access
