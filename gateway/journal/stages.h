#pragma once
// How long each stage of a transaction took, in whole microseconds.
//
//   greeting    from the connection until it was greeted: PROXY header, TLS, greeting_delay, rules about the
//               connection; in the record of its first transaction alone
//   hello       from there, or from the transaction before, to MAIL: HELO, STARTTLS, the client's pauses
//   envelope    MAIL to the permission to send the message, or to the end where none was sent
//   data        from there to the last octet of the message
//   evidence    from there until all filters were done
//   rules       until the rules had judged, for every recipient
//   mailstore   handing over to the mailstore, until it answered or we gave up
//   kept        writing to our disk what is held or quarantined, synced
//   dns         waiting for answers of the DNS, in whichever stage; the others do not wait for it twice
//
// From `envelope` to `kept` they follow each other, and together come to the record's duration, but for what
// lies between them: bookkeeping.  `dns` is part of `envelope` and `evidence`: questions go out early, so
// that most of it lies in the time that the client takes, where nobody waits and none is counted.

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace gateway::journal {

enum class Stage { greeting, hello, envelope, data, evidence, rules, mailstore, kept, dns };

inline constexpr std::array<std::string_view, 9> kStageNames{
    "greeting", "hello", "envelope", "data", "evidence", "rules", "mailstore", "kept", "dns"};

class Stages {
 public:
  using Microseconds = std::chrono::microseconds;

  // Times of the same stage add up.
  void add(Stage stage, std::chrono::steady_clock::duration took) {
    set(stage, of(stage).value_or(Microseconds{0}) + std::chrono::duration_cast<Microseconds>(took));
  }
  void set(Stage stage, Microseconds took) {
    microseconds_[static_cast<std::size_t>(stage)] = took.count() < 0 ? 0 : took.count();
  }
  // Nothing: the transaction did not come to that, or its record does not tell.
  std::optional<Microseconds> of(Stage stage) const {
    const std::int64_t took = microseconds_[static_cast<std::size_t>(stage)];
    return took == kNone ? std::nullopt : std::optional(Microseconds(took));
  }
  bool any() const { return microseconds_ != kNothing; }

  friend bool operator==(const Stages&, const Stages&) = default;

 private:
  static constexpr std::int64_t kNone = -1;
  using All = std::array<std::int64_t, kStageNames.size()>;
  static constexpr All kNothing{kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone};
  All microseconds_ = kNothing;
};

}  // namespace gateway::journal
