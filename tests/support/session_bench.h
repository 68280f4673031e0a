#pragma once
// One session on a scripted connection, run by hand: feed, let it work, look.

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "gateway/smtp/session.h"
#include "tests/support/script_stream.h"

namespace support {

class SessionBench {
 public:
  SessionBench(gateway::smtp::SessionSettings settings, gateway::smtp::ReceptionDesk& desk,
               const gateway::IpAddress& client, std::shared_ptr<Wire> wire = std::make_shared<Wire>());
  ~SessionBench();

  // Before start(), octets sent come before the greeting.
  void start();
  void send(std::string octets);
  void hang_up();
  void notify() { stream_->notify(); }            // the wire has changed
  void settle();                                  // runs the loop until nothing is left to do
  void wait(std::chrono::milliseconds patience);  // for work that other threads do
  void pass(std::chrono::seconds time);           // for deadlines: no real time passes

  std::string take();  // what the server wrote since the last call
  bool over() const { return over_; }
  Wire& wire() { return *wire_; }
  gateway::smtp::Session& session() { return *session_; }
  gateway::asio::io_context& loop() { return loop_; }
  gateway::smtp::MemoryBudget& memory() { return *memory_; }
  const gateway::net::BlockPool& blocks() const { return blocks_; }
  std::shared_ptr<gateway::smtp::MemoryBudget> shared_memory() { return memory_; }

  // Settings a session can run with: mx.example.com, example limits, no TLS.
  static gateway::smtp::SessionSettings settings();
  // Sessions want a certificate before they offer STARTTLS; the scripted stream never looks at it.
  static std::shared_ptr<const gateway::net::TlsServer> certificate();

 private:
  std::shared_ptr<Wire> wire_;
  gateway::net::BlockPool blocks_{gateway::smtp::kInputOctets, gateway::smtp::kInputBlocksKept};
  gateway::asio::io_context loop_;
  gateway::net::Watch watch_;
  std::shared_ptr<gateway::smtp::MemoryBudget> memory_;
  ScriptStream* stream_ = nullptr;
  std::unique_ptr<gateway::smtp::Session> session_;
  bool over_ = false;
};

}  // namespace support
