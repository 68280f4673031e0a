#include "gateway/held/door.h"

#include <boost/asio/co_spawn.hpp>
#include <condition_variable>
#include <exception>
#include <iterator>
#include <mutex>

namespace gateway::held {
namespace {

constexpr std::chrono::seconds kPatience{60};
constexpr std::chrono::milliseconds kLook{100};  // whether the gateway is ending

template <class T>
struct Answer {  // kept by both sides
  std::mutex mutex;
  std::condition_variable came;
  std::optional<T> value;
  bool done = false;
};

// One after the other, as the command does.
template <class Act>
asio::awaitable<Outcome> for_each(std::vector<std::string> ids, Act act) {
  Outcome all;
  for (const std::string& id : ids) {
    Outcome one = co_await act(id);
    all.insert(all.end(), std::make_move_iterator(one.begin()), std::make_move_iterator(one.end()));
  }
  co_return all;
}

}  // namespace

template <class T, class Work>
std::optional<T> Door::ask(Work work) {
  const auto answer = std::make_shared<Answer<T>>();
  asio::co_spawn(main_, std::move(work), [answer](const std::exception_ptr& failed, T value) {
    const std::lock_guard lock(answer->mutex);
    answer->done = true;
    if (!failed) answer->value = std::move(value);
    answer->came.notify_one();
  });
  const auto until = std::chrono::steady_clock::now() + kPatience;
  std::unique_lock lock(answer->mutex);
  while (!answer->done && !closed_ && std::chrono::steady_clock::now() < until)
    answer->came.wait_for(lock, kLook);
  return std::move(answer->value);
}

std::optional<Outcome> Door::release(std::vector<std::string> ids, ReleaseTerms terms, Person person) {
  return ask<Outcome>([&desk = desk_, ids = std::move(ids), terms = std::move(terms), person]() {
    return for_each(
        ids, [&desk, terms, person](const std::string& id) { return desk.release(id, terms, person); });
  });
}

std::optional<Outcome> Door::remove(std::vector<std::string> ids, Person person) {
  return ask<Outcome>([&desk = desk_, ids = std::move(ids), person]() {
    return for_each(ids, [&desk, person](const std::string& id) { return desk.remove(id, person); });
  });
}

std::optional<Desk::Reading> Door::read(std::string id, Person person) {
  return ask<Desk::Reading>([&desk = desk_, id = std::move(id), person]() {
    return desk.read(id, delivery::Keep::quarantine, person);
  });
}

}  // namespace gateway::held
