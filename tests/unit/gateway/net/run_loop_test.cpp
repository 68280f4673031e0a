#include "gateway/net/run_loop.h"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <new>

namespace gateway::net {
namespace {

TEST(RunLoop, goes_on_behind_a_handler_that_throws) {
  asio::io_context loop;
  int ran = 0;
  asio::post(loop, [&] { ++ran; });
  asio::post(loop, [] { throw std::bad_alloc(); });
  asio::post(loop, [&] { ++ran; });
  run_loop(loop);
  EXPECT_EQ(ran, 2);
}

}  // namespace
}  // namespace gateway::net
