#pragma once
// The real desk without a session: its calls one by one, as a session makes them.

#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/co_spawn.hpp>

#include "gateway/delivery/deliver_or_hold.h"
#include "gateway/dns/zone_resolver.h"
#include "gateway/pipeline/desk.h"
#include "tests/support/desk_world.h"
#include "tests/support/memory_mailstore.h"
#include "tests/support/temporary_directory.h"

namespace support {

struct DeskBench {
  explicit DeskBench(std::shared_ptr<gateway::pipeline::InForce> in_force, gateway::dns::Zone zone = {})
      : resolver(std::move(zone)), standing(fitted(std::move(in_force))) {}

  // With this bench's mailstore behind it.
  std::shared_ptr<gateway::pipeline::InForce> fitted(std::shared_ptr<gateway::pipeline::InForce> in_force) {
    in_force->delivery = std::make_shared<gateway::delivery::Handler>(
        std::map<std::string, std::shared_ptr<gateway::delivery::Mailstore>>{{"main", mailstore}}, held,
        in_force->settings->when_unreachable);
    return in_force;
  }

  template <class T>
  T wait(gateway::asio::awaitable<T> work) {
    std::optional<T> result;
    std::exception_ptr failed;
    gateway::asio::co_spawn(loop, std::move(work), [&](const std::exception_ptr& error, T value) {
      failed = error;
      result = std::move(value);
    });
    loop.restart();
    loop.run();
    if (failed) std::rethrow_exception(failed);
    return std::move(*result);
  }

  std::unique_ptr<gateway::smtp::Reception> open() { return desk.open(loop.get_executor()); }

  // The codes of all replies: MAIL, RCPT, and the end of data when RCPT was taken.
  std::string transact(gateway::smtp::Reception& reception, const std::string& recipient,
                       const std::string& header, const std::string& sender = "x@a.example") {
    gateway::Envelope envelope;
    envelope.sender = gateway::Address::odd(sender);
    const auto mail = wait(reception.sender(client, envelope));
    std::string codes = std::to_string(mail.code());
    if (!mail.positive()) return codes;
    return codes + " " + finish(reception, recipient, header);
  }

  std::string finish(gateway::smtp::Reception& reception, const std::string& recipient,
                     const std::string& header) {
    const auto rcpt = wait(reception.recipient({gateway::Address::odd(recipient)}));
    std::string codes = std::to_string(rcpt.code());
    if (!rcpt.positive()) {
      reception.abandoned("RSET");
      return codes;
    }
    wait(reception.data());
    reception.header_complete(header);
    gateway::smtp::Received received;
    received.octets = std::make_shared<gateway::MemoryOctets>(header + "\r\nHello.\r\n");
    received.body_offset = header.size() + 2;
    return codes + " " + std::to_string(wait(reception.message(received)).code());
  }

  gateway::asio::io_context loop;
  const TemporaryDirectory directory;
  std::shared_ptr<MemoryMailstore> mailstore = std::make_shared<MemoryMailstore>();
  MemoryHeldStore held;
  gateway::dns::ZoneResolver resolver;
  gateway::pipeline::Standing standing;
  gateway::journal::IdMaker ids{1};
  gateway::journal::Journal journal{directory.path(), 0};
  gateway::state::NoState state;
  gateway::state::TroubleMemory trouble;
  gateway::journal::SessionLimiter session_limiter{1};
  gateway::pipeline::FrontDesk desk{
      {standing, resolver, state, nullptr, ids, journal, trouble, session_limiter}};
  gateway::smtp::Client client{.ip = *gateway::IpAddress::parse("192.0.2.7"), .helo = "relay.a.example"};
};

}  // namespace support
