#pragma once
// Octets received and not yet read: one buffer for commands and data, so that nothing gets lost between them.

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace gateway::net {

class InputBuffer {
 public:
  explicit InputBuffer(std::size_t capacity) : octets_(new char[capacity]), capacity_(capacity) {}

  std::string_view pending() const { return {octets_.get() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }
  void consume(std::size_t octets) {
    begin_ += octets;
    if (begin_ == end_) begin_ = end_ = 0;
  }
  void clear() { begin_ = end_ = 0; }

  // Where the next octets may be put; empty when the buffer is full.
  std::span<char> room() {
    if (end_ == capacity_ && begin_ > 0) {
      std::memmove(octets_.get(), octets_.get() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    }
    return {octets_.get() + end_, capacity_ - end_};
  }
  void filled(std::size_t octets) { end_ += octets; }

  std::size_t capacity() const { return capacity_; }
  // Changes the capacity; what is pending stays.  Ignored when it would not fit.
  void resize(std::size_t capacity) {
    const std::size_t kept = end_ - begin_;
    if (capacity == capacity_ || capacity < kept) return;
    std::unique_ptr<char[]> octets(new char[capacity]);
    std::memcpy(octets.get(), octets_.get() + begin_, kept);
    octets_ = std::move(octets);
    capacity_ = capacity;
    begin_ = 0;
    end_ = kept;
  }

 private:
  std::unique_ptr<char[]> octets_;
  std::size_t capacity_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace gateway::net
