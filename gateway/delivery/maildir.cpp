#include "gateway/delivery/maildir.h"

#include <unistd.h>

#include <fmt/format.h>

#include <cerrno>

namespace gateway::delivery {
namespace {

// File name parts come from our own id and host name; still nothing in them may leave the directory or
// look like Maildir flags.
std::string name_part(std::string_view text) {
  std::string part;
  for (const char c : text.substr(0, 128)) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       c == '-' || c == '.' || c == '_';
    part += plain ? c : '_';
  }
  return part;
}

// RFC 5321 §4.4: final delivery notes the reverse-path on top.
std::string return_path(const Address& sender) { return "Return-Path: <" + sender.text() + ">\n"; }

}  // namespace

Maildir::Maildir(Path path, std::string host, Disk& disk, asio::any_io_executor workers, Clock clock)
    : path_(std::move(path)),
      host_(name_part(host)),
      disk_(disk),
      workers_(std::move(workers)),
      clock_(std::move(clock)) {}

std::string Maildir::unique_name(const std::string& id) {
  return fmt::format("{}.{}P{}Q{}.{}", clock_().time_since_epoch().count(), name_part(id), ::getpid(),
                     count_.fetch_add(1), host_);
}

// Synced even when they are there already: who made them may have crashed before syncing.
Result<void> Maildir::make_directories(Disk& disk, const Path& maildir) {
  for (const Path& directory : {maildir, maildir / "tmp", maildir / "new", maildir / "cur"})
    if (const Result<bool> made = disk.make_directory(directory); !made) return made.error();
  if (Result<void> synced = disk.fsync_dir(maildir); !synced) return synced;
  return disk.fsync_dir(maildir / "..");
}

Maildir::Attempt Maildir::write(Disk& disk, const Path& maildir, const std::string& file,
                                const Parcel& parcel) {
  const Path unfinished = maildir / "tmp" / file;
  const Path finished = maildir / "new" / file;
  const Result<void> written = write_new_file(disk, unfinished, [&](int descriptor) -> Result<void> {
    if (Result<void> top = write_all(disk, descriptor, return_path(parcel.sender)); !top) return top;
    return write_whole(disk, descriptor, parcel, LineEnds::lf);
  });
  if (!written) return {Outcome::nothing_delivered, written.error().text()};
  if (const Result<void> renamed = disk.rename(unfinished, finished); !renamed) {
    static_cast<void>(disk.unlink(unfinished));
    const Result<void> taken_back = disk.unlink(finished);  // network file systems fail after the deed, too
    const bool is_not_there = taken_back || taken_back.error().system_code() == ENOENT;
    return {is_not_there ? Outcome::nothing_delivered : Outcome::perhaps_delivered, renamed.error().text()};
  }
  const Result<void> synced = disk.fsync_dir(maildir / "new");
  if (synced) return {Outcome::taken, {}};
  // It may or may not survive a crash.  Taken back, it was not delivered; else a reader may have it.
  const bool taken_back = disk.unlink(finished).has_value();
  return {taken_back ? Outcome::nothing_delivered : Outcome::perhaps_delivered, synced.error().text()};
}

asio::awaitable<DeliveryReport> Maildir::deliver(const Parcel& parcel) {
  if (parcel.binary) {  // it was promised for another mailstore
    DeliveryReport report;
    report.server = path_.string();
    report.detail = "a Maildir keeps lines, no binary message";
    report.recipients.assign(parcel.recipients.size(),
                             Delivered{Fate::failed_for_now, 0, "4.6.3", report.detail});
    co_return report;
  }
  // The worker owns what it works on.
  const auto work = [&disk = disk_, maildir = path_, file = unique_name(parcel.id), ready = ready_.load(),
                     owned = std::make_shared<const Parcel>(parcel)]() -> Attempt {
    if (!ready)
      if (const Result<void> made = make_directories(disk, maildir); !made)
        return {Outcome::nothing_delivered, made.error().text()};
    return write(disk, maildir, file, *owned);
  };
  const Attempt attempt = co_await off_loop(workers_, work);
  ready_ = attempt.outcome == Outcome::taken;  // after trouble we look again

  DeliveryReport report;
  report.server = path_.string();
  report.detail = attempt.detail;
  report.unreachable = attempt.outcome == Outcome::nothing_delivered;
  Delivered copy;
  copy.fate = attempt.outcome == Outcome::taken               ? Fate::taken
              : attempt.outcome == Outcome::perhaps_delivered ? Fate::perhaps_delivered
                                                              : Fate::failed_for_now;
  copy.text = attempt.detail;
  report.recipients.assign(parcel.recipients.size(), copy);
  co_return report;
}

}  // namespace gateway::delivery
