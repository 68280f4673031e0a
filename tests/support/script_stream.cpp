#include "tests/support/script_stream.h"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>

namespace support {

using gateway::net::Io;
namespace asio = gateway::asio;

ScriptStream::ScriptStream(asio::any_io_executor executor, std::shared_ptr<Wire> wire)
    : wire_(std::move(wire)), changed_(std::move(executor)) {}

bool ScriptStream::fails() {
  const unsigned operation = wire_->operations++;
  return wire_->fail_at && operation >= *wire_->fail_at;
}

Io ScriptStream::read(std::span<char> room) {
  if (wire_->to_server.empty() && !wire_->client_gone) return {Io::State::wait_read};
  if (fails()) return {Io::State::failed};
  if (wire_->to_server.empty()) return {Io::State::closed};
  std::string& piece = wire_->to_server.front();
  const std::size_t taken = std::min(piece.size(), room.size());
  std::copy_n(piece.begin(), taken, room.begin());
  piece.erase(0, taken);
  if (piece.empty()) wire_->to_server.pop_front();
  return {Io::State::done, taken};
}

Io ScriptStream::write(std::string_view octets) {
  if (wire_->window == 0 && !wire_->client_gone) return {Io::State::wait_write};
  if (fails() || wire_->window == 0) return {Io::State::failed};
  const std::size_t put =
      std::min({octets.size(), std::size_t{wire_->most_written_at_once}, std::size_t{wire_->window}});
  if (wire_->window != Wire::kBoundless) wire_->window -= put;
  wire_->from_server += octets.substr(0, put);
  return {Io::State::done, put};
}

bool ScriptStream::ready(Io::State state) const {
  if (wire_->client_gone) return true;
  return state == Io::State::wait_write ? wire_->window > 0 : !wire_->to_server.empty();
}

asio::awaitable<bool> ScriptStream::wait(Io::State state) {
  while (!cancelled_ && !ready(state)) {
    changed_.expires_at(asio::steady_timer::time_point::max());
    boost::system::error_code ignored;
    co_await changed_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  co_return !cancelled_;
}

void ScriptStream::cancel() {
  cancelled_ = true;
  changed_.cancel();
}

void ScriptStream::notify() { changed_.cancel(); }

asio::awaitable<bool> ScriptStream::handshake(const gateway::net::TlsServer&) {
  if (fails() || !wire_->tls_trouble.empty()) co_return false;
  for (const std::string& piece : wire_->to_server) wire_->left_to_tls += piece.size();
  wire_->under_tls = true;
  co_return true;
}

gateway::net::TlsSession ScriptStream::tls() const {
  if (!wire_->under_tls) return {};
  return {"TLSv1.3", "TLS_AES_256_GCM_SHA384", ""};
}

}  // namespace support
