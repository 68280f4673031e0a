#pragma once
// An event loop's life on its thread.

#include "gateway/net/asio.h"

namespace gateway::net {

// Runs the loop until it is stopped.  What a handler throws (out of memory) ends that handler, not the
// process: the error is logged and the loop goes on.
void run_loop(asio::io_context& loop);

// This thread takes the processor when it is free, and does not push others from it as soon as a packet
// comes: more is done with each turn, and less turning.
void take_long_turns();

// Has the system give this thread's share of the heap its first pages now: the first large message would
// wait for each of them, and all others of the loop with it.
void warm_memory();

}  // namespace gateway::net
