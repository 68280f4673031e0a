// Sessions over real sockets on loopback: TLS, the proxy header, limits, stopping.
#include "gateway/smtp/server.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <filesystem>
#include <future>
#include <thread>

#include "gateway/net/socket_stream.h"
#include "tests/support/desk_double.h"

namespace {

namespace asio = gateway::asio;
namespace net = gateway::net;
namespace smtp = gateway::smtp;
using gateway::IpAddress;
using gateway::Network;

const IpAddress kLoopback = *IpAddress::parse("127.0.0.1");

// A server on a loop of its own thread, and blocking clients.
class Loopback : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "postern-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
    settings_.hostname = "mx.example.com";
    settings_.name = "door";
    settings_.listener.tls = gateway::settings::ListenerTls::off;
  }

  void stop() {
    if (!thread_.joinable()) return;
    loop_.stop();
    thread_.join();
  }

  void TearDown() override {
    stop();
    server_.reset();
    std::filesystem::remove_all(directory_);
  }

  void make_certificate() {
    const auto files = net::self_signed_certificate(directory_, "mx.example.com");
    ASSERT_TRUE(files) << files.error().text();
    settings_.tls = *net::TlsServer::load(std::span(&*files, 1));
  }

  void start(unsigned in_all = 100, unsigned per_network = 100) {
    counts_ = std::make_shared<net::ConnectionCount>(in_all, per_network);
    const auto spool = std::make_shared<smtp::Spool>(
        smtp::Spool{directory_, loop_.get_executor(), std::make_shared<smtp::MemoryBudget>(1 << 20)});
    server_ = std::make_unique<smtp::Server>(loop_, watch_, blocks_, desk_, spool, counts_);
    auto bound = net::bind_listener({kLoopback, 0}, 1);
    ASSERT_TRUE(bound) << bound.error().text();
    port_ = bound->endpoint.port;
    server_->listen(std::move(bound->sockets.front()),
                    std::make_shared<const smtp::SessionSettings>(settings_));
    thread_ = std::thread([this] { loop_.run(); });
  }

  static net::Descriptor connect_later() {
    return net::Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  }

  net::Descriptor connect() const {
    net::Descriptor client = connect_later();
    connect(client);
    return client;
  }

  void connect(const net::Descriptor& client) const {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(client.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    timeval patience{10, 0};
    ::setsockopt(client.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }

  static void send(const net::Descriptor& client, const std::string& text) {
    EXPECT_EQ(::send(client.get(), text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }

  // Reads up to a last reply line, or the end ("" then).
  static std::string reply(const net::Descriptor& client) {
    std::string text;
    char c;
    std::size_t line = 0;
    while (::recv(client.get(), &c, 1, 0) == 1) {
      text += c;
      if (c != '\n') continue;
      if (text.size() > line + 3 && text[line + 3] == ' ') return text;
      line = text.size();
    }
    return text;
  }

  // Runs a client coroutine on a loop of its own.
  template <class Coroutine>
  static void run(Coroutine coroutine) {
    asio::io_context loop;
    std::exception_ptr failure;
    asio::co_spawn(loop, coroutine(loop), [&](const std::exception_ptr& error) { failure = error; });
    loop.run_for(std::chrono::seconds(20));
    if (failure) std::rethrow_exception(failure);
  }

  std::filesystem::path directory_;
  smtp::SessionSettings settings_;
  support::DeskDouble desk_;
  net::Watch watch_;
  net::BlockPool blocks_{smtp::kInputOctets, smtp::kInputBlocksKept};
  asio::io_context loop_;
  std::shared_ptr<net::ConnectionCount> counts_;
  std::unique_ptr<smtp::Server> server_;
  std::thread thread_;
  std::uint16_t port_ = 0;
};

// For as long as it lives.
class NoMoreDescriptors {
 public:
  NoMoreDescriptors() {
    EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0);
    const rlimit none{0, before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  }
  ~NoMoreDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  NoMoreDescriptors(const NoMoreDescriptors&) = delete;
  NoMoreDescriptors& operator=(const NoMoreDescriptors&) = delete;

 private:
  rlimit before_{};
};

asio::awaitable<std::string> talk(net::SocketStream& stream, std::string_view text) {
  stream.write(text);
  std::string answer;
  char room[4096];
  for (;;) {
    const net::Io io = stream.read(room);
    if (io.state == net::Io::State::done)
      answer.append(room, io.octets);
    else if (io.state == net::Io::State::wait_read)
      co_await stream.wait(io.state);
    else
      co_return answer;
    const std::size_t line = answer.size() > 2 ? answer.rfind('\n', answer.size() - 2) + 1 : 0;
    if (answer.ends_with("\r\n") && answer.size() > line + 3 && answer[line + 3] == ' ') co_return answer;
  }
}

TEST_F(Loopback, a_message_in_clear) {
  start();
  const auto client = connect();
  EXPECT_EQ(reply(client), "220 mx.example.com ESMTP Postern\r\n");
  send(client, "EHLO a.example\r\nMAIL FROM:<>\r\nRCPT TO:<postmaster>\r\nDATA\r\n");
  EXPECT_TRUE(reply(client).starts_with("250-mx.example.com"));
  EXPECT_EQ(reply(client), "250 2.1.0 Sender OK\r\n");
  EXPECT_EQ(reply(client), "250 2.1.5 Recipient OK\r\n");
  EXPECT_TRUE(reply(client).starts_with("354 "));
  send(client, "Subject: hi\r\n\r\nbody\r\n.\r\nQUIT\r\n");
  EXPECT_TRUE(reply(client).starts_with("250 2.0.0 Accepted"));
  EXPECT_TRUE(reply(client).starts_with("221 2.0.0"));
  EXPECT_EQ(reply(client), "");
  EXPECT_EQ(desk_.record.messages.size(), 1u);
}

// The kernel ends a read at urgent data, whatever stands behind.
TEST_F(Loopback, urgent_data_hides_no_command) {
  start();
  const auto client = connect();
  reply(client);
  std::promise<void> stalled;
  std::promise<void> sent;
  asio::post(loop_, [&] {  // all of it is there before the server looks
    stalled.set_value();
    sent.get_future().wait();
  });
  stalled.get_future().wait();
  send(client, "NO");
  EXPECT_EQ(::send(client.get(), "!", 1, MSG_OOB), 1);
  send(client, "OP\r\n");
  sent.set_value();
  EXPECT_EQ(reply(client), "250 2.0.0 OK\r\n");
}

TEST_F(Loopback, starttls_and_a_message) {
  settings_.listener.tls = gateway::settings::ListenerTls::starttls;
  make_certificate();
  start();
  auto client = connect();
  reply(client);
  send(client, "EHLO a.example\r\n");
  EXPECT_NE(reply(client).find("250-STARTTLS\r\n"), std::string::npos);
  send(client, "STARTTLS\r\n");
  EXPECT_EQ(reply(client), "220 2.0.0 Ready to start TLS\r\n");
  run([&](asio::io_context& loop) -> asio::awaitable<void> {
    net::SocketStream stream(loop.get_executor(), std::move(client));
    const auto tls = net::TlsClient::make(net::TlsClient::Verify::nothing);
    EXPECT_TRUE(co_await stream.connect_tls(**tls, "mx.example.com")) << stream.error();
    EXPECT_EQ(stream.tls().version, "TLSv1.3");
    std::string answer = co_await talk(stream, "MAIL FROM:<>\r\n");
    EXPECT_TRUE(answer.starts_with("503 5.5.1")) << answer;
    answer = co_await talk(stream, "EHLO a.example\r\n");
    EXPECT_EQ(answer.find("STARTTLS"), std::string::npos);
    co_await talk(stream, "MAIL FROM:<>\r\n");
    co_await talk(stream, "RCPT TO:<postmaster>\r\n");
    co_await talk(stream, "DATA\r\n");
    answer = co_await talk(stream, "Subject: hi\r\n\r\nunder TLS\r\n.\r\n");
    EXPECT_TRUE(answer.starts_with("250 2.0.0")) << answer;
    answer = co_await talk(stream, "QUIT\r\n");
    EXPECT_TRUE(answer.starts_with("221 ")) << answer;
    stream.close();
  });
  ASSERT_EQ(desk_.record.messages.size(), 1u);
  EXPECT_EQ(desk_.record.client.tls.version, "TLSv1.3");
}

TEST_F(Loopback, implicit_tls) {
  settings_.listener.tls = gateway::settings::ListenerTls::implicit;
  make_certificate();
  start();
  auto client = connect();
  run([&](asio::io_context& loop) -> asio::awaitable<void> {
    net::SocketStream stream(loop.get_executor(), std::move(client));
    const auto tls = net::TlsClient::make(net::TlsClient::Verify::nothing);
    EXPECT_TRUE(co_await stream.connect_tls(**tls, "mx.example.com")) << stream.error();
    const std::string greeting = co_await talk(stream, "");
    EXPECT_TRUE(greeting.starts_with("220 ")) << greeting;
    const std::string answer = co_await talk(stream, "EHLO a.example\r\n");
    EXPECT_EQ(answer.find("STARTTLS"), std::string::npos);
    stream.close();
  });
}

TEST_F(Loopback, close_notify_in_data_ends_the_session) {
  settings_.listener.tls = gateway::settings::ListenerTls::implicit;
  make_certificate();
  start();
  auto client = connect();
  run([&](asio::io_context& loop) -> asio::awaitable<void> {
    const int raw = ::dup(client.get());
    net::SocketStream stream(loop.get_executor(), std::move(client));
    const auto tls = net::TlsClient::make(net::TlsClient::Verify::nothing);
    EXPECT_TRUE(co_await stream.connect_tls(**tls, "mx.example.com")) << stream.error();
    co_await talk(stream, "");
    co_await talk(stream, "EHLO a.example\r\n");
    co_await talk(stream, "MAIL FROM:<>\r\n");
    co_await talk(stream, "RCPT TO:<postmaster>\r\n");
    co_await talk(stream, "DATA\r\n");
    stream.write("Subject: cut\r\n\r\n");
    stream.close();  // close_notify, then in clear:
    const std::string clear = "evil\r\n.\r\n";
    ::send(raw, clear.data(), clear.size(), MSG_NOSIGNAL);
    ::close(raw);
  });
  while (server_->sessions() > 0) std::this_thread::yield();
  EXPECT_TRUE(desk_.record.messages.empty());
}

TEST_F(Loopback, commands_behind_starttls_end_the_session) {
  settings_.listener.tls = gateway::settings::ListenerTls::starttls;
  make_certificate();
  start();
  const auto client = connect();
  reply(client);
  send(client, "EHLO a.example\r\nSTARTTLS\r\nMAIL FROM:<evil@a.example>\r\n");
  EXPECT_TRUE(reply(client).starts_with("250-"));
  EXPECT_EQ(reply(client), "") << "no 220";
}

TEST_F(Loopback, garbage_instead_of_a_handshake) {
  settings_.listener.tls = gateway::settings::ListenerTls::implicit;
  make_certificate();
  start();
  const auto client = connect();
  send(client, "EHLO a.example\r\n");
  EXPECT_EQ(reply(client).find("250"), std::string::npos);
  while (server_->sessions() > 0) std::this_thread::yield();
  stop();
  ASSERT_EQ(desk_.record.ends.size(), 1u);
  EXPECT_EQ(desk_.record.ends[0].how, "tls_failed");
  EXPECT_FALSE(desk_.record.ends[0].detail.empty());
}

TEST_F(Loopback, the_proxy_names_the_client) {
  settings_.listener.proxy_from = {*Network::parse("127.0.0.0/8")};
  start();
  const auto client = connect();
  send(client, "PROXY TCP4 192.0.2.7 198.51.100.1 4711 25\r\n");
  EXPECT_TRUE(reply(client).starts_with("220 "));
  send(client, "QUIT\r\n");
  reply(client);
  EXPECT_EQ(desk_.record.client.ip.text(), "192.0.2.7");
  EXPECT_EQ(desk_.record.client.port, 4711u);
  EXPECT_EQ(desk_.record.client.peer.text(), "127.0.0.1");
  EXPECT_FALSE(desk_.record.client.early_talker);
}

TEST_F(Loopback, a_proxy_without_its_header_gets_nothing) {
  settings_.listener.proxy_from = {*Network::parse("127.0.0.0/8")};
  start();
  const auto client = connect();
  send(client, "EHLO a.example\r\n");
  EXPECT_EQ(reply(client), "");
}

TEST_F(Loopback, the_proxy_header_of_others_is_a_bad_command) {
  start();
  const auto client = connect();
  EXPECT_TRUE(reply(client).starts_with("220 "));
  send(client, "PROXY TCP4 192.0.2.7 198.51.100.1 4711 25\r\n");
  EXPECT_TRUE(reply(client).starts_with("500 5.5.2"));
  EXPECT_EQ(desk_.record.client.ip.text(), "127.0.0.1");
}

TEST_F(Loopback, connections_of_one_network_are_counted) {
  start(100, 2);
  auto first = connect();
  auto second = connect();
  EXPECT_TRUE(reply(first).starts_with("220 "));
  EXPECT_TRUE(reply(second).starts_with("220 "));
  const auto third = connect();
  EXPECT_TRUE(reply(third).starts_with("421 4.7.0"));
  EXPECT_EQ(reply(third), "");
  send(first, "QUIT\r\n");
  reply(first);
  EXPECT_EQ(reply(first), "");
  while (counts_->now() > 1) std::this_thread::yield();
  EXPECT_TRUE(reply(connect()).starts_with("220 "));
}

TEST_F(Loopback, who_is_turned_away_is_told_and_recorded) {
  start(100, 0);
  const auto client = connect();
  EXPECT_TRUE(reply(client).starts_with("421 4.7.0"));
  EXPECT_EQ(reply(client), "");
  stop();
  ASSERT_EQ(desk_.record.ends.size(), 1u);
  EXPECT_EQ(desk_.record.ends[0].how, "too_many_connections");
  EXPECT_EQ(desk_.record.ends[0].client, "127.0.0.1");
  EXPECT_EQ(desk_.record.ends[0].last_reply,
            "421 4.7.0 mx.example.com too many connections, try again later");
  EXPECT_EQ(desk_.record.ends[0].detail, "");
}

TEST_F(Loopback, behind_a_proxy_the_clients_network_is_counted) {
  settings_.listener.proxy_from = {*Network::parse("127.0.0.0/8")};
  start(100, 1);
  const auto first = connect();
  send(first, "PROXY TCP4 192.0.2.7 198.51.100.1 4711 25\r\n");
  EXPECT_TRUE(reply(first).starts_with("220 "));
  const auto second = connect();
  send(second, "PROXY TCP4 192.0.2.8 198.51.100.1 4711 25\r\n");
  EXPECT_TRUE(reply(second).starts_with("421 4.7.0"));
  EXPECT_EQ(reply(second), "");
  while (server_->sessions() > 1) std::this_thread::yield();
  stop();
  EXPECT_EQ(desk_.record.ends.at(0).how, "too_many_connections");
  EXPECT_EQ(desk_.record.ends.at(0).client, "192.0.2.8");
}

TEST_F(Loopback, the_last_descriptors_are_not_for_connections) {
  start();
  const auto first = connect();
  EXPECT_TRUE(reply(first).starts_with("220 "));
  const net::Descriptor lowest(::dup(first.get()));
  counts_->descriptors(lowest.get());  // all below are in use
  EXPECT_TRUE(reply(connect()).starts_with("421 4.7.0"));
  send(first, "NOOP\r\n");
  EXPECT_TRUE(reply(first).starts_with("250 2.0.0"));
  counts_->descriptors(lowest.get() + 100);
  EXPECT_TRUE(reply(connect()).starts_with("220 "));
  stop();
  EXPECT_EQ(desk_.record.ends.at(0).detail, "descriptors are short");
}

TEST_F(Loopback, accepting_goes_on_when_descriptors_are_there_again) {
  start();
  const auto first = connect();
  EXPECT_TRUE(reply(first).starts_with("220 "));
  const auto second = connect_later();
  {
    const NoMoreDescriptors none;
    connect(second);
    send(first, "NOOP\r\n");
    EXPECT_TRUE(reply(first).starts_with("250 2.0.0")) << "who is in is served";
  }
  EXPECT_TRUE(reply(second).starts_with("220 "));
}

TEST_F(Loopback, trusted_clients_come_in_beyond_both_limits) {
  settings_.trusted = {*Network::parse("127.0.0.1")};
  start(2, 1);
  std::vector<net::Descriptor> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(connect());
    EXPECT_TRUE(reply(clients.back()).starts_with("220 ")) << "strangers do not shut them out";
  }
}

TEST_F(Loopback, a_front_end_brings_no_more_than_all) {
  settings_.trusted = {*Network::parse("127.0.0.1")};
  settings_.listener.xclient_from = {*Network::parse("127.0.0.1")};
  start(3, 1);
  std::vector<net::Descriptor> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(connect());
    EXPECT_TRUE(reply(clients.back()).starts_with("220 "));
  }
  EXPECT_TRUE(reply(connect()).starts_with("421 4.7.0"));
}

TEST_F(Loopback, a_front_end_that_names_nobody_stays_exempt) {
  settings_.listener.xclient_from = {*Network::parse("127.0.0.1")};
  start(100, 1);
  std::vector<net::Descriptor> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(connect());
    EXPECT_EQ(reply(clients.back()).substr(0, 3), "220");
    send(clients.back(), "XCLIENT ADDR=[UNAVAILABLE] NAME=[UNAVAILABLE]\r\n");
    EXPECT_EQ(reply(clients.back()).substr(0, 3), "220");
  }
}

TEST_F(Loopback, clients_behind_a_front_end_are_counted_by_their_own_network) {
  settings_.listener.xclient_from = {*Network::parse("127.0.0.1")};
  start(100, 1);
  const auto first = connect();
  const auto second = connect();
  EXPECT_EQ(reply(first).substr(0, 3), "220");
  EXPECT_EQ(reply(second).substr(0, 3), "220");  // the front end itself has no limit
  send(first, "XCLIENT ADDR=203.0.113.1\r\n");
  EXPECT_EQ(reply(first).substr(0, 3), "220");
  send(second, "XCLIENT ADDR=203.0.113.2\r\n");
  EXPECT_EQ(reply(second).substr(0, 9), "421 4.7.0");
  EXPECT_EQ(reply(second), "");
  send(first, "XCLIENT ADDR=198.51.100.1\r\nXCLIENT ADDR=203.0.113.3\r\n");
  EXPECT_EQ(reply(first).substr(0, 3), "220");
  EXPECT_EQ(reply(first).substr(0, 3), "220");
}

TEST_F(Loopback, stopping_lets_a_message_finish) {
  start();
  const auto idle = connect();
  const auto busy = connect();
  reply(idle);
  reply(busy);
  send(busy, "HELO a\r\nMAIL FROM:<>\r\nRCPT TO:<postmaster>\r\nDATA\r\n");
  for (int i = 0; i < 4; ++i) reply(busy);
  std::atomic<bool> done = false;
  server_->finish([&] { done = true; });
  EXPECT_TRUE(reply(idle).starts_with("421 4.3.2"));
  EXPECT_FALSE(done);
  send(busy, "Subject: last\r\n\r\n.\r\n");
  EXPECT_TRUE(reply(busy).starts_with("250 2.0.0"));
  EXPECT_TRUE(reply(busy).starts_with("421 4.3.2"));
  while (!done) std::this_thread::yield();
  EXPECT_EQ(server_->sessions(), 0u);
}

TEST_F(Loopback, at_the_end_of_patience_each_client_hears_so) {
  start();
  const auto in_data = connect();
  const auto in_chunks = connect();
  for (const auto* const client : {&in_data, &in_chunks}) {
    reply(*client);
    send(*client, "EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<postmaster>\r\n");
    for (std::string heard; !heard.starts_with("250 2.1.5");) heard = reply(*client);
  }
  send(in_data, "DATA\r\nSubject: ha");
  EXPECT_TRUE(reply(in_data).starts_with("354 "));
  send(in_chunks, "BDAT 3\r\nSub");
  EXPECT_TRUE(reply(in_chunks).starts_with("250 "));
  std::atomic<bool> done = false;
  server_->finish([] {});
  server_->cut_short([&] { done = true; });
  EXPECT_TRUE(reply(in_data).starts_with("421 4.3.2"));
  EXPECT_TRUE(reply(in_chunks).starts_with("421 4.3.2"));
  while (!done) std::this_thread::yield();
}

TEST_F(Loopback, a_port_in_use_is_said_so) {
  start();
  const auto second = net::bind_listener({kLoopback, port_}, 1);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().text(),
            "cannot listen on 127.0.0.1:" + std::to_string(port_) +
                ": the port is in use; stop the program that listens there, or choose another "
                "address in [[listener]]");
}

TEST_F(Loopback, tls_files_that_cannot_be_used) {
  const gateway::settings::Certificate missing{directory_ / "none.pem", directory_ / "none.key"};
  const auto none = net::TlsServer::load(std::span(&missing, 1));
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().text().find("cannot read the TLS certificate " + missing.certificate.string()),
            std::string::npos)
      << none.error().text();
  const auto one = net::self_signed_certificate(directory_ / "one", "a.example");
  const auto two = net::self_signed_certificate(directory_ / "two", "b.example");
  ASSERT_TRUE(one && two);
  const gateway::settings::Certificate mixed{one->certificate, two->key};
  EXPECT_FALSE(net::TlsServer::load(std::span(&mixed, 1)));
  const auto again = net::self_signed_certificate(directory_ / "one", "a.example");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->certificate, one->certificate);
  EXPECT_EQ(std::filesystem::status(one->key).permissions() & std::filesystem::perms::all,
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  const std::vector<gateway::settings::Certificate> both{*one, *two};
  const auto loaded = net::TlsServer::load(both);
  ASSERT_TRUE(loaded) << loaded.error().text();
  EXPECT_GT((*loaded)->expires(), std::chrono::system_clock::now() + std::chrono::hours(24 * 3000));
}

}  // namespace
