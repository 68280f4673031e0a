#include "gateway/smtp/server.h"

#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include "gateway/net/networks.h"
#include "gateway/net/socket_stream.h"
#include "gateway/smtp/replies.h"

namespace gateway::smtp {
namespace {

// The session lives as long as its coroutine.
asio::awaitable<void> run(std::shared_ptr<Session> session) { co_await session->run(); }

// Told so without waiting, in clear, and let go.  The reply on one line; empty where nothing can be said.
std::string say(const net::Descriptor& connection, const SessionSettings& settings, const Reply& reply) {
  if (settings.listener.tls == settings::ListenerTls::implicit) return {};
  std::string wire;
  reply.append_to(wire);
  ::send(connection.get(), wire.data(), wire.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  wire.resize(wire.size() - 2);
  return wire;
}

}  // namespace

struct Server::Door {
  std::shared_ptr<const SessionSettings> settings;
  std::shared_ptr<SessionCount> count;
  std::unique_ptr<net::Listener> listener;
};

Server::Server(asio::io_context& loop, net::Watch& watch, net::BlockPool& blocks, ReceptionDesk& desk,
               std::shared_ptr<const Spool> spool, std::shared_ptr<net::ConnectionCount> connections)
    : loop_(loop),
      watch_(watch),
      blocks_(blocks),
      desk_(desk),
      spool_(std::move(spool)),
      connections_(std::move(connections)) {}

Server::~Server() { *alive_ = false; }

void Server::listen(net::Descriptor socket, std::shared_ptr<const SessionSettings> settings,
                    std::shared_ptr<SessionCount> count) {
  auto door = std::make_unique<Door>();
  door->settings = std::move(settings);
  door->count = std::move(count);
  door->listener = std::make_unique<net::Listener>(
      loop_, std::move(socket),
      [this, behind = door.get()](net::Descriptor connection, const IpAddress& peer, std::uint16_t port) {
        take(*behind, std::move(connection), peer, port);
      });
  doors_.push_back(std::move(door));
}

void Server::take(const Door& door, net::Descriptor connection, const IpAddress& peer,
                  std::uint16_t port) try {
  open_session(door, connection, peer, port);
} catch (const std::exception& error) {
  spdlog::error("event=session_failed client=[{}] error=\"{}\"", peer.text(), printable(error.what()));
  if (connection.get() >= 0)
    say(connection, *door.settings, replies::internal_trouble(door.settings->hostname));
}

void Server::open_session(const Door& door, net::Descriptor& connection, const IpAddress& peer,
                          std::uint16_t port) {
  const SessionSettings& settings = *door.settings;
  using net::Exempt;
  const bool ours = net::contains(settings.trusted, peer) || net::contains(settings.relays, peer);
  const bool front_end = net::contains(settings.listener.proxy_from, peer) ||
                         net::contains(settings.listener.xclient_from, peer);
  // Behind a front end strangers come: all of them together are not more than elsewhere.
  const Exempt exempt = front_end ? Exempt::by_network : ours ? Exempt::entirely : Exempt::no;
  const bool room = connections_->has_room(connection.get());
  if (!room && short_of_descriptors_.due())
    spdlog::warn(
        "event=descriptors_short what=\"connections are turned away: a higher limit of open files "
        "(LimitNOFILE) or a lower limits.connections would help\"");
  auto slot = room ? connections_->enter(peer, exempt) : std::nullopt;
  if (!slot) return turn_away(settings, connection, peer, port, room ? "" : "descriptors are short");
  auto stream = std::make_unique<net::SocketStream>(loop_.get_executor(), std::move(connection));
  const auto session = std::make_shared<Session>(
      door.settings, SessionWorld{loop_.get_executor(), watch_, blocks_, desk_, spool_}, std::move(stream),
      peer, port, *std::move(slot));
  const std::shared_ptr<SessionCount> count = door.count;
  sessions_.insert(session.get());
  ++session_count_;
  count->open.fetch_add(1, std::memory_order_relaxed);
  count->taken.fetch_add(1, std::memory_order_relaxed);
  // The handler keeps the session: were it gone before, a new one at its address would be taken for it.
  try {
    asio::co_spawn(loop_, run(session),
                   [this, alive = alive_, ended = session, count](const std::exception_ptr&) {
                     if (*alive) session_ended(ended.get(), *count);
                   });
  } catch (...) {
    session_ended(session.get(), *count);
    throw;
  }
}

void Server::turn_away(const SessionSettings& settings, const net::Descriptor& connection,
                       const IpAddress& peer, std::uint16_t port, std::string_view why) {
  Client client;
  client.ip = client.peer = peer;
  client.port = port;
  client.listener = settings.name;
  client.trusted = net::contains(settings.trusted, peer);
  client.relay = net::contains(settings.relays, peer);
  const std::string said = say(connection, settings, replies::too_many_connections(settings.hostname));
  desk_.turned_away(
      loop_.get_executor(),
      {.how = SessionEnd::How::too_many_connections, .client = client, .last_reply = said, .detail = why});
}

void Server::session_ended(Session* session, SessionCount& count) {
  count.open.fetch_sub(1, std::memory_order_relaxed);
  sessions_.erase(session);
  --session_count_;
  if (sessions_.empty() && finished_) std::exchange(finished_, nullptr)();
}

void Server::reload(std::shared_ptr<const SessionSettings> settings) {
  asio::post(loop_, [this, alive = alive_, settings = std::move(settings)] {
    if (!*alive) return;
    for (const auto& door : doors_)
      if (door->settings->name == settings->name) door->settings = settings;
  });
}

void Server::cut_short(std::function<void()> done) {
  asio::post(loop_, [this, alive = alive_, done = std::move(done)] {
    if (!*alive) return;
    finished_ = done;
    std::erase_if(sessions_, [](Session* session) { return !session->cut_short(); });
    if (sessions_.empty() && finished_) std::exchange(finished_, nullptr)();
  });
}

void Server::finish(std::function<void()> done) {
  asio::post(loop_, [this, alive = alive_, done = std::move(done)] {
    if (!*alive) return;
    doors_.clear();
    finished_ = done;
    for (Session* const session : sessions_) session->finish();
    if (sessions_.empty() && finished_) std::exchange(finished_, nullptr)();
  });
}

}  // namespace gateway::smtp
