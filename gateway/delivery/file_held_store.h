#pragma once
// The HeldStore on our own disk: <state>/held/retry and <state>/held/quarantine, one file per message.
// A file is written as <id>.tmp, synced, renamed to <id>.held, and the directory synced.  <id>.release stands
// beside it while it is released.

#include <functional>
#include <map>
#include <vector>

#include "gateway/delivery/claims.h"
#include "gateway/delivery/disk.h"
#include "gateway/delivery/held_store.h"
#include "gateway/delivery/release_mark.h"

namespace gateway::delivery {

struct HeldName {
  Path path;
  std::uint64_t octets = 0;  // of the file
};

struct HeldEntry {  // what a scan finds
  Path path;
  HeldMessage message;  // the record: the parcel has neither header nor octets
};

// Where messages of that kind lie.
Path held_directory(const Path& state, Keep keep);

class FileHeldStore final : public HeldStore {
 public:
  using OnHeld = std::function<void(const Path& path, const HeldMessage& message, std::uint64_t file_octets)>;

  // `min_free`: the share of the disk that stays free, below which nothing new is held.
  FileHeldStore(const Path& state, Disk& disk, asio::any_io_executor workers, double min_free);

  // Makes the directories, and removes what a crash left unfinished.  Blocks: at start, before hold().
  Result<void> prepare();
  // Called in the coroutine of hold() when a message is safe, one after the other.  Before the first hold().
  void on_held(OnHeld callback) { on_held_.push_back(std::move(callback)); }

  asio::awaitable<Result<void>> hold(HeldMessage message) override;

  // All that is kept, the oldest first, without what was found of each (`verdict`).  Unfinished, damaged and
  // foreign files are skipped with a log line.
  asio::awaitable<std::vector<HeldEntry>> scan(Keep keep);
  // Also of what cannot be read.
  asio::awaitable<std::vector<HeldName>> names(Keep keep);
  // With what settle() could not put on the disk.
  asio::awaitable<Result<HeldMessage>> load(Path path);
  // With its mark.  On an error it may be gone all the same, but come back with a crash: see is_there().
  asio::awaitable<Result<void>> remove(Path path);
  asio::awaitable<bool> is_there(Path path);
  // Puts the message in the place of what is there: attempts, next, the recipients still waiting.  On an
  // error the old one stays.
  asio::awaitable<Result<void>> rewrite(Path path, HeldMessage message);

  // `message` has the recipients left, and the others are done with: rewrites the file, or removes it when
  // nobody is left.  On an error this is remembered, and load() tells of it until a later settle() succeeds,
  // so that nobody gets his copy twice because a disk is full.  The caller has the claim.
  asio::awaitable<Result<void>> settle(Path path, HeldMessage message);
  // The file says less than was done.
  bool is_unsettled(const Path& path) const { return unsettled_.contains(path); }

  // Whom a release of this message may have reached, with what doubt_release() could not put on the disk.
  asio::awaitable<ReleaseMark> release_mark(Path path);
  // Before the mailstore is asked: synced, with its directory.  On an error it may stand there or not.
  asio::awaitable<Result<void>> mark_release(Path path, ReleaseMark mark);
  // Once the end is known: `mark` names those of whom it is not, as a rule nobody.  On an error this is
  // remembered as long as the gateway runs.
  asio::awaitable<Result<void>> doubt_release(Path path, ReleaseMark mark);

  // The files of this transaction, in the order they were written.
  asio::awaitable<std::vector<Path>> find(Keep keep, std::string id);
  // To be taken by whoever changes or removes a file, on the loop where that is done.
  Claims& claims() { return claims_; }

  Path directory(Keep keep) const { return held_directory(root_.parent_path(), keep); }

 private:
  struct Unsettled {  // what the file should say
    std::vector<smtp::Recipient> recipients;
    unsigned attempts = 0;
    Time next{};
  };

  struct Written {
    Path path;
    std::uint64_t octets = 0;
  };

  static Result<Written> write_held(Disk& disk, const Path& directory, double min_free,
                                    const HeldMessage& message);
  static Result<std::uint64_t> write_file(Disk& disk, const Path& path, const HeldMessage& message);

  Path root_;
  Disk& disk_;
  asio::any_io_executor workers_;
  double min_free_;
  std::vector<OnHeld> on_held_;
  Claims claims_;
  std::map<Path, Unsettled> unsettled_;  // on the loop of the claims
  std::map<Path, ReleaseMark> marks_;    // likewise: what they should say
};

// Blocking, for commands that look at the directory without a server.
// The newest first, as ids sort by time; what is in them is not read.  None where there is no directory.
Result<std::vector<HeldName>> held_names(const Path& directory);
std::vector<HeldEntry> scan_held(const Path& directory);
std::vector<Path> find_held(const Path& directory, std::string_view id);

}  // namespace gateway::delivery
