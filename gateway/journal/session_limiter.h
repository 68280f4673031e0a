#pragma once
// Which connections without a transaction get a record.  Whoever connects and leaves writes into our journal,
// so a flood must cost next to nothing and cannot fill the disk.  Asked before anything is built.

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>

#include "gateway/vocabulary.h"

namespace gateway::journal {

class SessionLimiter {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // A bucket of `burst` records that gains one every `interval`.
  struct Rate {
    std::chrono::milliseconds interval;
    unsigned burst;
  };
  // About 600 octets each: at most 210 MB a day, so that 90 days of flood stay within 20 GB.
  static constexpr Rate kInAll{std::chrono::milliseconds(250), 1000};
  // Of one client network (/24, /64): enough to see what it does all day.
  static constexpr Rate kPerNetwork{std::chrono::seconds(10), 20};
  static constexpr std::chrono::minutes kAlert{1};

  explicit SessionLimiter(std::uint64_t seed) : seed_(seed) {}

  struct Answer {
    bool record = false;
    std::uint64_t left_out = 0;  // since the last one recorded; of the record
    std::uint64_t alert = 0;     // left out since the last alert, when it is time for one
  };
  // Thread-safe.
  Answer ask(const IpAddress& client, Time now);

 private:
  // The moment at which it is full again says all about a bucket.
  class Bucket {
   public:
    bool has_one(const Rate& rate, Time now) const;
    void take(const Rate& rate, Time now);

   private:
    Time full_{};
  };

  // Networks share a bucket when their hashes meet: memory is fixed, and nobody can push another out.  The
  // seed keeps strangers from choosing whom they share with.
  Bucket& bucket_of(const IpAddress& client);

  const std::uint64_t seed_;
  std::mutex mutex_;
  Bucket in_all_;
  std::array<Bucket, 8192> by_network_;
  std::uint64_t left_out_ = 0;
  std::uint64_t not_alerted_ = 0;
  Time next_alert_{};
};

}  // namespace gateway::journal
