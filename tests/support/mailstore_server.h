#pragma once
// A mailstore on a loopback port that behaves as the test says: refuses, stalls, hangs up, talks nonsense.

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gateway/net/tls.h"

namespace support {

struct ServerManner {
  bool lmtp = false;
  std::vector<std::string> features{"PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE 1000000"};
  std::shared_ptr<const gateway::net::TlsServer> tls;  // offers STARTTLS
  // What it answers instead of its usual reply.  Keys, the first that is there counts: the whole command
  // ("RCPT TO:<u@example.com>"), its verb, "greeting", "dot <u@example.com>" (LMTP), "dot" (after the
  // message), "data" (on its first line).  Values: a reply without CRLF, or kHangUp, kStall.
  std::map<std::string, std::string> answers;
};

constexpr const char* kHangUp = "@hang up";
constexpr const char* kStall = "@stall";

class MailstoreServer {
 public:
  struct Stored {
    std::string sender;  // the whole MAIL command
    std::vector<std::string> recipients;
    std::string text;  // as it came, dots unstuffed
    bool in_chunks = false;
    bool under_tls = false;
  };

  // `manners` of the first connection, the second …; the last is that of all others.
  explicit MailstoreServer(std::vector<ServerManner> manners);
  explicit MailstoreServer(ServerManner manner) : MailstoreServer(std::vector{std::move(manner)}) {}
  ~MailstoreServer();

  std::string address() const;
  std::vector<Stored> stored() const;
  std::vector<std::string> commands() const;  // of all connections
  unsigned connections() const { return connections_; }
  void hang_up();  // on all who are connected

 private:
  struct Connection;
  void accept();
  void serve(Connection& connection, const ServerManner& manner);
  // The message is whole.  False when the connection is over.
  bool finish(Connection& connection, const ServerManner& manner, Stored& message);

  std::vector<ServerManner> manners_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<unsigned> connections_{0};
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> open_;
  std::vector<Stored> stored_;
  std::vector<std::string> commands_;
  std::thread acceptor_;
};

}  // namespace support
