#pragma once
// The octets of one HTTP connection, with deadlines and a bound on what is read.

#include <array>
#include <chrono>
#include <cstddef>

#include "gateway/net/tls.h"
#include "gateway/web/httplib.h"

namespace gateway::web {

class Connection final : public httplib::Stream {
 public:
  using Clock = std::chrono::steady_clock;

  // `stop` becomes readable when the server ends.  Neither descriptor is closed here; the socket no longer
  // blocks.
  Connection(int socket, int stop);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // From now on all goes through TLS; false when the client does not come to terms in time.
  bool start_tls(net::SslPtr ssl, Clock::time_point until);

  // Whether a request begins before `until`; an idle client is asked `may_wait` each half second.
  template <class MayWait>
  bool next_request(Clock::time_point until, MayWait may_wait) {
    while (begin_ == end_ && !tls_has_more()) {
      const Clock::time_point step = std::min(until, Clock::now() + std::chrono::milliseconds(500));
      const Wait waited = wait(false, step);
      if (waited == Wait::ready) return true;
      if (waited == Wait::ended || step == until || !may_wait()) return false;
    }
    return true;
  }
  // From now on: so many octets may be read and written until then.
  void allow(std::size_t octets, Clock::time_point read_until, Clock::time_point write_until) {
    left_ = octets;
    read_until_ = read_until;
    write_until_ = write_until;
  }
  // More is written until then, as long as the client goes on taking it.
  void allow_writing(Clock::time_point until) { write_until_ = until; }

  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  ssize_t read(char* to, std::size_t size) override;
  ssize_t write(const char* from, std::size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return socket_; }

 private:
  enum class Wait { ready, late, ended };
  Wait wait(bool to_write, Clock::time_point until) const;
  bool tls_has_more() const;
  // Whether the TLS operation that came to `result` is worth another try, once what it waits for is there.
  bool again(int result, Clock::time_point until);
  ssize_t receive();

  int socket_;
  int stop_;
  net::SslPtr ssl_;
  bool broken_ = false;  // TLS cannot say good-bye any more
  std::size_t left_ = 0;
  Clock::time_point read_until_;
  Clock::time_point write_until_;
  std::array<char, 8192> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace gateway::web
