#pragma once
// Memory on the stack for texts that are made while judging.  Only what is too long for it costs an
// allocation.

#include <array>
#include <cstddef>
#include <memory_resource>
#include <string>

namespace policy {

class Room {
 public:
  Room() = default;
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;

  std::pmr::memory_resource* memory() { return &pool_; }
  std::pmr::string text() { return std::pmr::string(&pool_); }

 private:
  std::array<std::byte, 2048> octets_;
  std::pmr::monotonic_buffer_resource pool_{octets_.data(), octets_.size()};
};

}  // namespace policy
