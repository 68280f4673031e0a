#pragma once
// Messages we keep on our own disk: for an unreachable mailstore, and in quarantine.  A file each with its
// record: written, synced, renamed, the directory synced; recoverable by a scan, no index that could
// disagree.

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "gateway/delivery/mailstore.h"

namespace gateway::delivery {

enum class Keep { retry, quarantine };

struct HeldMessage {  // what the record in the file says; the message follows it
  Parcel parcel;
  Keep keep = Keep::retry;
  std::string reason;   // "unreachable", a rule's id, "undeliverable"
  std::string verdict;  // journal JSON of the transaction, as far as known
  Time since{};         // when it was taken
  unsigned attempts = 0;
  Time next{};                 // when to try again
  bool authenticated = false;  // the sender passed SPF or DMARC
};

class HeldStore {
 public:
  virtual ~HeldStore() = default;
  // Success means it is synced, file and directory.  Disk work runs off the loop.  ENOSPC, EIO, a failed
  // fsync and less than min_free are an Error, and nothing is left behind that recovery would take for a
  // message.
  virtual asio::awaitable<Result<void>> hold(HeldMessage message) = 0;
};

}  // namespace gateway::delivery
