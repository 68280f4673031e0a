#pragma once
// The servers of all mailstores, and what each of them offers: noted with every connection that is opened.
// A reload makes new mailstores, but what is known of a server stays as long as somebody uses it.

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/delivery/server_address.h"
#include "gateway/delivery/smtp_client.h"

namespace gateway::delivery {

// Thread-safe.
class KnownServer {
 public:
  using Clock = std::chrono::steady_clock;

  KnownServer(ServerAddress address, std::shared_ptr<const SmtpManner> manner);

  const std::string& text() const { return text_; }  // "10.0.0.5:25", "unix:/run/lmtp"
  const SmtpManner& manner() const { return *manner_; }

  struct Opened {
    Opening opening = Opening::unreachable;
    std::unique_ptr<SmtpClient> client;  // null when there was no connection
    std::string trouble;
  };
  // A new connection on the caller's loop.  Where TLS is wished for and fails, one in clear.
  asio::awaitable<Opened> open();

  struct News {
    bool answers = false;  // the last connection was opened
    smtp::Offers offers;   // as of the last that was
    Clock::time_point at = Clock::time_point::min();
  };
  News news() const;

 private:
  void note(const Opened& opened);

  const ServerAddress address_;
  const std::shared_ptr<const SmtpManner> manner_;
  const std::string text_;
  mutable std::mutex mutex_;
  News news_;
};

// Thread-safe.
class ServerBook {
 public:
  // The same one for whoever speaks to it in the same manner.
  std::shared_ptr<KnownServer> find(const ServerAddress& address, std::shared_ptr<const SmtpManner> manner);
  // Those that somebody uses.
  std::vector<std::shared_ptr<KnownServer>> in_use();

 private:
  std::mutex mutex_;
  std::map<std::string, std::weak_ptr<KnownServer>> servers_;
};

}  // namespace gateway::delivery
