#include "gateway/web/access/keeper.h"

#include <spdlog/spdlog.h>

namespace gateway::web::access {
namespace {
constexpr std::chrono::seconds kBetweenLooks{1};
}  // namespace

std::shared_ptr<const Accounts> Keeper::now(Clock::time_point at) {
  const std::lock_guard lock(mutex_);
  if (at >= next_look_) {
    next_look_ = at + kBetweenLooks;
    look();
  }
  return accounts_;
}

void Keeper::look() {
  const auto stamp = policy::stamp_of(file_);
  if (!stamp) {
    if (!std::exchange(told_missing_, true))
      spdlog::error("event=passwords_refused file=\"{}\" why=\"{}\" what=\"the names known so far stay\"",
                    printable(file_.string()), printable(stamp.error().text()));
    stamp_ = {};
    return;
  }
  told_missing_ = false;
  if (*stamp == stamp_) return;
  stamp_ = *stamp;
  policy::Diagnostics diagnostics;
  auto read = read_accounts(file_, diagnostics);
  if (read) {
    const bool first = accounts_->empty();
    accounts_ = std::make_shared<const Accounts>(std::move(*read));
    if (!first) spdlog::info("event=passwords_read names={}", accounts_->size());
    return;
  }
  spdlog::error("event=passwords_refused file=\"{}\" what=\"it has mistakes; the names known so far stay\"",
                printable(file_.string()));
  for (const policy::Diagnostic& one : diagnostics.all()) spdlog::error("{}", policy::render(one));
}

}  // namespace gateway::web::access
