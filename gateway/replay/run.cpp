#include "gateway/replay/run.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

#include "gateway/journal/decode.h"
#include "gateway/journal/note.h"

namespace gateway::replay {
namespace {

constexpr std::chrono::milliseconds kStep{100};

// One thread's share.
class Reader {
 public:
  Reader(const Plan& plan, const Retrial& retrial)
      : plan_(plan), retrial_(retrial), differences_(plan.samples) {}

  void read() {
    std::string block;
    while (!(plan_.enough && plan_.enough()) && plan_.lines.next(block)) {
      std::string_view rest = block;
      while (!rest.empty()) {
        const std::size_t end = rest.find('\n');
        line(rest.substr(0, end));
        rest.remove_prefix(end + 1);
      }
    }
  }

  Differences take() { return std::move(differences_); }

 private:
  void line(std::string_view line) {
    if (line.empty() || journal::is_note(line)) return;
    Time when{};
    if (peek_time(line, when) && !plan_.period.has(when)) return;
    auto recorded = journal::decode(line, plan_.in_force.vocabulary, retrial_.wanted().options());
    if (!recorded) {
      ++differences_.unreadable;
      return;
    }
    if (!plan_.period.has(recorded->start)) return;
    ++(recorded->session ? differences_.sessions : differences_.transactions);
    if (plan_.dns) ask_again(*recorded);
    retrial_.judge(*recorded, [this](const Retried& retried) { differences_.add(retried); });
    if (!plan_.trial) return;
    for (const journal::RecordedRecipient& recipient : recorded->recipients)
      for (const std::string& rule : recipient.verdict.trial) ++differences_.trials[rule].recorded;
  }

  void ask_again(journal::Recorded& recorded) {
    const TodaysDns::Found found = plan_.dns->refresh(recorded);
    if (found != TodaysDns::Found::not_asked) ++differences_.asked_again;
    if (found == TodaysDns::Found::otherwise) ++differences_.answered_otherwise;
  }

  const Plan& plan_;
  const Retrial& retrial_;
  Differences differences_;
};

}  // namespace

Differences run(const Plan& plan, const std::function<void(double)>& progress) {
  const Retrial retrial(plan.in_force, plan.trial);
  Differences all(plan.samples);
  std::mutex mutex;
  std::condition_variable ended;
  unsigned running = std::max(plan.threads, 1u);
  std::exception_ptr failed;
  const auto work = [&] {
    Reader reader(plan, retrial);
    std::exception_ptr error;
    try {
      reader.read();
    } catch (...) {
      error = std::current_exception();
    }
    const std::lock_guard lock(mutex);
    all.merge(reader.take());
    if (error) failed = error;
    --running;
    ended.notify_one();
  };
  {
    std::vector<std::jthread> threads;
    for (unsigned i = running; i > 0; --i) threads.emplace_back(work);
    std::unique_lock lock(mutex);
    while (!ended.wait_for(lock, kStep, [&] { return running == 0; })) {
      const double octets = static_cast<double>(plan.lines.octets());
      if (progress && octets > 0)
        progress(std::min(1.0, static_cast<double>(plan.lines.octets_read()) / octets));
    }
  }
  if (failed) std::rethrow_exception(failed);
  all.unreadable += plan.lines.passed_over();
  return all;
}

}  // namespace gateway::replay
