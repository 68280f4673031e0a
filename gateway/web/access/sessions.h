#pragma once
// Who is logged in.  In memory: a restart logs everybody out.  A session's secret is kept by nobody but the
// browser: we know its SHA-256.

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace gateway::web::access {

class Sessions {
 public:
  using Clock = std::chrono::steady_clock;
  struct Limits {
    std::chrono::seconds idle{2 * 3600};      // without a request
    std::chrono::seconds longest{12 * 3600};  // from the log-in
    std::size_t most = 1000;                  // beyond it, the one that was used longest ago goes
    std::size_t most_of_one = 50;             // of one name, likewise
  };
  struct Session {
    std::string name;
    std::string password;  // the hash that opened it: with another one in the file it has ended
    std::string form_token;
    Clock::time_point begun;
    Clock::time_point used;
  };

  Sessions() : Sessions(Limits{}) {}
  explicit Sessions(Limits limits) : limits_(limits) {}

  // The secret for the cookie: 256 random bits in hexadecimal digits.
  std::string begin(std::string name, std::string password, Clock::time_point now);
  // Marks it as used; nothing when there is none, or no longer.
  std::optional<Session> find(std::string_view secret, Clock::time_point now);
  void end(std::string_view secret);
  std::size_t size() const;

 private:
  bool is_over(const Session& session, Clock::time_point now) const;
  void make_room(const std::string& name, Clock::time_point now);

  const Limits limits_;
  mutable std::mutex mutex_;
  std::map<std::string, Session, std::less<>> sessions_;  // by the SHA-256 of their secrets
};

}  // namespace gateway::web::access
