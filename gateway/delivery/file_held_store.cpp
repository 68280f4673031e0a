#include "gateway/delivery/file_held_store.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <sys/stat.h>
#include <algorithm>
#include <cerrno>

#include "gateway/delivery/held_file.h"

namespace gateway::delivery {
namespace {

constexpr std::string_view kHeld = ".held";
constexpr std::string_view kUnfinished = ".tmp";   // of hold()
constexpr std::string_view kReplacement = ".new";  // of rewrite()
constexpr std::string_view kMark = ".release";
constexpr std::string_view kUnfinishedMark = ".release-new";
constexpr unsigned kMostOfOneId = 1000;  // one transaction may leave a file for each of its mailstores

// Ids are ours, but one read back from a file must not lead out of the directory either.
bool is_file_name(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-';
  });
}

// A transaction's messages: ID, ID-1, ID-2, …
std::string numbered(std::string_view id, unsigned number) {
  return number == 0 ? std::string(id) : fmt::format("{}-{}", id, number);
}

Path with_ending(const Path& directory, const std::string& key, std::string_view ending) {
  return directory / (key + std::string(ending));
}

bool has_ending(const Path& path, std::string_view ending) { return path.extension() == ending; }

// Of a write that did not come to its end.
bool is_unfinished(const Path& path) {
  return has_ending(path, kUnfinished) || has_ending(path, kReplacement) || has_ending(path, kUnfinishedMark);
}

bool is_on_disk(const Path& path) {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::symlink_status(path, ignored));
}

// The replacement of a file, whole and synced, in its place.
template <class Write>
Result<void> replace_file(Disk& disk, const Path& replacement, const Path& path, Write write) {
  Result<void> done = write();
  if (!done && done.error().system_code() == EEXIST)  // left by an earlier failure
    if (done = disk.unlink(replacement); done) done = write();
  if (!done) return done;
  done = disk.rename(replacement, path);
  if (!done) static_cast<void>(disk.unlink(replacement));
  return done ? disk.fsync_dir(path.parent_path()) : done;
}

// Of nobody: no mark.
Result<void> put_mark(Disk& disk, const Path& held, const ReleaseMark& mark) {
  const Path path = release_mark_of(held);
  if (mark.recipients.empty()) {
    if (!is_on_disk(path)) return {};
    Result<void> gone = disk.unlink(path);
    return gone ? disk.fsync_dir(path.parent_path()) : gone;
  }
  Path replacement = held;
  replacement.replace_extension(kUnfinishedMark);
  return replace_file(disk, replacement, path, [&] {
    return write_new_file(disk, replacement,
                          [&](int descriptor) { return write_all(disk, descriptor, encode(mark)); });
  });
}

}  // namespace

FileHeldStore::FileHeldStore(const Path& state, Disk& disk, asio::any_io_executor workers, double min_free)
    : root_(state / "held"), disk_(disk), workers_(std::move(workers)), min_free_(min_free) {}

Result<void> FileHeldStore::prepare() {
  for (const Path& path : {root_, directory(Keep::retry), directory(Keep::quarantine)})
    if (const Result<bool> made = disk_.make_directory(path); !made) return made.error();
  for (const Path& path : {root_, root_ / ".."})
    if (Result<void> synced = disk_.fsync_dir(path); !synced) return synced;
  for (const Keep keep : {Keep::retry, Keep::quarantine}) {
    std::error_code error;
    for (std::filesystem::directory_iterator at(directory(keep), error), end; !error && at != end;
         at.increment(error)) {
      Path held = at->path();
      const bool is_left = has_ending(held, kMark) && !is_on_disk(held.replace_extension(kHeld));
      if (!is_left && !is_unfinished(at->path())) continue;
      spdlog::info("event=held_unfinished file={}", printable(at->path().string()));
      static_cast<void>(disk_.unlink(at->path()));
    }
    if (error) return Error(fmt::format("cannot read {}: {}", directory(keep).string(), error.message()));
  }
  return {};
}

Result<std::uint64_t> FileHeldStore::write_file(Disk& disk, const Path& path, const HeldMessage& message) {
  const Result<std::string> head = held_file_head(message);
  if (!head) return head.error();
  const Result<void> done = write_new_file(disk, path, [&](int descriptor) -> Result<void> {
    if (Result<void> written = write_all(disk, descriptor, *head); !written) return written;
    return write_whole(disk, descriptor, message.parcel, LineEnds::crlf);
  });
  if (!done) return done.error();
  return head->size() + whole_size(message.parcel);
}

Result<FileHeldStore::Written> FileHeldStore::write_held(Disk& disk, const Path& directory, double min_free,
                                                         const HeldMessage& message) {
  if (!is_file_name(message.parcel.id)) return Error("an id that cannot name a file");
  const Result<double> share = disk.free_share(directory);
  if (!share) return share.error();
  if (*share < min_free) return Error(fmt::format("only {:.1f}% of the disk is free", *share * 100), ENOSPC);

  for (unsigned number = 0; number < kMostOfOneId; ++number) {
    const std::string key = numbered(message.parcel.id, number);
    const Path unfinished = with_ending(directory, key, kUnfinished);
    const Path held = with_ending(directory, key, kHeld);
    // A mark without its message is one that could not be removed: it would speak of this one.
    if (is_on_disk(held) || is_on_disk(release_mark_of(held))) continue;
    const Result<std::uint64_t> written = write_file(disk, unfinished, message);
    if (!written && written.error().system_code() == EEXIST) continue;
    if (!written) return written.error();
    // Only the maker of the .tmp makes the .held: this one appeared before ours was opened.
    if (is_on_disk(held)) {
      static_cast<void>(disk.unlink(unfinished));
      continue;
    }
    Result<void> done = disk.rename(unfinished, held);
    if (!done) static_cast<void>(disk.unlink(unfinished));
    if (done) done = disk.fsync_dir(directory);
    if (done) return Written{held, *written};
    // The sender is told that we did not take it, so we must not.
    const Result<void> taken_back = disk.unlink(held);
    if (!taken_back && taken_back.error().system_code() != ENOENT)
      spdlog::error("event=held_twice file={} error=\"{}\"", held.string(), taken_back.error().text());
    return done.error();
  }
  return Error("too many held messages with one id");
}

asio::awaitable<Result<void>> FileHeldStore::hold(HeldMessage message) {
  const auto owned = std::make_shared<const HeldMessage>(std::move(message));
  const auto work = [&disk = disk_, where = directory(owned->keep), min_free = min_free_, owned] {
    return write_held(disk, where, min_free, *owned);
  };
  const Result<Written> written = co_await off_loop(workers_, work);
  if (!written) {
    spdlog::error("event=hold_failed id={} error=\"{}\"", printable(owned->parcel.id),
                  printable(written.error().text()));
    co_return written.error();
  }
  for (const OnHeld& hear : on_held_) hear(written->path, *owned, written->octets);
  co_return Result<void>();
}

Path held_directory(const Path& state, Keep keep) {
  return state / "held" / (keep == Keep::retry ? "retry" : "quarantine");
}

std::vector<HeldEntry> scan_held(const Path& directory) {
  std::vector<HeldEntry> found;
  std::error_code error;
  for (std::filesystem::directory_iterator at(directory, error), end; !error && at != end;
       at.increment(error)) {
    if (is_unfinished(at->path()) || has_ending(at->path(), kMark)) continue;
    const bool ours = has_ending(at->path(), kHeld);
    Result<HeldMessage> message =
        ours ? read_held_record(at->path()) : Result<HeldMessage>(Error("it is not ours"));
    if (message) {
      message->verdict = {};  // of all messages together it would fill the memory
      found.push_back({at->path(), *std::move(message)});
      continue;
    }
    spdlog::warn("event=held_file_skipped file={} error=\"{}\"", printable(at->path().string()),
                 printable(message.error().text()));
  }
  if (error)
    spdlog::error("event=held_scan_failed directory={} error=\"{}\"", directory.string(), error.message());
  std::sort(found.begin(), found.end(), [](const HeldEntry& a, const HeldEntry& b) {
    return std::pair(a.message.since, a.path) < std::pair(b.message.since, b.path);
  });
  return found;
}

Result<std::vector<HeldName>> held_names(const Path& directory) {
  std::vector<HeldName> names;
  std::error_code error;
  for (std::filesystem::directory_iterator at(directory, error), end; !error && at != end;
       at.increment(error)) {
    struct stat found {};
    if (!has_ending(at->path(), kHeld) || ::lstat(at->path().c_str(), &found) != 0 || !S_ISREG(found.st_mode))
      continue;
    names.push_back({at->path(), static_cast<std::uint64_t>(found.st_size)});
  }
  if (error && error != std::errc::no_such_file_or_directory)
    return Error(fmt::format("{}: {}", directory.string(), error.message()), error.value());
  // All are in one directory: comparing paths part by part would take most of the time.
  std::ranges::sort(names, std::greater(),
                    [](const HeldName& one) -> const std::string& { return one.path.native(); });
  return names;
}

std::vector<Path> find_held(const Path& directory, std::string_view id) {
  std::vector<Path> paths;
  if (!is_file_name(id)) return paths;
  // Those before may be gone.  All names are tried, as a directory may have very many of other messages.
  for (unsigned number = 0; number < kMostOfOneId; ++number)
    if (Path path = with_ending(directory, numbered(id, number), kHeld); is_on_disk(path))
      paths.push_back(std::move(path));
  return paths;
}

asio::awaitable<std::vector<Path>> FileHeldStore::find(Keep keep, std::string id) {
  const auto work = [where = directory(keep), id = std::move(id)] { return find_held(where, id); };
  co_return co_await off_loop(workers_, work);
}

asio::awaitable<std::vector<HeldEntry>> FileHeldStore::scan(Keep keep) {
  const auto work = [where = directory(keep)] { return scan_held(where); };
  co_return co_await off_loop(workers_, work);
}

asio::awaitable<std::vector<HeldName>> FileHeldStore::names(Keep keep) {
  const auto work = [where = directory(keep)] {
    const Result<std::vector<HeldName>> found = held_names(where);
    if (!found) spdlog::error("event=held_scan_failed error=\"{}\"", found.error().text());
    return found ? *found : std::vector<HeldName>();
  };
  co_return co_await off_loop(workers_, work);
}

asio::awaitable<Result<HeldMessage>> FileHeldStore::load(Path path) {
  const auto work = [path] { return read_held_file(path); };
  Result<HeldMessage> message = co_await off_loop(workers_, work);
  const auto found = unsettled_.find(path);
  if (found == unsettled_.end()) co_return message;
  if (message) {
    message->parcel.recipients = found->second.recipients;
    message->attempts = found->second.attempts;
    message->next = found->second.next;
  } else if (message.error().system_code() == ENOENT) {  // somebody has removed it by hand
    unsettled_.erase(found);
    marks_.erase(path);
  }
  co_return message;
}

asio::awaitable<Result<void>> FileHeldStore::remove(Path path) {
  const auto work = [&disk = disk_, path]() -> Result<void> {
    if (Result<void> gone = disk.unlink(path); !gone) return gone;
    if (Result<void> synced = disk.fsync_dir(path.parent_path()); !synced) return synced;
    // Only now: a message that a crash brings back must have its mark.
    if (const Path mark = release_mark_of(path); is_on_disk(mark)) static_cast<void>(disk.unlink(mark));
    return {};
  };
  Result<void> gone = co_await off_loop(workers_, work);
  if (gone) {
    unsettled_.erase(path);
    marks_.erase(path);
  }
  co_return gone;
}

asio::awaitable<bool> FileHeldStore::is_there(Path path) {
  const auto look = [path = std::move(path)] { return is_on_disk(path); };
  co_return co_await off_loop(workers_, look);
}

asio::awaitable<ReleaseMark> FileHeldStore::release_mark(Path path) {
  if (const auto known = marks_.find(path); known != marks_.end()) co_return known->second;
  const auto look = [path] { return read_release_mark(path); };
  co_return co_await off_loop(workers_, look);
}

asio::awaitable<Result<void>> FileHeldStore::mark_release(Path path, ReleaseMark mark) {
  const auto work = [&disk = disk_, path, mark = std::move(mark)] { return put_mark(disk, path, mark); };
  Result<void> done = co_await off_loop(workers_, work);
  if (done) marks_.erase(path);
  co_return done;
}

asio::awaitable<Result<void>> FileHeldStore::doubt_release(Path path, ReleaseMark mark) {
  Result<void> done = co_await mark_release(path, mark);
  if (!done) marks_.insert_or_assign(path, std::move(mark));
  co_return done;
}

asio::awaitable<Result<void>> FileHeldStore::settle(Path path, HeldMessage message) {
  Unsettled unsettled{message.parcel.recipients, message.attempts, message.next};
  Result<void> done;
  if (unsettled.recipients.empty()) {
    done = co_await remove(path);
    if (!done && done.error().system_code() == ENOENT) done = Result<void>();
  } else {
    done = co_await rewrite(path, std::move(message));
  }
  if (done)
    unsettled_.erase(path);
  else
    unsettled_.insert_or_assign(path, std::move(unsettled));
  co_return done;
}

asio::awaitable<Result<void>> FileHeldStore::rewrite(Path path, HeldMessage message) {
  const auto owned = std::make_shared<const HeldMessage>(std::move(message));
  const auto work = [&disk = disk_, path, owned]() -> Result<void> {
    Path replacement = path;
    replacement.replace_extension(kReplacement);
    return replace_file(disk, replacement, path, [&]() -> Result<void> {
      const Result<std::uint64_t> written = write_file(disk, replacement, *owned);
      return written ? Result<void>() : Result<void>(written.error());
    });
  };
  co_return co_await off_loop(workers_, work);
}

}  // namespace gateway::delivery
