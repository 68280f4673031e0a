#pragma once
// HTTP Basic (RFC 7617), by which programs log in.

#include <chrono>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace gateway::web::access {

struct Credentials {
  std::string name;
  std::string password;
};

// Of an Authorization field; nothing when it is of another scheme or broken.
std::optional<Credentials> basic_credentials(std::string_view field);

// Credentials that were right some minutes ago, by a keyed digest: a program that asks each second costs no
// scrypt each second.
class Proven {
 public:
  using Clock = std::chrono::steady_clock;
  Proven();
  // `hash` as the file has it now: with another password the key is another one.
  std::string key(const Credentials& given, std::string_view hash) const;
  bool has(std::string_view key, Clock::time_point now);
  void add(std::string key, Clock::time_point now);

 private:
  struct Entry {
    std::string key;
    Clock::time_point since;
  };
  const std::string secret_;
  std::mutex mutex_;
  std::deque<Entry> entries_;  // the newest first
};

}  // namespace gateway::web::access
