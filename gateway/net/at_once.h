#pragma once
// For a function that mostly has to wait, and now has its answer already.

#include "gateway/net/asio.h"

namespace gateway::net {

template <class Answer>
asio::awaitable<Answer> at_once(Answer answer) {
  co_return answer;
}

inline asio::awaitable<void> at_once() { co_return; }

}  // namespace gateway::net
