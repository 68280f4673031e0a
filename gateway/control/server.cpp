#include "gateway/control/server.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <optional>
#include <system_error>

namespace gateway::control {
namespace {

using Protocol = asio::local::stream_protocol;
namespace json = boost::json;

constexpr std::size_t kLongestRequest = 1 << 20;
constexpr std::chrono::milliseconds kPause{200};

std::optional<Peer> who_may_speak(Protocol::socket& socket) {
  ucred peer{};
  socklen_t length = sizeof peer;
  if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return std::nullopt;
  if (peer.uid != 0 && peer.uid != ::geteuid()) return std::nullopt;
  return Peer{peer.uid, peer.pid};
}

asio::awaitable<json::object> answer_to(std::string line, const Server::Handler& handler, Peer peer) {
  boost::system::error_code error;
  const json::value request = json::parse(line, error);
  if (error || !request.is_object()) {
    json::object refusal{{"ok", false}, {"error", "a JSON object was expected"}};
    co_return refusal;
  }
  co_return co_await handler(request.get_object(), peer);
}

// One after the other is enough: these are people's commands.
asio::awaitable<void> serve(Protocol::socket socket, Server::Handler handler, Peer peer) {
  std::string input;
  for (;;) {
    boost::system::error_code error;
    const std::size_t length =
        co_await asio::async_read_until(socket, asio::dynamic_buffer(input, kLongestRequest), '\n',
                                        asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    const json::object answered = co_await answer_to(input.substr(0, length), handler, peer);
    const std::string answer = json::serialize(answered) + "\n";
    input.erase(0, length);
    co_await asio::async_write(socket, asio::buffer(answer),
                               asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
  }
}

bool answers(const std::filesystem::path& path) {
  asio::io_context loop;
  Protocol::socket socket(loop);
  boost::system::error_code error;
  socket.connect(Protocol::endpoint(path.string()), error);
  return !error;
}

}  // namespace

struct Server::State {
  State(asio::io_context& loop, std::filesystem::path where, Handler what)
      : acceptor(loop), path(std::move(where)), handler(std::move(what)) {}
  Protocol::acceptor acceptor;
  std::filesystem::path path;
  Handler handler;
};

Result<std::unique_ptr<Server>> Server::open(asio::io_context& loop, const std::filesystem::path& path,
                                             Handler handler) {
  const auto failed = [&](std::string why) {
    return Error(fmt::format("control socket {}: {}", path.string(), why));
  };
  if (path.string().size() > 100) return failed("the path is too long for a socket (100 octets)");
  std::error_code ignored;
  std::filesystem::create_directories(path.parent_path(), ignored);
  if (std::filesystem::exists(path, ignored)) {
    if (!std::filesystem::is_socket(path, ignored)) return failed("there is a file that is no socket");
    if (answers(path)) return failed("another gateway is running and answers there");
    std::filesystem::remove(path, ignored);
  }
  auto state = std::make_shared<State>(loop, path, std::move(handler));
  boost::system::error_code error;
  state->acceptor.open(Protocol(), error);
  if (!error) state->acceptor.bind(Protocol::endpoint(path.string()), error);
  if (!error && ::chmod(path.c_str(), 0600) != 0) error.assign(errno, boost::system::system_category());
  if (!error) state->acceptor.listen(16, error);
  if (error) return failed(error.message());
  asio::co_spawn(loop, accept_loop(state), asio::detached);
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

Server::~Server() {
  boost::system::error_code ignored;
  state_->acceptor.close(ignored);
  std::error_code also_ignored;
  std::filesystem::remove(state_->path, also_ignored);
}

asio::awaitable<void> Server::accept_loop(std::shared_ptr<State> state) {
  for (;;) {
    boost::system::error_code error;
    Protocol::socket socket =
        co_await state->acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (!state->acceptor.is_open()) co_return;
    if (error) {  // no descriptors left, as a rule: asking again at once would keep the loop busy
      asio::steady_timer pause(state->acceptor.get_executor(), kPause);
      co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
      continue;
    }
    if (const auto peer = who_may_speak(socket))
      asio::co_spawn(state->acceptor.get_executor(), serve(std::move(socket), state->handler, *peer),
                     asio::detached);
    else
      spdlog::warn("event=control_refused why=\"neither root nor the gateway's user\"");
  }
}

Result<json::object> ask(const std::filesystem::path& path, const json::object& request) {
  asio::io_context loop;
  Protocol::socket socket(loop);
  boost::system::error_code error;
  socket.connect(Protocol::endpoint(path.string()), error);
  if (error)
    return Error(fmt::format("no gateway answers on {}: {} (is it running?)", path.string(), error.message()),
                 error.value());
  const std::string line = json::serialize(request) + "\n";
  asio::write(socket, asio::buffer(line), error);
  std::string answer;
  if (!error) asio::read_until(socket, asio::dynamic_buffer(answer), '\n', error);
  if (error)
    return Error(fmt::format("the gateway on {} does not answer: {}", path.string(), error.message()));
  const json::value value = json::parse(answer, error);
  if (error || !value.is_object()) return Error("the gateway's answer cannot be read");
  return value.get_object();
}

}  // namespace gateway::control
