#pragma once
// Transaction ids: 12 characters of Crockford base32: 42 bits of milliseconds since 2024, 8 bits of gateway
// number, 10 bits of counter.  They sort by time, and may be quoted in any case.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gateway::journal {

class IdMaker {
 public:
  explicit IdMaker(std::uint8_t gateway) : gateway_(gateway) {}
  // Never the same twice, also when the clock steps back.  Thread-safe.
  std::string next(std::chrono::system_clock::time_point now = std::chrono::system_clock::now());

 private:
  std::uint8_t gateway_;
  std::atomic<std::uint64_t> last_{0};  // milliseconds << 10 | counter
};

// Upper case, with o, i and l read as 0, 1 and 1; nullopt when it is no id.
std::optional<std::string> canonical_id(std::string_view text);
std::optional<std::chrono::system_clock::time_point> time_of_id(std::string_view id);

}  // namespace gateway::journal
