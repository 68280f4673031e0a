#pragma once
// What a loop has one of, for all that runs on it: there as soon as someone asks for it, and as long as the
// loop.

#include <stdexcept>

#include "gateway/net/asio.h"

namespace gateway::net {

// That of the io_context whose executor this is.
template <class Service>
Service& service_of(const asio::any_io_executor& executor) {
  const auto* const its = executor.target<asio::io_context::executor_type>();
  if (its == nullptr) throw std::logic_error("only an io_context is a loop");
  return asio::use_service<Service>(its->context());
}

}  // namespace gateway::net
