#pragma once
// The HeldStore on our own disk: <state>/held/retry and <state>/held/quarantine, one file per message.
// A file is written as <id>.tmp, synced, renamed to <id>.held, and the directory synced.

#include <functional>
#include <vector>

#include "gateway/delivery/claims.h"
#include "gateway/delivery/disk.h"
#include "gateway/delivery/held_store.h"

namespace gateway::delivery {

struct HeldEntry {  // what a scan finds
  Path path;
  HeldMessage message;  // the record: the parcel has neither header nor octets
};

// Where messages of that kind lie.
Path held_directory(const Path& state, Keep keep);

class FileHeldStore final : public HeldStore {
 public:
  using OnHeld = std::function<void(const Path& path, const HeldMessage& message)>;

  // `min_free`: the share of the disk that stays free, below which nothing new is held.
  FileHeldStore(const Path& state, Disk& disk, asio::any_io_executor workers, double min_free);

  // Makes the directories, and removes what a crash left unfinished.  Blocks: at start, before hold().
  Result<void> prepare();
  // Called in the coroutine of hold() when a message is safe, one after the other.  Before the first hold().
  void on_held(OnHeld callback) { on_held_.push_back(std::move(callback)); }

  asio::awaitable<Result<void>> hold(HeldMessage message) override;

  // All that is kept, the oldest first.  Unfinished, damaged and foreign files are skipped with a log line.
  asio::awaitable<std::vector<HeldEntry>> scan(Keep keep);
  asio::awaitable<Result<HeldMessage>> load(Path path);
  asio::awaitable<Result<void>> remove(Path path);
  // Puts the message in the place of what is there: attempts, next, the recipients still waiting.  On an
  // error the old one stays.
  asio::awaitable<Result<void>> rewrite(Path path, HeldMessage message);

  // The files of this transaction, in the order they were written.
  asio::awaitable<std::vector<Path>> find(Keep keep, std::string id);
  // To be taken by whoever changes or removes a file, on the loop where that is done.
  Claims& claims() { return claims_; }

  Path directory(Keep keep) const { return held_directory(root_.parent_path(), keep); }

 private:
  static Result<Path> write_held(Disk& disk, const Path& directory, double min_free,
                                 const HeldMessage& message);
  static Result<void> write_file(Disk& disk, const Path& path, const HeldMessage& message);

  Path root_;
  Disk& disk_;
  asio::any_io_executor workers_;
  double min_free_;
  std::vector<OnHeld> on_held_;
  Claims claims_;
};

// Blocking, for commands that look at the directory without a server.
std::vector<HeldEntry> scan_held(const Path& directory);
std::vector<Path> find_held(const Path& directory, std::string_view id);

}  // namespace gateway::delivery
