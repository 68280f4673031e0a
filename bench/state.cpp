// What a question of the shared state and an update cost: for bench/README.md.
#include <time.h>

#include <chrono>
#include <cstdio>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "gateway/state/memory.h"

namespace {

using namespace gateway;

constexpr std::size_t kKeys = 400'000;
constexpr std::size_t kTimes = 1'000'000;
const Time kNow{std::chrono::seconds(1'700'000'000)};

std::vector<std::string> keys() {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < kKeys; ++i)
    all.push_back("spf domain" + std::to_string(i * 7919 % kKeys) +
                  ".example\nnews@a.example\nerika@example.com");
  return all;
}

// Of this thread's own: what the neighbours take is not counted.
double processor_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

template <class Work>
void measure(const char* what, Work work) {
  for (const unsigned threads : {1u, 2u}) {
    std::vector<double> taken(threads);
    std::vector<std::thread> all;
    for (unsigned i = 0; i < threads; ++i)
      all.emplace_back([&, i] {
        const double began = processor_ns();
        for (std::size_t n = 0; n < kTimes; ++n) work(n + i * kKeys / 2);
        taken[i] = (processor_ns() - began) / kTimes;
      });
    for (std::thread& one : all) one.join();
    std::printf("%-28s %u threads  %5.0f ns of processor time each\n", what, threads,
                std::accumulate(taken.begin(), taken.end(), 0.0) / threads);
  }
}

}  // namespace

int main() {
  const auto all = keys();
  state::Memory memory;
  std::vector<StateQuestion> marks(kKeys);
  std::vector<StateQuestion> rates(kKeys);
  std::vector<StateUpdate> touches(kKeys);
  for (std::size_t i = 0; i < kKeys; ++i) {
    marks[i].table = touches[i].table = "greylist";
    marks[i].key = touches[i].key = all[i];
    touches[i].keep = std::chrono::hours(24);
    rates[i] = {StateQuestion::Asks::rate, "rate.client", "192.0." + std::to_string(i % 50'000) + "/24", 1,
                std::chrono::hours(1)};
  }
  measure("update: touch a mark", [&](std::size_t n) { memory.learn(touches[n % kKeys], kNow); });
  measure("ask: a mark", [&](std::size_t n) { memory.answer(marks[n % kKeys], kNow); });
  measure("ask: count and tell a rate", [&](std::size_t n) { memory.answer(rates[n % kKeys], kNow); });
  measure("ask: one rate, all the same", [&](std::size_t) { memory.answer(rates[0], kNow); });
}
