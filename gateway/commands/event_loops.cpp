#include "gateway/commands/event_loops.h"

#include <algorithm>
#include <semaphore>
#include <thread>

#include "gateway/net/run_loop.h"

namespace gateway::commands {
namespace {

constexpr unsigned kMostLoops = 16;

std::vector<std::shared_ptr<const smtp::SessionSettings>> session_settings(
    const settings::Settings& settings, const std::shared_ptr<const net::TlsServer>& tls) {
  std::vector<std::shared_ptr<const smtp::SessionSettings>> all;
  for (const settings::Listener& listener : settings.listeners)
    for (const settings::Endpoint& endpoint : listener.address)
      all.push_back(std::make_shared<const smtp::SessionSettings>(smtp::SessionSettings{
          settings.hostname, endpoint.text(), listener, settings.limits, settings.trusted, settings.relays,
          listener.tls == settings::ListenerTls::off ? nullptr : tls}));
  return all;
}

}  // namespace

// Members go in the reverse order: what sessions use ends after the loop that owns them.
struct EventLoops::Loop {
  explicit Loop(const pipeline::Works& works) : desk(works), loop(std::make_unique<asio::io_context>(1)) {}
  ~Loop() {
    server.reset();
    watch.stop();
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  net::Watch watch;
  net::BlockPool blocks{smtp::kInputOctets, smtp::kInputBlocksKept};
  pipeline::FrontDesk desk;
  std::unique_ptr<asio::io_context> loop;
  std::unique_ptr<smtp::Server> server;
  std::thread thread;
};

EventLoops::EventLoops() : size_(std::clamp(std::thread::hardware_concurrency(), 1u, kMostLoops)) {
  for (unsigned i = 0; i < size_; ++i) tallies_.push_back(std::make_unique<metrics::Tally>());
}

EventLoops::~EventLoops() { stop(); }

Result<void> EventLoops::bind(const settings::Settings& settings) {
  for (const settings::Listener& listener : settings.listeners)
    for (const settings::Endpoint& endpoint : listener.address) {
      auto sockets = net::bind_listener(endpoint, size_);
      if (!sockets) return sockets.error();
      listening_.push_back({sockets->endpoint.text(), std::make_shared<smtp::SessionCount>()});
      bound_.push_back(std::move(*sockets));
    }
  return {};
}

void EventLoops::run(const settings::Settings& settings, const std::shared_ptr<const net::TlsServer>& tls,
                     pipeline::Works works, const std::shared_ptr<const smtp::Spool>& spool,
                     const std::shared_ptr<net::ConnectionCount>& connections) {
  const auto sessions = session_settings(settings, tls);
  for (unsigned i = 0; i < size_; ++i) {
    works.tally = tallies_[i].get();
    auto loop = std::make_unique<Loop>(works);
    loop->server = std::make_unique<smtp::Server>(*loop->loop, loop->watch, loop->blocks, loop->desk, spool,
                                                  connections);
    for (std::size_t n = 0; n < bound_.size(); ++n)
      loop->server->listen(std::move(bound_[n].sockets[i]), sessions[n], listening_[n].count);
    loop->watch.run(*loop->loop);
    loops_.push_back(std::move(loop));
  }
  bound_.clear();
  for (const auto& loop : loops_)
    loop->thread = std::thread([context = loop->loop.get()] {
      const auto stay = asio::make_work_guard(*context);
      net::take_long_turns();
      net::warm_memory();
      net::run_loop(*context);
    });
}

void EventLoops::reload(const settings::Settings& settings,
                        const std::shared_ptr<const net::TlsServer>& tls) {
  for (const auto& session : session_settings(settings, tls))
    for (const auto& loop : loops_) loop->server->reload(session);
}

void EventLoops::finish(const std::function<void()>& one_done) {
  for (const auto& loop : loops_) loop->server->finish(one_done);
}

void EventLoops::cut_short(std::chrono::milliseconds patience) {
  const auto done = std::make_shared<std::counting_semaphore<>>(0);
  for (const auto& loop : loops_) loop->server->cut_short([done] { done->release(); });
  const auto until = std::chrono::steady_clock::now() + patience;
  for (std::size_t i = 0; i < loops_.size(); ++i)
    if (!done->try_acquire_until(until)) return;
}

void EventLoops::stop() {
  for (const auto& loop : loops_) loop->loop->stop();
  for (const auto& loop : loops_)
    if (loop->thread.joinable()) loop->thread.join();
}

std::size_t EventLoops::sessions() const {
  std::size_t all = 0;
  for (const auto& loop : loops_) all += loop->server->sessions();
  return all;
}

}  // namespace gateway::commands
