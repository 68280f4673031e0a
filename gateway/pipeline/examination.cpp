#include "gateway/pipeline/examination.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <optional>
#include <set>
#include <stdexcept>

#include "gateway/metrics/tally.h"
#include "gateway/net/at_once.h"
#include "gateway/pipeline/finding_check.h"
#include "gateway/pipeline/guarded.h"
#include "gateway/pipeline/inquiry.h"
#include "gateway/pipeline/snapshot.h"

namespace gateway::pipeline {
namespace {

using filters::Filter;
using filters::Finding;

// One filter on its way.
struct Work {
  enum class State { waiting, asking, examining, done };

  const Filter* filter = nullptr;
  FactOwnership owned;  // the facts it must leave
  Phase phase = Phase::message;
  Phase earliest = Phase::message;  // when it can run: its own phase and those of the filters it reads
  std::vector<std::size_t> after;   // the places in work_ of those it reads
  std::vector<std::string> outer;   // those of outer owners
  State state = State::waiting;
  std::set<Question> asked;        // all it ever asked for, foreseen ones included
  std::set<Question> outstanding;  // what it waits for
  unsigned rounds = 0;
  unsigned looks_ahead = 0;  // calls of foresee()
  bool news = true;          // for foresee(): a phase, facts of others, an answer it asked for
  bool late = false;         // its time is over
  std::size_t evidence = 0;  // how many pieces it has left
  std::optional<asio::steady_timer> deadline;
};

class Examiner final : public Examination, public std::enable_shared_from_this<Examiner> {
 public:
  Examiner(std::shared_ptr<const FilterSet> filters, Facts& facts, const Surroundings& surroundings,
           std::shared_ptr<Examiner> outer, Bounds bounds)
      : filters_(std::move(filters)),
        facts_(facts),
        around_(surroundings),
        outer_(std::move(outer)),
        bounds_(bounds) {
    for (const auto& filter : *filters_)
      if (filter->owner() == facts_.owner()) enlist(*filter);
  }

  // After the constructor: answers and the outer one must be able to find us.
  void attach(Time now) {
    inquiry_ = Inquiry::make({around_.resolver, around_.state, around_.loop, now},
                             [self = weak_from_this()](const Question& question) {
                               if (const auto alive = self.lock()) alive->on_answer(question);
                             });
    if (!outer_) {
      first_evidence_ = facts_.own_evidence().size();
      return;
    }
    adopt_evidence();
    std::erase_if(outer_->inner_, [](const std::weak_ptr<Examiner>& one) { return one.expired(); });
    outer_->inner_.push_back(weak_from_this());
  }

  void reach(Phase phase) override {
    if (cancelled_ || (reached_ && phase <= *reached_)) return;
    reached_ = phase;
    tell_news();
    advance();
  }

  asio::awaitable<void> done(std::span<const std::string> names) override {
    return wait(shared_from_this(), std::vector<std::string>(names.begin(), names.end()));
  }

  asio::awaitable<void> all_done() override {
    return settled(std::nullopt) ? net::at_once() : wait(shared_from_this(), std::nullopt);
  }

  void cancel() override {
    cancelled_ = true;
    inquiry_->cancel();
    for (Work& work : work_) work.deadline.reset();
    wake();
  }

  const Answers& answers() const override { return inquiry_->answers(); }
  std::optional<std::chrono::steady_clock::time_point> heard_dns() const override {
    return inquiry_->heard_dns();
  }

  std::vector<StateUpdate> learn(const filters::Ending& ending) const override {
    std::vector<StateUpdate> updates;
    for (const Work& work : work_)
      std::ranges::move(guarded::learn(*work.filter, facts_, answers(), ending), std::back_inserter(updates));
    return updates;
  }

 private:
  using State = Work::State;

  void enlist(const Filter& filter) {
    Work work;
    work.filter = &filter;
    work.owned = FactOwnership(facts_.vocabulary(), filter.name(), filter.owner());
    const filters::Needs needs = filter.needs();
    work.phase = work.earliest = needs.phase;
    for (const std::string_view name : needs.after) {
      if (outer_ && outer_->runs(name)) {
        work.outer.emplace_back(name);
        work.earliest = std::max(work.earliest, *outer_->earliest(name));
        continue;
      }
      const auto found = std::ranges::find(work_, name, [](const Work& one) { return one.filter->name(); });
      if (found != work_.end()) {
        work.earliest = std::max(work.earliest, found->earliest);
        work.after.push_back(index(*found));
      } else if (std::ranges::any_of(*filters_, [&](const auto& one) { return one->name() == name; })) {
        throw std::logic_error(fmt::format("filter {} must stand behind {}", filter.name(), name));
      }  // one that is switched off is not waited for
    }
    work_.push_back(std::move(work));
  }

  // --- the owners around

  const Work* find(std::string_view name) const {
    const auto found = std::ranges::find(work_, name, [](const Work& one) { return one.filter->name(); });
    if (found != work_.end()) return &*found;
    return outer_ ? outer_->find(name) : nullptr;
  }
  bool runs(std::string_view name) const { return find(name) != nullptr; }
  std::optional<Phase> earliest(std::string_view name) const {
    const Work* work = find(name);
    return work ? std::optional(work->earliest) : std::nullopt;
  }
  bool is_done(std::string_view name) const {
    const Work* work = find(name);
    return !work || work->state == State::done;
  }

  // A filter of the owner around us is done.
  void on_outer_progress() {
    if (cancelled_) return;
    adopt_evidence();
    tell_news();
    advance();
    tell_inner();
    wake();
  }

  void tell_inner() {
    const auto inner = inner_;  // who is told may end
    for (const auto& one : inner)
      if (const auto alive = one.lock()) alive->on_outer_progress();
  }

  // A recipient's layer shows the transaction's evidence as it is.
  void adopt_evidence() {
    if (!outer_ || facts_.owner() == Owner::recipient) return;
    const std::vector<Evidence>& theirs = outer_->facts_.evidence();
    std::vector<Evidence>& ours = facts_.own_evidence();
    ours.erase(ours.begin(), ours.begin() + static_cast<std::ptrdiff_t>(first_evidence_));
    ours.insert(ours.begin(), theirs.begin(), theirs.end());
    first_evidence_ = theirs.size();
  }

  // --- progress: whatever can run, runs; then what will be asked anyway is asked early

  void advance() {
    for (Work& work : work_)  // filters only wait for those above them, so one pass is enough
      if (work.state == State::waiting && may_start(work)) examine_until_it_waits(work);
    if (reached_ >= Phase::headers)
      for (Work& work : work_)
        if (work.state == State::waiting) look_ahead(work);
  }

  void tell_news() {
    for (Work& work : work_) work.news = true;
  }

  bool may_start(const Work& work) const {
    return reached_ && work.phase <= *reached_ &&
           std::all_of(work.after.begin(), work.after.end(),
                       [this](std::size_t i) { return work_[i].state == State::done; }) &&
           std::all_of(work.outer.begin(), work.outer.end(),
                       [this](const std::string& name) { return outer_->is_done(name); });
  }

  bool on_worker(const Filter& filter) const {
    return around_.workers && filter.work(facts_, answers()) > bounds_.on_loop_bytes;
  }

  void examine_until_it_waits(Work& work) {
    if (!work.deadline) start_clock(work);
    for (;;) {
      if (++work.rounds > bounds_.rounds)
        return give_up(work, fmt::format("not done after {} rounds of questions", bounds_.rounds));
      if (on_worker(*work.filter)) return examine_on_worker(work);
      if (!take(work, guarded::examine(*work.filter, facts_, answers()))) return;
    }
  }

  void examine_on_worker(Work& work) {
    work.state = State::examining;
    // The task owns all it reads: this transaction, and the configuration it began under, may be gone first.
    auto task = [filters = filters_, filter = work.filter, place = index(work), loop = around_.loop,
                 snapshot = std::make_shared<const Snapshot>(facts_, answers()), self = weak_from_this()] {
      try {
        auto finding =
            std::make_shared<Finding>(guarded::examine(*filter, snapshot->facts(), snapshot->answers()));
        asio::post(loop, [self, place, finding] {
          if (const auto alive = self.lock()) alive->on_examined(place, std::move(*finding));
        });
      } catch (const std::exception& error) {  // no memory for the finding: the filter's time will run out
        spdlog::error("event=examination_failed error=\"{}\"", printable(error.what()));
      }
    };
    asio::post(around_.workers->get_executor(), std::move(task));
  }

  void on_examined(std::size_t place, Finding finding) {
    Work& work = work_[place];
    if (cancelled_ || work.state != State::examining) return;  // its time was over before
    if (take(work, std::move(finding))) examine_until_it_waits(work);
    advance();
  }

  // --- questions

  // True when all questions of the finding are answered and the filter may be called again at once.
  bool take(Work& work, Finding finding) {
    if (finding.questions.empty()) return finish(work, std::move(finding)), false;
    std::set<Question> fresh;
    for (const Question& question : finding.questions)
      if (!answers().has(question)) fresh.insert(question);
    if (fresh.empty()) return give_up(work, "asked again what it had been answered"), false;
    if (work.late)
      return give_up(work, fmt::format("no time left to ask for {}", to_text(*fresh.begin()))), false;
    work.asked.insert(fresh.begin(), fresh.end());
    if (work.asked.size() > bounds_.questions)
      return give_up(work, fmt::format("more than {} questions", bounds_.questions)), false;
    inquiry_->ask(fresh);
    for (const Question& question : fresh)
      if (!answers().has(question)) work.outstanding.insert(question);
    if (work.outstanding.empty()) return true;
    work.state = State::asking;
    return false;
  }

  void on_answer(const Question& question) {
    for (Work& work : work_) {
      work.news = work.news || work.asked.contains(question);
      if (work.outstanding.erase(question) != 0 && work.outstanding.empty()) examine_until_it_waits(work);
    }
    advance();
  }

  // What a filter would like to know beforehand.  Beyond its bounds it is not asked any more, which costs it
  // nothing but time.
  void look_ahead(Work& work) {
    while (work.news && work.looks_ahead < bounds_.rounds) {
      if (work.looks_ahead > 0 && !work.filter->foresees_more()) return;
      ++work.looks_ahead;
      work.news = false;
      for (const Question& question : guarded::foresee(*work.filter, facts_, answers())) {
        if (answers().has(question) || work.asked.contains(question)) continue;
        if (work.asked.size() >= bounds_.questions) return;
        work.asked.insert(question);
        inquiry_->ask({question});
        work.news = answers().has(question) || work.news;
      }
    }
  }

  // --- the end of a filter's work

  void start_clock(Work& work) {
    work.deadline.emplace(around_.loop, bounds_.time);
    work.deadline->async_wait([place = index(work), self = weak_from_this()](const auto& error) {
      if (error) return;
      if (const auto alive = self.lock()) alive->on_deadline(place);
    });
  }

  // What is unanswered counts as a time-out; the filter may still conclude from that, but ask no more.
  void on_deadline(std::size_t place) {
    Work& work = work_[place];
    if (cancelled_ || work.state == State::done) return;
    work.late = true;
    const auto unanswered = work.outstanding;
    for (const Question& question : unanswered) inquiry_->time_out(question);
    // What is still asking now was left in the middle by an exception.
    if (work.state != State::done && (work.state != State::examining || unanswered.empty())) {
      give_up(work, fmt::format("not done after {} ms", bounds_.time.count()));
      advance();
    }
  }

  void give_up(Work& work, std::string_view because) {
    finish(work, guarded::conclude(*work.filter, facts_, answers(), because));
  }

  void finish(Work& work, Finding finding) {
    if (around_.tally && work.deadline)
      around_.tally->examined(work.filter->name(),
                              std::chrono::steady_clock::now() - (work.deadline->expiry() - bounds_.time));
    if (const auto wrong = work.owned.what_is_wrong(finding)) {
      finding = guarded::trouble(*work.filter, *wrong);
      work.owned.repair(finding, *wrong);
    }
    for (filters::FactValue& value : finding.facts) facts_.put(value.name, std::move(value.fact));
    leave_evidence(work, std::move(finding.evidence));
    work.state = State::done;
    work.outstanding.clear();
    work.deadline.reset();
    tell_news();
    tell_inner();
    wake();
  }

  // In the order of the filters, whoever was done first.
  void leave_evidence(Work& work, std::vector<Evidence> evidence) {
    if (facts_.owner() == Owner::recipient) return;
    std::size_t place = first_evidence_;
    for (std::size_t i = 0; i < index(work); ++i) place += work_[i].evidence;
    work.evidence = evidence.size();
    auto& all = facts_.own_evidence();
    all.insert(all.begin() + static_cast<std::ptrdiff_t>(place), std::move_iterator(evidence.begin()),
               std::move_iterator(evidence.end()));
  }

  std::size_t index(const Work& work) const { return static_cast<std::size_t>(&work - work_.data()); }

  // --- those who wait

  // Of these filters, or of all there are.
  bool settled(const std::optional<std::vector<std::string>>& wanted) const {
    if (cancelled_) return true;
    if (outer_ && !outer_->settled(wanted)) return false;
    return std::ranges::all_of(work_, [&](const Work& work) {
      if (work.state == State::done) return true;
      if (!wanted) return false;
      return std::ranges::find(*wanted, work.filter->name()) == wanted->end() || !reached_ ||
             work.earliest > *reached_;
    });
  }

  static asio::awaitable<void> wait(std::shared_ptr<Examiner> self,
                                    std::optional<std::vector<std::string>> wanted) {
    while (!self->settled(wanted)) {
      asio::steady_timer progress(self->around_.loop, asio::steady_timer::time_point::max());
      const Listening listening(self->waiting_, &progress);
      boost::system::error_code cancelled_when_there_is_progress;
      co_await progress.async_wait(
          asio::redirect_error(asio::use_awaitable, cancelled_when_there_is_progress));
    }
  }

  // Keeps a timer in the list of those to wake, as long as its coroutine lives.
  struct Listening {
    Listening(std::set<asio::steady_timer*>& waiting, asio::steady_timer* timer) : all(waiting), own(timer) {
      all.insert(own);
    }
    ~Listening() { all.erase(own); }
    Listening(const Listening&) = delete;
    Listening& operator=(const Listening&) = delete;
    std::set<asio::steady_timer*>& all;
    asio::steady_timer* own;
  };

  void wake() {
    for (asio::steady_timer* timer : waiting_) timer->cancel();
  }

  const std::shared_ptr<const FilterSet> filters_;
  Facts& facts_;
  const Surroundings around_;
  const std::shared_ptr<Examiner> outer_;
  const Bounds bounds_;
  std::size_t first_evidence_ = 0;  // what stands before ours: that of the owners around
  std::vector<Work> work_;          // of our filters, as they stand in the set
  std::optional<Phase> reached_;
  std::shared_ptr<Inquiry> inquiry_;
  std::set<asio::steady_timer*> waiting_;
  std::vector<std::weak_ptr<Examiner>> inner_;
  bool cancelled_ = false;
};

}  // namespace

std::shared_ptr<Examination> Examination::start(std::shared_ptr<const FilterSet> filters, Facts& facts,
                                                const Surroundings& surroundings, Time now,
                                                std::shared_ptr<Examination> outer, Bounds bounds) {
  auto examiner = std::make_shared<Examiner>(std::move(filters), facts, surroundings,
                                             std::static_pointer_cast<Examiner>(std::move(outer)), bounds);
  examiner->attach(now);
  return examiner;
}

}  // namespace gateway::pipeline
