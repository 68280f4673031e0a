#include "gateway/control/peer.h"

#include <fmt/format.h>
#include <pwd.h>

#include <array>
#include <fstream>
#include <optional>

namespace gateway::control {
namespace {

constexpr uid_t kNoLogin = static_cast<uid_t>(-1);  // proc(5): nobody logged in, a service say

std::string user(uid_t uid) {
  std::array<char, 16384> room;
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(uid, &entry, room.data(), room.size(), &found) != 0 || !found)
    return fmt::format("uid {}", uid);
  return found->pw_name;
}

std::optional<uid_t> login_of(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/loginuid", pid));
  uid_t uid = kNoLogin;
  if (!(file >> uid) || uid == kNoLogin) return std::nullopt;
  return uid;
}

}  // namespace

std::string name_of(const Peer& peer) {
  const auto login = login_of(peer.pid);
  if (!login || *login == peer.uid) return user(peer.uid);
  return fmt::format("{} (as {})", user(*login), user(peer.uid));
}

}  // namespace gateway::control
