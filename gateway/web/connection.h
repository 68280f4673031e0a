#pragma once
// The octets of one HTTP connection, with deadlines and a bound on what is read.

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>

#include "gateway/net/tls.h"
#include "gateway/web/httplib.h"
#include "gateway/web/request_head.h"

namespace gateway::web {

class Connection final : public httplib::Stream {
 public:
  using Clock = std::chrono::steady_clock;

  // `stop` becomes readable when the server ends.  Neither descriptor is closed here; the socket no longer
  // blocks.  `hurried` tells whether somebody else waits for the thread.
  Connection(int socket, int stop, std::function<bool()> hurried);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // From now on all goes through TLS; false when the client does not come to terms in time.
  bool start_tls(net::SslPtr ssl, Clock::time_point patient_until, Clock::time_point until);

  // Whether a request begins before `until`; an idle client goes as soon as we are hurried.
  bool next_request(Clock::time_point until);
  struct Allowance {
    std::size_t octets = 0;           // that may be read
    Clock::time_point patient_until;  // after that nothing is waited for while we are hurried
    Clock::time_point read_until;
    Clock::time_point write_until;
  };
  // For a new request.
  void allow(const Allowance& allowance) {
    allowance_ = allowance;
    head_ = RequestHead();
  }
  // More is written until then, as long as the client goes on taking it.
  void allow_writing(Clock::time_point until) { allowance_.write_until = until; }

  const RequestHead& head() const { return head_; }
  // No request is taken behind this one.
  void end_after_answer() { ends_ = true; }
  bool ends_after_answer() const { return ends_; }
  // Says that nothing more is sent, and drops what still comes: a client that is sending would otherwise lose
  // the answer (RFC 9112 §9.6).
  void linger(Clock::time_point until);

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
  // For the client to send; late, too, when there is no patience left.
  Wait wait_for_octets(Clock::time_point until) const;
  bool tls_has_more() const;
  // Whether the TLS operation that came to `result` is worth another try, once what it waits for is there.
  bool again(int result, Clock::time_point until);
  ssize_t receive();

  int socket_;
  int stop_;
  net::SslPtr ssl_;
  bool broken_ = false;  // TLS cannot say good-bye any more
  const std::function<bool()> hurried_;
  Allowance allowance_;
  RequestHead head_;
  bool ends_ = false;
  std::array<char, 8192> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace gateway::web
