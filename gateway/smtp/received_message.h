#pragma once
// A message while it comes in: in memory while it is small or there is plenty of it, then in a file that has
// no name, so that a crash leaves nothing behind.  Files are written off the loop.

#include <filesystem>
#include <memory>
#include <string>

#include "gateway/net/asio.h"
#include "gateway/smtp/memory_budget.h"
#include "gateway/vocabulary.h"

namespace gateway::smtp {

struct Spool {  // where messages stay while they come in
  std::filesystem::path directory;
  asio::any_io_executor workers;  // file writes happen here
  std::shared_ptr<MemoryBudget> memory;
};

class ReceivedMessage {
 public:
  enum class Trouble { none, memory, disk };

  // Up to `in_memory` octets stay in memory, and kWhilePlenty times as many while there is plenty.
  static constexpr std::uint64_t kWhilePlenty = 8;
  ReceivedMessage(std::shared_ptr<const Spool> spool, std::uint64_t in_memory);
  ~ReceivedMessage();

  // The client says how large it will be: room is made at once for a small one, for a large one when much of
  // it has come, and none beyond a small one's for one that will end in a file.
  void expect(std::uint64_t octets);
  // Where new octets are appended.
  std::string& tail() { return tail_; }
  // Accounts for what was appended.  True when the tail must be written to the file now.
  bool grown();
  // Writes the tail to the file.
  asio::awaitable<void> spill();
  // The whole of it; null when there was trouble.  `header_octets` are kept in memory beside it by others.
  asio::awaitable<std::shared_ptr<const Octets>> finish(std::uint64_t header_octets);

  Trouble trouble() const { return trouble_; }
  // Frees everything: the message will not be taken.
  void drop();

 private:
  class File;

  std::uint64_t most_in_memory() const;
  bool large() const { return tail_.size() > in_memory_ / 2; }
  bool make_room(std::uint64_t octets);

  std::shared_ptr<const Spool> spool_;
  std::uint64_t in_memory_;
  std::uint64_t expected_ = 0;
  MemoryLease lease_;
  std::string tail_;
  std::shared_ptr<File> file_;
  Trouble trouble_ = Trouble::none;
};

}  // namespace gateway::smtp
