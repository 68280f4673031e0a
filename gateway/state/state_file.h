#pragma once
// The state's file: what is remembered, as it was at some moment, and behind it each change since, so that
// little is written however much is remembered.  When the changes have become as much as the rest, it is
// written anew: under another name, synced, and renamed.  One thread at a time.

#include <filesystem>
#include <optional>
#include <string>

#include "gateway/delivery/disk.h"
#include "gateway/state/memory.h"

namespace gateway::state {

class StateFile {
 public:
  static constexpr std::string_view kName = "shared.state";
  static constexpr std::uint64_t kLeastGrowth = 4 << 20;  // octets of changes before the file is written anew

  // `disk` and `memory` must live longer.
  StateFile(std::filesystem::path directory, delivery::Disk& disk, Memory& memory);
  ~StateFile();
  StateFile(const StateFile&) = delete;
  StateFile& operator=(const StateFile&) = delete;

  struct Loaded {
    bool found = false;         // there was a file
    std::uint64_t entries = 0;  // that were read of it
    std::string trouble;        // what was wrong with it, for people; empty: nothing
    bool foreign = false;       // it is of another version
  };
  // Puts into the memory what is whole in the file; before anybody asks it.  A file in which something is
  // wrong is kept as "shared.state.damaged".
  Loaded load(Time now);

  // Writes what changed since the last time, synced.  What could not be written is written the next time,
  // with all the rest.
  Result<void> save(Time now);

 private:
  Result<void> append();
  Result<void> write_anew(Time now);
  template <class Take>
  Result<void> put_entries(Take take);
  Result<void> put(std::string_view octets);
  void close();

  const std::filesystem::path directory_;
  delivery::Disk& disk_;
  Memory& memory_;
  std::optional<int> open_;  // the file that changes are added to
  std::uint64_t whole_ = 0;  // octets it was written with
  std::uint64_t added_ = 0;
};

}  // namespace gateway::state
