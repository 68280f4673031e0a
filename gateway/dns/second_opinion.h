#pragma once
// Why there was no answer.  libunbound says "server failure" of servers that refuse, that fail and that are
// silent alike; this puts the question to one of them again and listens.  Nothing else is taken from what it
// says.

#include <sys/socket.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "gateway/vocabulary.h"

namespace gateway::dns {

class SecondOpinion {
 public:
  using Clock = std::chrono::steady_clock;
  using Handler = std::function<void(DnsStatus)>;
  static constexpr std::chrono::milliseconds kPatience{1500};
  static constexpr std::size_t kMostAtOnce = 64;  // no storm on a server in trouble

  // Without a server, or where no socket can be had, it has no opinion.
  SecondOpinion(const std::optional<IpAddress>& server, std::uint16_t port);
  ~SecondOpinion();
  SecondOpinion(const SecondOpinion&) = delete;
  SecondOpinion& operator=(const SecondOpinion&) = delete;

  // False, and nothing happens, when it has none.  Else calls `handler`, in receive() or expire(): refused,
  // servfail, or timeout when the server says nothing within kPatience or until `deadline`.  The name must be
  // valid (wire.h).
  bool ask(const DnsQuestion& question, Clock::time_point deadline, Handler handler);

  int fd() const { return fd_; }  // to be polled for reading; -1: none
  void receive();
  void expire(Clock::time_point now);
  std::optional<Clock::time_point> next_deadline() const;

 private:
  struct Asked {
    std::string question;  // as it stands in the datagram: name, type and class
    Clock::time_point deadline;
    Handler handler;
  };
  void take(std::string_view datagram);

  int fd_ = -1;
  std::map<std::uint16_t, Asked> asked_;  // by their ids
};

}  // namespace gateway::dns
