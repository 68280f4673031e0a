// The server as its clients see it, over loopback.
#include "gateway/web/server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <spdlog/sinks/ringbuffer_sink.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace gateway::web {
namespace {

class Door final : public Doorkeeper {
 public:
  std::variant<Visitor, Response> admit(const Request&) override {
    return Visitor{.name = "erika", .role = Role::operate, .form_token = "secret"};
  }
  Response unknown(const Request&) override { return Response::text("who are you", 401); }
};

class Client {
 public:
  Client() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  int descriptor() const { return socket_; }
  void connect(std::uint16_t port) const {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  }
  void send(std::string_view text) const { ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL); }
  // All until the server closes.
  std::string rest() const {
    std::string all;
    char some[4096];
    for (ssize_t got = 0; (got = ::recv(socket_, some, sizeof some, 0)) > 0;)
      all.append(some, static_cast<std::size_t>(got));
    return all;
  }

 private:
  int socket_;
};

std::size_t answers(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find("HTTP/1.1 ", at)) != text.npos; ++at) ++count;
  return count;
}

std::string status(std::string_view text) { return std::string(text.substr(0, 12)); }

class HttpServer : public testing::Test {
 protected:
  void start(ServerOptions options = {}) {
    Routes routes;
    routes.vital("/healthz", Role::none, [](const Request&) { return Response::text("ok\n"); });
    routes.action("/api/echo", Role::operate,
                  [](const Request& request) { return Response::json(request.body); });
    routes.page("/export", Role::view, [](const Request&) {
      return Response{.content_type = "text/csv", .pieces = [](const WritePiece& write) {
                        write("a,b\r\n");
                        write("c,d\r\n");
                      }};
    });
    routes.page("/endless", Role::view, [](const Request&) {
      return Response{.content_type = "text/csv", .pieces = [](const WritePiece& write) {
                        while (write("a,b\r\n")) continue;
                      }};
    });
    server_ = *Server::start("127.0.0.1", 0, std::move(routes), door_, options);
  }
  std::string ask(std::string_view request) {
    Client client;
    client.connect(server_->port());
    client.send(request);
    return client.rest();
  }

  Door door_;
  std::unique_ptr<Server> server_;
};

constexpr std::string_view kInner = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";

std::string with_inner(const std::string& head) {
  return head + "Host: a\r\nContent-Length: " + std::to_string(kInner.size()) + "\r\n\r\n" +
         std::string(kInner);
}

TEST_F(HttpServer, takes_several_requests_of_one_connection) {
  start();
  const std::string all =
      ask(std::string(kInner) + std::string(kInner) + "GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(answers(all), 3u) << all;
}

TEST_F(HttpServer, takes_no_body_for_a_request) {
  start();
  for (const char* const line :
       {"GET /healthz HTTP/1.1\r\n", "HEAD /healthz HTTP/1.1\r\n", "PUT /healthz HTTP/1.1\r\n",
        "DELETE / HTTP/1.1\r\n", "BREW / HTTP/1.1\r\n"}) {
    const std::string all = ask(with_inner(line));
    EXPECT_EQ(answers(all), 1u) << all;
    EXPECT_NE(all.find("Connection: close\r\n"), all.npos) << all;
    EXPECT_EQ(all.find("Keep-Alive"), all.npos) << all;
  }
  const std::string chunked =
      ask("GET /healthz HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(kInner));
  EXPECT_EQ(answers(chunked), 1u) << chunked;
}

TEST_F(HttpServer, ends_with_a_request_whose_end_is_in_doubt) {
  start();
  for (const char* const fields :
       {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "Content-Length: 0\r\nContent-Length: 5\r\n",
        "Content-Length: abc\r\n", "Content-Length: 5\n", "Content-Length : 5\r\n"}) {
    for (const char* const line : {"GET /healthz HTTP/1.1\r\n", "POST /api/echo HTTP/1.1\r\n"}) {
      const std::string all = ask(std::string(line) + fields + "\r\n" + std::string(kInner));
      EXPECT_EQ(status(all), "HTTP/1.1 400") << fields << all;
      EXPECT_EQ(answers(all), 1u) << fields << all;
    }
  }
  for (const std::string& first :
       {std::string("nonsense\r\n"), "GET /" + std::string(9000, 'a') + " HTTP/1.1\r\n",
        "GET / HTTP/1.1\r\nX: " + std::string(9000, 'a') + "\r\n"}) {
    const std::string all = ask(first + "\r\n" + std::string(kInner));
    EXPECT_EQ(answers(all), 1u) << first << all;
  }
}

TEST_F(HttpServer, takes_neither_coded_bodies_nor_multipart) {
  start();
  const std::string coded =
      ask("POST /api/echo HTTP/1.1\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nabcde");
  EXPECT_EQ(status(coded), "HTTP/1.1 415") << coded;
  for (const char* const type : {"multipart/form-data; boundary=x", "multipart%2Fform-data; boundary=x"}) {
    const std::string parts = ask("POST /api/echo HTTP/1.1\r\nContent-Type: " + std::string(type) +
                                  "\r\nContent-Length: 5\r\n\r\n--x--");
    EXPECT_EQ(status(parts), "HTTP/1.1 415") << parts;
    EXPECT_EQ(parts.find("EXCEPTION_WHAT"), parts.npos);
  }
}

TEST_F(HttpServer, sends_pieces_to_old_clients_without_chunks) {
  start();
  const std::string old = ask("GET /export HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
  EXPECT_TRUE(old.ends_with("\r\n\r\na,b\r\nc,d\r\n")) << old;
  EXPECT_EQ(old.find("Transfer-Encoding"), old.npos) << old;
  const std::string now = ask("GET /export HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(now.ends_with("\r\n\r\n5\r\na,b\r\n\r\n5\r\nc,d\r\n\r\n0\r\n\r\n")) << now;
}

TEST_F(HttpServer, ends_what_is_streamed_for_too_long_without_a_last_chunk) {
  start({.export_wait = std::chrono::seconds(0)});
  const std::string all = ask("GET /endless HTTP/1.1\r\n\r\n");
  EXPECT_EQ(status(all), "HTTP/1.1 200") << all;
  EXPECT_FALSE(all.ends_with("0\r\n\r\n")) << all;
}

TEST_F(HttpServer, takes_the_thread_of_an_unfinished_request_when_others_wait) {
  // Without that the waits below would outlast the test.
  start({.threads = 1,
         .request_wait = std::chrono::hours(1),
         .patience = std::chrono::seconds(0),
         .idle_wait = std::chrono::hours(1)});
  for (const char* const unfinished :
       {"GET /lo", "GET /log HTTP/1.1\r\nHost: ", "POST /api/echo HTTP/1.1\r\nContent-Length: 5\r\n\r\nab"}) {
    Client slow;
    slow.connect(server_->port());
    slow.send(unfinished);
    EXPECT_EQ(status(ask("GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n")), "HTTP/1.1 200");
  }
}

TEST_F(HttpServer, closes_connections_when_too_many_wait) {
  start({.threads = 1, .waiting = 0});
  EXPECT_EQ(ask(kInner), "");
}

TEST_F(HttpServer, goes_on_after_a_client_that_could_not_be_accepted) {
  const auto usual = spdlog::default_logger();
  const auto log = std::make_shared<spdlog::sinks::ringbuffer_sink_mt>(1);
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("", log));
  start();
  Client client;
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const int lowest = ::fcntl(client.descriptor(), F_DUPFD_CLOEXEC, 0);  // the next that would be free
  ::close(lowest);
  const rlimit none{static_cast<rlim_t>(lowest), before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  client.connect(server_->port());
  client.send("GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n");
  while (log->last_raw().empty()) ::usleep(10'000);
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(status(client.rest()), "HTTP/1.1 200");
  EXPECT_NE(log->last_formatted().at(0).find("event=review_accept_failed"), std::string::npos);
  server_.reset();
  spdlog::set_default_logger(usual);
}

}  // namespace
}  // namespace gateway::web
