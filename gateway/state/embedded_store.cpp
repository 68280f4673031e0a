#include "gateway/state/embedded_store.h"

#include <spdlog/spdlog.h>

namespace gateway::state {

EmbeddedStore::EmbeddedStore(std::filesystem::path directory, delivery::Disk& disk, Clock clock,
                             MemoryBounds bounds, Pace pace)
    : clock_(std::move(clock)), pace_(pace), memory_(bounds), file_(std::move(directory), disk, memory_) {
  load();
  thread_ = std::thread([this] { run(); });
}

EmbeddedStore::~EmbeddedStore() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void EmbeddedStore::load() {
  const StateFile::Loaded loaded = file_.load(clock_());
  if (loaded.trouble.empty()) return;
  spdlog::warn(
      "event={} entries={} what=\"the file of the shared state: {}; it is kept as shared.state.damaged, and "
      "we {}\"",
      loaded.foreign ? "state_foreign" : "state_damaged", loaded.entries, printable(loaded.trouble),
      loaded.entries > 0 ? "go on with what was whole" : "begin anew");
}

std::optional<std::vector<StateAnswer>> EmbeddedStore::ask(std::span<const StateQuestion> questions, Time now,
                                                           boost::asio::any_io_executor, Reply) {
  std::vector<StateAnswer> answers;
  answers.reserve(questions.size());
  for (const StateQuestion& question : questions) answers.push_back(memory_.answer(question, now));
  return answers;
}

void EmbeddedStore::update(std::vector<StateUpdate> updates, Time now) {
  for (const StateUpdate& one : updates) memory_.learn(one, now);
}

void EmbeddedStore::run() {
  bool saved = save();  // the file is there, and whole, from the start on
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      if (wake_.wait_for(lock, saved ? pace_.save : pace_.retry, [this] { return stop_; })) break;
    }
    saved = save();
  }
  save();
}

// False when the disk did not take it.
bool EmbeddedStore::save() {
  const Result<void> done = file_.save(clock_());
  if (!done && !complained_)
    spdlog::error(
        "event=state_not_saved error=\"{}\" what=\"the shared state is in memory only: a restart would "
        "forget it\"",
        printable(done.error().text()));
  else if (done && complained_)
    spdlog::warn("event=state_saved_again");
  complained_ = !done;
  return done.has_value();
}

}  // namespace gateway::state
