#pragma once
// The HeldStore on our own disk: <state>/held/retry and <state>/held/quarantine, one file per message.
// A file is written as <id>.tmp, synced, renamed to <id>.held, and the directory synced.

#include <functional>
#include <vector>

#include "gateway/delivery/disk.h"
#include "gateway/delivery/held_store.h"

namespace gateway::delivery {

struct HeldEntry {  // what a scan finds
  Path path;
  HeldMessage message;  // the record: the parcel has neither header nor octets
};

class FileHeldStore final : public HeldStore {
 public:
  using OnHeld = std::function<void(const Path& path, const HeldMessage& message)>;

  // `min_free`: the share of the disk that stays free, below which nothing new is held.
  FileHeldStore(const Path& state, Disk& disk, asio::any_io_executor workers, double min_free);

  // Makes the directories, and removes what a crash left unfinished.  Blocks: at start, before hold().
  Result<void> prepare();
  // Called in the coroutine of hold() when a message is safe.  Set before the first hold().
  void on_held(OnHeld callback) { on_held_ = std::move(callback); }

  asio::awaitable<Result<void>> hold(HeldMessage message) override;

  // All that is kept, the oldest first.  Unfinished, damaged and foreign files are skipped with a log line.
  asio::awaitable<std::vector<HeldEntry>> scan(Keep keep);
  asio::awaitable<Result<HeldMessage>> load(Path path);
  asio::awaitable<Result<void>> remove(Path path);
  // Puts the message in the place of what is there: attempts, next, the recipients still waiting.  On an
  // error the old one stays.
  asio::awaitable<Result<void>> rewrite(Path path, HeldMessage message);

  Path directory(Keep keep) const { return root_ / (keep == Keep::retry ? "retry" : "quarantine"); }

 private:
  static Result<Path> write_held(Disk& disk, const Path& directory, double min_free,
                                 const HeldMessage& message);
  static Result<void> write_file(Disk& disk, const Path& path, const HeldMessage& message);

  Path root_;
  Disk& disk_;
  asio::any_io_executor workers_;
  double min_free_;
  OnHeld on_held_;
};

// Blocking, for commands that look at the directory without a server.
std::vector<HeldEntry> scan_held(const Path& directory);

}  // namespace gateway::delivery
