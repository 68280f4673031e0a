#pragma once
// One release of one held message.  On the main loop; whoever runs it has the claim on the file.

#include <functional>
#include <string>
#include <vector>

#include "gateway/delivery/factory.h"
#include "gateway/delivery/file_held_store.h"
#include "gateway/journal/note.h"

namespace gateway::held {

struct ReleaseTerms {
  std::vector<std::string> to;  // recipients; none: all of them
  bool again = false;           // also whom an earlier release may have reached
};

class Release {
 public:
  using Recorder = std::function<void(const journal::Audit&)>;

  // All of these must outlive it.  `audit` says who asks, and then what came of it; `record` hears of the
  // beginning alone.
  Release(delivery::FileHeldStore& store, const delivery::Mailstores& mailstores, const delivery::Path& path,
          journal::Audit& audit, Recorder record)
      : store_(store), mailstores_(mailstores), path_(path), audit_(audit), record_(std::move(record)) {}

  asio::awaitable<void> run(const ReleaseTerms& terms);

 private:
  using Recipients = std::vector<smtp::Recipient>;

  asio::awaitable<bool> open();
  asio::awaitable<bool> begin(const Recipients& meant);
  asio::awaitable<void> send(const Recipients& meant);
  asio::awaitable<void> finish(const Recipients& meant, const delivery::DeliveryReport& report);
  asio::awaitable<void> put_doubt(std::vector<std::string> unknown);

  delivery::FileHeldStore& store_;
  const delivery::Mailstores& mailstores_;
  const delivery::Path& path_;
  journal::Audit& audit_;
  Recorder record_;
  delivery::HeldMessage message_;
  Recipients waiting_;                 // before it
  delivery::ReleaseMark mark_;         // that stands there
  std::vector<std::string> doubtful_;  // of those waiting: whom an earlier one may have reached
  std::vector<std::string> owed_;      // not waiting, and named by it, as the file may not say so
};

}  // namespace gateway::held
