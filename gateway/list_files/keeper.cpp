#include "gateway/list_files/keeper.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <map>

#include "gateway/journal/log_words.h"
#include "gateway/list_files/file_watch.h"

namespace gateway::list_files {
namespace {

constexpr std::chrono::seconds kPause{2};
constexpr unsigned kTries = 3;

// Files read again, from what was in force then.
struct Renewal {
  std::weak_ptr<const pipeline::InForce> from;
  std::shared_ptr<pipeline::InForce> next;  // null: no list is taken
  std::vector<policy::ListReading> readings;
  std::vector<policy::ListReading> alerts;  // of them, those kept and not told yet
  std::vector<policy::ListFileState> unsettled;
};

}  // namespace

struct Keeper::State {
  explicit State(World its_world) : world(std::move(its_world)) {}

  // On the reader, as the following.
  Renewal look() {
    Renewal renewal;
    const auto standing = world.in_force();
    const Time now = world.now();
    std::vector<settings::Path> due;
    bool expired = false;
    std::map<std::string, FileWatch> watched;
    for (const policy::ListFileState& list : standing->policy->list_files()) {
      FileWatch& watch = watched[list.list] = std::move(watches[list.list]);
      const auto seen = policy::stamp_of(list.file);
      const bool ended = list.next_end && *list.next_end <= now;
      switch (watch.look(seen ? std::optional(*seen) : std::nullopt, list.stamp, ended)) {
        case FileWatch::Step::nothing: break;
        case FileWatch::Step::read: due.push_back(list.file); break;
        case FileWatch::Step::expire: expired = true; break;
        case FileWatch::Step::unsettled: renewal.unsettled.push_back(list); break;
      }
    }
    watches = std::move(watched);  // of lists that there are
    if (!due.empty() || expired) read(*standing, due, 0, renewal);
    renewal.from = standing;
    return renewal;
  }

  void read(const pipeline::InForce& standing, const std::vector<settings::Path>& files,
            std::size_t taken_out, Renewal& renewal) {
    renewal.next = standing.with_lists_read_again(files, taken_out, world.now(), renewal.readings);
    for (const policy::ListReading& reading : renewal.readings)
      if (std::ranges::find(files, reading.file) == files.end())
        continue;  // only what has ended was taken out
      else if (reading.kept.empty())
        watches[reading.list].taken();
      else if (watches[reading.list].kept(reading.kept))
        renewal.alerts.push_back(reading);
  }

  Renewal read_asked(const settings::Path& file, std::size_t taken_out) {
    Renewal renewal;
    const auto standing = world.in_force();
    std::vector<settings::Path> files;
    for (const policy::ListFileState& list : standing->policy->list_files()) {
      std::error_code ignored;
      if (std::filesystem::weakly_canonical(list.file, ignored) == file) files.push_back(list.file);
    }
    if (!files.empty()) read(*standing, files, taken_out, renewal);
    renewal.from = standing;
    return renewal;
  }

  // On the loop.  False when another policy has come in force meanwhile: nothing was done.
  bool apply(const Renewal& renewal) {
    const std::string version(renewal.next ? renewal.next->policy->version() : std::string_view());
    if (renewal.next && !world.replace(renewal.from, renewal.next)) return false;
    for (const policy::ListReading& reading : renewal.readings) {
      if (!reading.kept.empty()) continue;
      spdlog::info("{}", as_log_line(reading, version));
      if (world.news) world.news->taken(reading.list, world.now());
    }
    for (const policy::ListReading& reading : renewal.alerts) {
      spdlog::warn("{}", as_log_line(reading, version));
      if (world.news) world.news->alert(reading.list, world.now(), reading.kept);
    }
    for (const policy::ListFileState& list : renewal.unsettled) {
      if (world.news) world.news->alert(list.list, world.now(), "it changes all the time and is not read");
      spdlog::warn("{}",
                   journal::LogWords()
                       .word("event=list_unsettled list=", {list.list})
                       .quoted(" file=", list.file.string())
                       .quoted(" what=",
                               "it changes all the time and is not read: let who writes it write a file "
                               "beside it and rename that, or use postern list")
                       .view());
    }
    return true;
  }

  const World world;
  std::map<std::string, FileWatch> watches;  // by list; the reader's
};

Keeper::Keeper(World world) : state_(std::make_shared<State>(std::move(world))) {}

void Keeper::run() {
  const auto watch = [](std::shared_ptr<State> state) -> asio::awaitable<void> {
    const auto look = [](State* self) -> asio::awaitable<Renewal> { co_return self->look(); };
    asio::steady_timer pause(state->world.loop);
    for (;;) {
      pause.expires_after(kPause);
      co_await pause.async_wait(asio::use_awaitable);
      try {
        const Renewal renewal =
            co_await asio::co_spawn(state->world.reader, look(state.get()), asio::use_awaitable);
        state->apply(renewal);
      } catch (const std::exception& error) {  // no memory for a long list: the old one stays
        spdlog::error("event=list_watch_failed error=\"{}\"", printable(error.what()));
      }
    }
  };
  asio::co_spawn(state_->world.loop, watch(state_), asio::detached);
}

asio::awaitable<Keeper::Taken> Keeper::take(settings::Path file, std::size_t taken_out) {
  const auto state = state_;
  const auto read = [](State* self, settings::Path wanted, std::size_t gone) -> asio::awaitable<Renewal> {
    co_return self->read_asked(wanted, gone);
  };
  Taken taken;
  for (unsigned tries = 0; tries < kTries; ++tries) {
    const Renewal renewal =
        co_await asio::co_spawn(state->world.reader, read(state.get(), file, taken_out), asio::use_awaitable);
    if (!state->apply(renewal)) continue;  // a reload was faster, perhaps with the file as it was before
    taken.lists = renewal.readings;
    break;
  }
  taken.policy_version = state->world.in_force()->policy->version();
  co_return taken;
}

std::vector<policy::ListReading> shrunk(const policy::Policy& before, const policy::Policy& after) {
  std::vector<policy::ListReading> all;
  const auto earlier = before.list_files();
  for (const policy::ListFileState& list : after.list_files()) {
    const auto was = std::ranges::find_if(
        earlier, [&](const auto& one) { return one.list == list.list && one.file == list.file; });
    if (was != earlier.end() && !policy::why_not_taken(was->entries, list.entries, list.entries == 0).empty())
      all.push_back({list.list, list.file, was->entries, list.entries, {}});
  }
  return all;
}

std::string as_log_line(const policy::ListReading& reading, std::string_view policy_version) {
  const bool taken = reading.kept.empty();
  journal::LogWords line;
  line.word(taken ? "event=list_reloaded list=" : "event=list_kept list=", {reading.list})
      .quoted(" file=", reading.file.string())
      .number(" entries=", taken ? reading.found : reading.before);
  if (taken) return line.number(" before=", reading.before).word(" policy=", {policy_version}).str();
  return line.number(" found=", reading.found)
      .quoted(" why=", reading.kept)
      .quoted(" what=", "the entries read before stay in force; if the file is meant so: postern reload")
      .str();
}

}  // namespace gateway::list_files
