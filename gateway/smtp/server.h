#pragma once
// The SMTP side of one event loop: its listeners, and the sessions they open.
//
// Lives on its loop's thread.  Sessions under way are owned by the loop, so whatever they use (the watch, the
// blocks, the desk) must be destroyed after the loop, and the server before it.

#include <atomic>
#include <functional>
#include <memory>
#include <unordered_set>
#include <vector>

#include "gateway/net/connection_count.h"
#include "gateway/net/listener.h"
#include "gateway/net/seldom.h"
#include "gateway/smtp/session.h"
#include "gateway/smtp/session_count.h"

namespace gateway::smtp {

class Server {
 public:
  Server(asio::io_context& loop, net::Watch& watch, net::BlockPool& blocks, ReceptionDesk& desk,
         std::shared_ptr<const Spool> spool, std::shared_ptr<net::ConnectionCount> connections);
  ~Server();

  // Before the loop runs, or on it.
  void listen(net::Descriptor socket, std::shared_ptr<const SessionSettings> settings,
              std::shared_ptr<SessionCount> count = std::make_shared<SessionCount>());

  // From any thread: new connections of the listener of that name get these settings.
  void reload(std::shared_ptr<const SessionSettings> settings);

  // From any thread: stops listening, lets sessions finish, then calls `done` on the loop.  Once.
  void finish(std::function<void()> done);

  // From any thread, behind finish(): sessions under way are ended, each with a reply and a record; `done` is
  // called on the loop when all have that.
  void cut_short(std::function<void()> done);

  std::size_t sessions() const { return session_count_; }  // from any thread

 private:
  struct Door;

  void take(const Door& door, net::Descriptor connection, const IpAddress& peer, std::uint16_t port);
  void open_session(const Door& door, net::Descriptor& connection, const IpAddress& peer, std::uint16_t port);
  void turn_away(const SessionSettings& settings, const net::Descriptor& connection, const IpAddress& peer,
                 std::uint16_t port, std::string_view why);
  void session_ended(Session* session, SessionCount& count);

  asio::io_context& loop_;
  net::Watch& watch_;
  net::BlockPool& blocks_;
  ReceptionDesk& desk_;
  std::shared_ptr<const Spool> spool_;
  std::shared_ptr<net::ConnectionCount> connections_;
  std::vector<std::unique_ptr<Door>> doors_;
  std::unordered_set<Session*> sessions_;
  std::atomic<std::size_t> session_count_{0};
  std::function<void()> finished_;
  net::Seldom short_of_descriptors_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // what is posted may come too late
};

}  // namespace gateway::smtp
