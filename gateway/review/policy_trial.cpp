#include "gateway/review/policy_trial.h"

#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <unistd.h>

#include "gateway/journal/log_words.h"
#include "gateway/review/policy_files.h"

namespace gateway::review {
namespace {

constexpr int kNiceness = 19;
constexpr std::size_t kSamples = 5;

void log(std::string_view event, const PolicyTrial::State& state) {
  journal::LogWords line;
  line.word("event=", {event}).quoted(" by=", state.order.by).number(" days=", state.order.days);
  spdlog::info("{}", line.view());
}

}  // namespace

PolicyTrial::~PolicyTrial() {
  cancelled_ = true;
  if (thread_.joinable()) thread_.join();
}

bool PolicyTrial::start(Order order, std::shared_ptr<const pipeline::InForce> in_force,
                        const std::filesystem::path& journal, Time now) {
  const std::lock_guard lock(mutex_);
  if (state_.stage == Stage::running) return false;
  if (thread_.joinable()) thread_.join();  // it has ended, but for its last line
  cancelled_ = false;
  state_ = State{.stage = Stage::running, .order = std::move(order)};
  state_.period = {now - std::chrono::days(state_.order.days), now + std::chrono::seconds(1)};
  log("policy_trial", state_);
  thread_ =
      std::thread([this, in_force = std::move(in_force), journal, now] { run(in_force, journal, now); });
  return true;
}

void PolicyTrial::cancel() { cancelled_ = true; }

PolicyTrial::State PolicyTrial::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

void PolicyTrial::change(const std::function<void(State&)>& how) {
  const std::lock_guard lock(mutex_);
  how(state_);
}

void PolicyTrial::run(const std::shared_ptr<const pipeline::InForce>& in_force,
                      const std::filesystem::path& journal, Time now) {
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNiceness);  // of this thread and those it makes
  const State order = state();
  policy::Diagnostics diagnostics;
  try {
    const std::shared_ptr<const pipeline::InForce> draft =
        with_draft(*in_force, order.order.place, order.order.draft, now, diagnostics);
    if (!draft)
      return change([&](State& state) {
        state.stage = Stage::wrong;
        state.diagnostics = std::move(diagnostics);
      });
    auto lines = replay::DayLines::open(journal, order.period);
    if (!lines)
      return change([&](State& state) {
        state.stage = Stage::failed;
        state.failure = lines.error().text();
      });
    const auto until = std::chrono::steady_clock::now() + bounds_.time;
    std::atomic<bool> late{false};
    const replay::Plan plan{.in_force = *draft,
                            .lines = **lines,
                            .period = order.period,
                            .trial = true,
                            .samples = kSamples,
                            .threads = 1,
                            .enough = [&] {
                              if (std::chrono::steady_clock::now() > until) late = true;
                              return cancelled_ || late;
                            }};
    auto found = std::make_shared<const replay::Differences>(
        replay::run(plan, [this](double share) { change([&](State& state) { state.share = share; }); }));
    change([&](State& state) {
      state.stage = cancelled_ ? Stage::cancelled : Stage::done;
      state.stopped_early = late;
      if (!late) state.share = 1;
      state.diagnostics = std::move(diagnostics);
      state.version = draft->policy->version();
      state.rules = draft->policy->rules();
      state.differences = std::move(found);
    });
  } catch (const std::exception& error) {
    change([&](State& state) {
      state.stage = Stage::failed;
      state.failure = error.what();
    });
  }
}

}  // namespace gateway::review
