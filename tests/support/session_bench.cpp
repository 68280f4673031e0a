#include "tests/support/session_bench.h"

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <stdexcept>

#include "gateway/net/tls.h"
#include "tests/support/temporary_directory.h"

namespace support {

namespace asio = gateway::asio;
namespace smtp = gateway::smtp;

SessionBench::SessionBench(smtp::SessionSettings settings, smtp::ReceptionDesk& desk,
                           const gateway::IpAddress& client, std::shared_ptr<Wire> wire)
    : wire_(std::move(wire)), memory_(std::make_shared<smtp::MemoryBudget>(settings.limits.memory)) {
  auto stream = std::make_unique<ScriptStream>(loop_.get_executor(), wire_);
  stream_ = stream.get();
  const auto spool = std::make_shared<smtp::Spool>(
      smtp::Spool{std::filesystem::temp_directory_path(), loop_.get_executor(), memory_});
  session_ = std::make_unique<smtp::Session>(
      std::make_shared<const smtp::SessionSettings>(std::move(settings)),
      smtp::SessionWorld{loop_.get_executor(), watch_, blocks_, desk, spool}, std::move(stream), client, 4711);
}

SessionBench::~SessionBench() {
  // Frames still waiting are destroyed with the loop, and refer to the session: let them end first.
  wire_->client_gone = true;
  wire_->fail_at = 0;
  stream_->cancel();
  settle();
}

void SessionBench::start() {
  asio::co_spawn(loop_, session_->run(), [this](const std::exception_ptr& error) {
    over_ = true;
    if (error) std::rethrow_exception(error);
  });
  settle();
}

void SessionBench::send(std::string octets) {
  wire_->to_server.push_back(std::move(octets));
  stream_->notify();
}

void SessionBench::hang_up() {
  wire_->client_gone = true;
  stream_->notify();
}

void SessionBench::settle() {
  loop_.restart();
  loop_.poll();
}

void SessionBench::wait(std::chrono::milliseconds patience) {
  loop_.restart();
  loop_.run_one_for(patience);
}

void SessionBench::pass(std::chrono::seconds time) {
  watch_.advance(watch_.now() + time);
  settle();
}

std::string SessionBench::take() { return std::exchange(wire_->from_server, {}); }

smtp::SessionSettings SessionBench::settings() {
  smtp::SessionSettings settings;
  settings.hostname = "mx.example.com";
  settings.name = "192.0.2.25:25";
  settings.listener.tls = gateway::settings::ListenerTls::off;
  return settings;
}

std::shared_ptr<const gateway::net::TlsServer> SessionBench::certificate() {
  static const std::shared_ptr<const gateway::net::TlsServer> made = [] {
    const TemporaryDirectory directory;
    const auto files = gateway::net::self_signed_certificate(directory.path(), "mx.example.com");
    if (!files) throw std::runtime_error(files.error().text());
    return *gateway::net::TlsServer::load(std::span(&*files, 1));
  }();
  return made;
}

}  // namespace support
