#pragma once
// The Unix socket by which commands speak to the running gateway: a JSON object a line, one answer a line.
// Only root and the user the gateway runs as are listened to.

#include <boost/json/object.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "gateway/control/peer.h"
#include "gateway/net/asio.h"
#include "gateway/vocabulary.h"

namespace gateway::control {

class Server {
 public:
  // {"command": "reload"} → {"ok": true, …}.  Runs on the loop, and should do what takes long elsewhere.
  using Handler = std::function<asio::awaitable<boost::json::object>(boost::json::object request, Peer peer)>;

  // Binds the socket; one that a dead server left is replaced, one that answers is an error.
  static Result<std::unique_ptr<Server>> open(asio::io_context& loop, const std::filesystem::path& socket,
                                              Handler handler);
  ~Server();  // removes the socket
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

 private:
  struct State;
  explicit Server(std::shared_ptr<State> state) : state_(std::move(state)) {}
  static asio::awaitable<void> accept_loop(std::shared_ptr<State> state);

  std::shared_ptr<State> state_;
};

// The other side: sends one request and waits for the answer.  Blocks.  The error carries errno when nobody
// took the connection.
Result<boost::json::object> ask(const std::filesystem::path& socket, const boost::json::object& request);

}  // namespace gateway::control
