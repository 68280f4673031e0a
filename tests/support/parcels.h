#pragma once
// Parcels to hand over, and a way to await what takes them.

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/delivery/mailstore.h"

namespace support {

inline gateway::delivery::Parcel parcel(std::vector<std::string> recipients = {"u@example.com"},
                                        std::string body = "Hello\r\n.dot\r\n") {
  gateway::delivery::Parcel made;
  made.id = "0ABCDEFGHJK1";
  made.mailstore = "main";
  made.sender = gateway::Address::parse("s@a.example").value();
  for (const std::string& recipient : recipients)
    made.recipients.push_back({gateway::Address::parse(recipient).value()});
  made.header = "Received: by mx\r\nSubject: one\r\n";
  const std::string received = "Subject: one\r\n\r\n";
  made.body_offset = received.size();
  made.octets = std::make_shared<gateway::MemoryOctets>(received + std::move(body));
  return made;
}

// Runs the loop until `task` is done.
template <class T>
T await(gateway::asio::io_context& loop, gateway::asio::awaitable<T> task) {
  std::optional<T> result;
  std::exception_ptr trouble;
  bool done = false;
  gateway::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr error, T value) {
    trouble = error;
    result = std::move(value);
    done = true;
  });
  loop.restart();
  while (!done && loop.run_one() > 0) {
  }
  if (trouble) std::rethrow_exception(trouble);
  return std::move(result).value();
}

}  // namespace support
