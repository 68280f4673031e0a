#include "gateway/delivery/offer_probe.h"

#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <set>

namespace gateway::delivery {
namespace {

constexpr std::chrono::minutes kFresh{10};
constexpr std::chrono::minutes kLook{1};  // so that one that was down is soon known again

}  // namespace

// Kept by the coroutines: one under way may outlive the probe.
struct OfferProbe::State {
  State(asio::io_context& loop, ServerBook& its_book) : book(its_book), timer(loop) {}

  static asio::awaitable<void> ask(std::shared_ptr<State> state, std::shared_ptr<KnownServer> server);

  ServerBook& book;  // not used once `stopping` is set
  asio::steady_timer timer;
  std::set<const KnownServer*> asked;  // and have not answered yet
  bool stopping = false;
};

bool is_due(const KnownServer::News& news, KnownServer::Clock::time_point now) {
  if (news.at == KnownServer::Clock::time_point::min()) return true;
  return now - news.at >= (news.answers ? kFresh : kLook);
}

OfferProbe::OfferProbe(asio::io_context& loop, ServerBook& book)
    : state_(std::make_shared<State>(loop, book)) {}

OfferProbe::~OfferProbe() {
  state_->stopping = true;
  state_->timer.cancel();
}

void OfferProbe::run() { asio::co_spawn(state_->timer.get_executor(), work(state_), asio::detached); }

void OfferProbe::look_again() { state_->timer.cancel(); }

asio::awaitable<void> OfferProbe::work(std::shared_ptr<State> state) {
  while (!state->stopping) {
    for (const std::shared_ptr<KnownServer>& server : state->book.in_use()) {
      if (state->asked.contains(server.get()) || !is_due(server->news(), KnownServer::Clock::now())) continue;
      state->asked.insert(server.get());
      asio::co_spawn(state->timer.get_executor(), State::ask(state, server), asio::detached);
    }
    state->timer.expires_after(kLook);
    boost::system::error_code ignored;
    co_await state->timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

asio::awaitable<void> OfferProbe::State::ask(std::shared_ptr<State> state,
                                             std::shared_ptr<KnownServer> server) {
  try {
    const KnownServer::Opened opened = co_await server->open();
    if (opened.opening != Opening::ready)
      spdlog::warn("event=mailstore_not_asked server={} error=\"{}\"", printable(server->text()),
                   printable(opened.trouble));
  } catch (const std::exception& bug) {
    spdlog::error("event=mailstore_not_asked server={} error=\"{}\"", printable(server->text()),
                  printable(bug.what()));
  }
  state->asked.erase(server.get());
}

}  // namespace gateway::delivery
