// The control socket: one answer a line, for people who may; stale sockets are replaced, living ones are not.
#include "gateway/control/server.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <fstream>
#include <thread>

#include "tests/support/temporary_directory.h"

namespace {

namespace json = boost::json;
using gateway::control::Server;

gateway::asio::awaitable<json::object> says_nothing(const json::object&, gateway::control::Peer) { co_return json::object(); }

class ControlSocket : public testing::Test {
 protected:
  ~ControlSocket() override {
    loop_.stop();
    if (thread_.joinable()) thread_.join();
  }
  auto open() {
    return Server::open(loop_, socket_, [](json::object request, gateway::control::Peer) -> gateway::asio::awaitable<json::object> {
      co_return json::object{{"ok", true}, {"heard", std::move(request)}};
    });
  }
  void run() {
    thread_ = std::thread([this] { loop_.run(); });
  }

  support::TemporaryDirectory directory_;
  std::filesystem::path socket_ = directory_.path() / "control.sock";
  gateway::asio::io_context loop_{1};
  std::thread thread_;
};

TEST_F(ControlSocket, AnswersEachRequest) {
  auto server = open();
  ASSERT_TRUE(server) << server.error().text();
  run();
  for (int i = 0; i < 3; ++i) {
    const auto answer = gateway::control::ask(socket_, {{"command", "reload"}, {"n", i}});
    ASSERT_TRUE(answer) << answer.error().text();
    EXPECT_EQ(answer->at("heard").at("n").as_int64(), i);
  }
  loop_.stop();
  thread_.join();
  server->reset();
  EXPECT_FALSE(std::filesystem::exists(socket_));
}

TEST_F(ControlSocket, IsForItsOwnerOnly) {
  const auto server = open();
  ASSERT_TRUE(server);
  struct stat status {};
  ASSERT_EQ(::stat(socket_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(ControlSocket, ReplacesWhatADeadServerLeft) {
  {
    gateway::asio::io_context other(1);
    auto server = Server::open(other, socket_, says_nothing);
    ASSERT_TRUE(server);
    std::filesystem::create_hard_link(socket_, directory_.path() / "left");
  }
  std::filesystem::rename(directory_.path() / "left", socket_);
  const auto server = open();
  EXPECT_TRUE(server) << server.error().text();
}

// Handlers are counted: none of them may run again and again while descriptors are lacking.
TEST_F(ControlSocket, IsQuietWhileThereAreNoDescriptors) {
  const auto server = open();
  ASSERT_TRUE(server);
  gateway::asio::io_context others;
  gateway::asio::local::stream_protocol::socket client(others);
  client.open();
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{0, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  boost::system::error_code error;
  client.connect(gateway::asio::local::stream_protocol::endpoint(socket_.string()), error);
  const std::size_t handlers = loop_.run_for(std::chrono::milliseconds(50));
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_FALSE(error) << error.message();
  EXPECT_LT(handlers, 10u);

  run();
  const auto answer = gateway::control::ask(socket_, {{"command", "reload"}});
  EXPECT_TRUE(answer) << answer.error().text();
}

TEST_F(ControlSocket, LeavesALivingServerAlone) {
  const auto server = open();
  ASSERT_TRUE(server);
  run();
  gateway::asio::io_context other(1);
  const auto second = Server::open(other, socket_, says_nothing);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().text().find("another gateway is running"), std::string::npos);
}

TEST_F(ControlSocket, LeavesAFileAlone) {
  std::ofstream(socket_) << "precious";
  const auto server = open();
  ASSERT_FALSE(server);
  EXPECT_NE(server.error().text().find("no socket"), std::string::npos);
  EXPECT_EQ(std::filesystem::file_size(socket_), 8u);
}

TEST_F(ControlSocket, SaysWhenNobodyAnswers) {
  const auto answer = gateway::control::ask(socket_, {{"command", "reload"}});
  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().text().find("is it running?"), std::string::npos);
}

}  // namespace
