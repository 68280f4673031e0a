#pragma once
// The parts of Asio that headers need.  Asio itself is compiled once, in asio.cpp.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace gateway {

namespace asio = boost::asio;

}  // namespace gateway
