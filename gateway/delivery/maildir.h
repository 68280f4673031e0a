#pragma once
// A Mailstore that is one Maildir for all recipients, never built from a recipient's name: written under
// tmp/, synced, renamed into new/, the directory synced.  Lines end in LF there.

#include <atomic>
#include <functional>

#include "gateway/delivery/disk.h"

namespace gateway::delivery {

class Maildir final : public Mailstore {
 public:
  using Clock = std::function<Time()>;

  // `host` makes file names unique among machines that share the directory.
  Maildir(Path path, std::string host, Disk& disk, asio::any_io_executor workers, Clock clock);

  asio::awaitable<DeliveryReport> deliver(const Parcel& parcel) override;
  // Nothing goes over a network from here.  Lines end in LF, which no binary body survives, and nobody would
  // send notifications.
  smtp::Offers offers() const override { return {.requiretls = true}; }

 private:
  enum class Outcome { taken, nothing_delivered, perhaps_delivered };
  struct Attempt {
    Outcome outcome = Outcome::nothing_delivered;
    std::string detail;
  };
  static Result<void> make_directories(Disk& disk, const Path& maildir);
  static Attempt write(Disk& disk, const Path& maildir, const std::string& file, const Parcel& parcel);
  std::string unique_name(const std::string& id);

  Path path_;
  std::string host_;
  Disk& disk_;
  asio::any_io_executor workers_;
  Clock clock_;
  std::atomic<std::uint64_t> count_{0};
  std::atomic<bool> ready_{false};  // the directories are there and synced
};

}  // namespace gateway::delivery
