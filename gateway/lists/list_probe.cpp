#include "gateway/lists/list_probe.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

#include "filters/dnsxl/test_points.h"

namespace gateway::lists {

using filters::dnsxl::DnsList;
using filters::dnsxl::TestPoint;

// Kept by what it has asked for: answers may come when the probe is gone.
struct ListProbe::State : std::enable_shared_from_this<State> {
  // One list under test.
  struct Test {
    DnsList list;
    std::vector<TestPoint> points;
    std::vector<DnsAnswer> answers;
    std::size_t missing = 0;
  };

  State(asio::any_io_executor its_loop, World its_world)
      : loop(std::move(its_loop)), world(std::move(its_world)), timer(loop) {}

  void look() {
    if (stopping) return;
    for (DnsList& list : world.health->take_due(ListHealth::Clock::now())) begin(std::move(list));
    const auto next = world.health->next_test();
    if (next == ListHealth::Clock::time_point::max()) return;  // a hurry or an answer wakes us
    timer.expires_at(next);
    timer.async_wait([weak = weak_from_this()](boost::system::error_code error) {
      const auto alive = error ? nullptr : weak.lock();
      if (alive) alive->look();
    });
  }

  void begin(DnsList list) {
    auto test = std::make_shared<Test>();
    test->points = filters::dnsxl::test_points(list, world.random());
    test->list = std::move(list);
    test->answers.resize(test->points.size());
    test->missing = test->points.size();
    for (std::size_t i = 0; i < test->points.size(); ++i)
      world.resolver.ask(test->points[i].question, loop,
                         [weak = weak_from_this(), test, i](DnsAnswer answer) {
                           test->answers[i] = std::move(answer);
                           if (--test->missing > 0) return;
                           if (const auto alive = weak.lock()) alive->end(*test);
                         });
  }

  void end(const Test& test) {
    if (stopping) return;
    world.health->tested(test.list,
                         filters::dnsxl::judge_test_points(test.points, test.answers, !world.from_file),
                         ListHealth::Clock::now());
    if (waiting && world.health->all_tested()) waiting->cancel();
    look();
  }

  const asio::any_io_executor loop;
  const World world;
  asio::steady_timer timer;
  asio::steady_timer* waiting = nullptr;  // of first_round()
  bool stopping = false;
};

ListProbe::ListProbe(asio::any_io_executor loop, World world)
    : state_(std::make_shared<State>(std::move(loop), std::move(world))) {}

ListProbe::~ListProbe() {
  state_->world.health->on_hurry({});
  state_->stopping = true;
  state_->timer.cancel();
}

void ListProbe::run() {
  state_->world.health->on_hurry([weak = std::weak_ptr(state_), loop = state_->loop] {
    asio::post(loop, [weak] {
      if (const auto alive = weak.lock()) alive->look();
    });
  });
  state_->look();
}

asio::awaitable<void> ListProbe::first_round(std::chrono::milliseconds patience) {
  const auto state = state_;
  if (state->world.health->all_tested()) co_return;
  asio::steady_timer over(state->loop, patience);
  state->waiting = &over;
  boost::system::error_code all_tested;
  co_await over.async_wait(asio::redirect_error(asio::use_awaitable, all_tested));
  state->waiting = nullptr;
}

}  // namespace gateway::lists
