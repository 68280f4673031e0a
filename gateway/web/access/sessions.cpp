#include "gateway/web/access/sessions.h"

#include <algorithm>

#include "gateway/sha256_hex.h"
#include "gateway/web/doorkeeper.h"

namespace gateway::web::access {
namespace {
constexpr std::size_t kSecretOctets = 32;
}  // namespace

bool Sessions::is_over(const Session& session, Clock::time_point now) const {
  return now - session.used > limits_.idle || now - session.begun > limits_.longest;
}

void Sessions::make_room(const std::string& name, Clock::time_point now) {
  std::erase_if(sessions_, [&](const auto& one) { return is_over(one.second, now); });
  const auto drop_oldest = [&](auto&& counts) {
    auto oldest = sessions_.end();
    for (auto at = sessions_.begin(); at != sessions_.end(); ++at)
      if (counts(at->second) && (oldest == sessions_.end() || at->second.used < oldest->second.used))
        oldest = at;
    if (oldest != sessions_.end()) sessions_.erase(oldest);
  };
  const auto is_his = [&](const Session& session) { return session.name == name; };
  const auto his = std::ranges::count_if(sessions_, [&](const auto& one) { return is_his(one.second); });
  if (static_cast<std::size_t>(his) >= limits_.most_of_one) drop_oldest(is_his);
  if (sessions_.size() >= limits_.most) drop_oldest([](const Session&) { return true; });
}

std::string Sessions::begin(std::string name, std::string password, Clock::time_point now) {
  std::string secret = random_hex(kSecretOctets);
  const std::lock_guard lock(mutex_);
  make_room(name, now);
  sessions_[sha256_hex(secret)] = {.name = std::move(name),
                                   .password = std::move(password),
                                   .form_token = random_hex(kSecretOctets),
                                   .begun = now,
                                   .used = now};
  return secret;
}

std::optional<Sessions::Session> Sessions::find(std::string_view secret, Clock::time_point now) {
  if (secret.size() != 2 * kSecretOctets) return std::nullopt;
  const std::string digest = sha256_hex(secret);
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(digest);
  if (found == sessions_.end()) return std::nullopt;
  if (is_over(found->second, now)) {
    sessions_.erase(found);
    return std::nullopt;
  }
  found->second.used = now;
  return found->second;
}

void Sessions::end(std::string_view secret) {
  const std::string digest = sha256_hex(secret);
  const std::lock_guard lock(mutex_);
  if (const auto found = sessions_.find(digest); found != sessions_.end()) sessions_.erase(found);
}

std::size_t Sessions::size() const {
  const std::lock_guard lock(mutex_);
  return sessions_.size();
}

}  // namespace gateway::web::access
