#pragma once
// A connection as a session sees it: calls that never block, and a wait for readiness when one would have.

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "gateway/net/asio.h"

namespace gateway::net {

class TlsServer;

// What became of one read or write.
struct Io {
  enum class State {
    done,        // `octets` were moved, at least one
    wait_read,   // nothing yet: wait until the socket is readable
    wait_write,  // nothing yet: wait until it is writable
    closed,      // the peer has ended its stream (EOF, close_notify)
    failed,      // the connection is broken
  };
  State state = State::failed;
  std::size_t octets = 0;
};

struct TlsSession {  // how a connection is encrypted; empty in clear
  std::string version;
  std::string cipher;
  std::string peer_name;  // of a verified peer certificate
};

class Stream {
 public:
  virtual ~Stream() = default;

  virtual Io read(std::span<char> room) = 0;
  // The last read has most likely taken all there was: to wait costs less than to read in vain.
  virtual bool drained() const { return false; }
  virtual Io write(std::string_view octets) = 0;
  // Waits as `state` (wait_read, wait_write) asks.  False when cancel() or a failure ended the wait.
  virtual asio::awaitable<bool> wait(Io::State state) = 0;
  // Wakes a wait under way and makes every later one fail at once, until resume().
  virtual void cancel() = 0;
  virtual void resume() = 0;

  // The server's side of a TLS handshake.  False when it failed: nothing but close() may follow.
  virtual asio::awaitable<bool> handshake(const TlsServer& tls) = 0;
  virtual TlsSession tls() const = 0;
  // Why the handshake failed; empty when it did not.
  virtual std::string error() const { return {}; }

  // Says close_notify where TLS is on, without waiting for its answer, and closes.
  virtual void close() = 0;
};

}  // namespace gateway::net
