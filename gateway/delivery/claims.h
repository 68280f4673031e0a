#pragma once
// Who works on which held file: a retry, a release, a deletion and the retention keep out of each other's
// way.  For one loop; what waits may outlive the object.

#include <list>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "gateway/delivery/disk.h"
#include "gateway/net/asio.h"

namespace gateway::delivery {

class Claims {
  struct State;

 public:
  // The file is the holder's alone until it is destroyed.
  class Claim {
   public:
    Claim(std::shared_ptr<State> state, Path path) : state_(std::move(state)), path_(std::move(path)) {}
    Claim(Claim&& other) noexcept = default;
    Claim& operator=(Claim&& other) = delete;
    ~Claim();

   private:
    std::shared_ptr<State> state_;
    Path path_;
  };

  Claims();
  std::optional<Claim> try_take(const Path& path);  // nothing: another has it
  asio::awaitable<Claim> take(Path path);           // waits for its turn

 private:
  static asio::awaitable<Claim> take(std::shared_ptr<State> state, Path path);
  std::shared_ptr<State> state_;
};

}  // namespace gateway::delivery
