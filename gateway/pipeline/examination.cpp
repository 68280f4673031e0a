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

#include "gateway/pipeline/finding_check.h"
#include "gateway/pipeline/snapshot.h"

namespace gateway::pipeline {
namespace {

using filters::Filter;
using filters::Finding;

std::string describe(const DnsQuestion& question) {
  return printable(question.name) + ' ' + std::string(name(question.type));
}

Finding trouble(const Filter& filter, std::string_view because) {
  try {
    return filter.trouble(because);
  } catch (...) {
    return {};  // found wanting by FactOwnership, and repaired
  }
}

// A filter that cannot finish says so; silence would read as consent.
Finding examine(const Filter& filter, const Facts& facts, const Answers& answers) {
  try {
    return filter.examine(facts, answers);
  } catch (const std::exception& error) {
    return trouble(filter, error.what());
  } catch (...) {
    return trouble(filter, "threw what is no exception");
  }
}

// Its bounds are met.
Finding conclude(const Filter& filter, const Facts& facts, const Answers& answers, std::string_view because) {
  try {
    return filter.conclude(facts, answers, because);
  } catch (...) {
    return trouble(filter, because);
  }
}

// One filter on its way through this transaction.
struct Work {
  enum class State { waiting, asking, examining, done };

  const Filter* filter = nullptr;
  FactOwnership owned;  // the facts it must leave
  Phase phase = Phase::message;
  Phase earliest = Phase::message;  // when it can run: its own phase and those of the filters it reads
  std::vector<std::size_t> after;   // their places in the set
  State state = State::waiting;
  std::set<DnsQuestion> asked;        // all it ever asked for, foreseen ones included
  std::set<DnsQuestion> outstanding;  // what it waits for
  unsigned rounds = 0;
  unsigned looks_ahead = 0;  // calls of foresee()
  bool news = true;          // for foresee(): a phase, facts of others, an answer it asked for
  bool late = false;         // its time is over
  std::size_t evidence = 0;  // how many pieces it has left
  std::optional<asio::steady_timer> deadline;
};

class Examiner final : public Examination, public std::enable_shared_from_this<Examiner> {
 public:
  Examiner(std::shared_ptr<const FilterSet> filters, Facts& facts, dns::Resolver& resolver,
           asio::any_io_executor loop, asio::thread_pool* workers, Bounds bounds)
      : filters_(std::move(filters)),
        facts_(facts),
        resolver_(resolver),
        loop_(std::move(loop)),
        workers_(workers),
        bounds_(bounds),
        first_evidence_(facts.own_evidence().size()) {
    for (const auto& filter : *filters_) enlist(*filter);
  }

  void reach(Phase phase) override {
    if (cancelled_ || (reached_ && phase <= *reached_)) return;
    reached_ = phase;
    tell_news();
    advance();
  }

  asio::awaitable<void> done(std::span<const std::string> names) override {
    std::vector<std::size_t> wanted;
    for (std::size_t i = 0; i < work_.size(); ++i)
      if (std::find(names.begin(), names.end(), work_[i].filter->name()) != names.end()) wanted.push_back(i);
    return wait(shared_from_this(), std::move(wanted), false);
  }

  asio::awaitable<void> all_done() override {
    std::vector<std::size_t> wanted(work_.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) wanted[i] = i;
    return wait(shared_from_this(), std::move(wanted), true);
  }

  void cancel() override {
    cancelled_ = true;
    for (Work& work : work_) work.deadline.reset();
    wake();
  }

  const Answers& answers() const override { return answers_; }

 private:
  using State = Work::State;

  void enlist(const Filter& filter) {
    Work work;
    work.filter = &filter;
    work.owned = FactOwnership(facts_.vocabulary(), filter.name());
    const filters::Needs needs = filter.needs();
    work.phase = work.earliest = needs.phase;
    for (const std::string_view name : needs.after)
      for (std::size_t i = 0; i < filters_->size(); ++i) {
        if ((*filters_)[i]->name() != name) continue;  // one that is switched off is not waited for
        if (i >= work_.size())
          throw std::logic_error(fmt::format("filter {} must stand behind {}", filter.name(), name));
        work.earliest = std::max(work.earliest, work_[i].earliest);
        work.after.push_back(i);
      }
    work_.push_back(std::move(work));
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
                       [this](std::size_t i) { return work_[i].state == State::done; });
  }

  bool on_worker(const Filter& filter) const {
    return workers_ && filter.work(facts_, answers_) > bounds_.on_loop_bytes;
  }

  void examine_until_it_waits(Work& work) {
    if (!work.deadline) start_clock(work);
    for (;;) {
      if (++work.rounds > bounds_.rounds)
        return give_up(work, fmt::format("not done after {} rounds of questions", bounds_.rounds));
      if (on_worker(*work.filter)) return examine_on_worker(work);
      if (!take(work, examine(*work.filter, facts_, answers_))) return;
    }
  }

  void examine_on_worker(Work& work) {
    work.state = State::examining;
    // The task owns all it reads: this transaction, and the configuration it began under, may be gone first.
    auto task = [filters = filters_, filter = work.filter, place = index(work), loop = loop_,
                 snapshot = std::make_shared<const Snapshot>(facts_, answers_), self = weak_from_this()] {
      try {
        auto finding = std::make_shared<Finding>(examine(*filter, snapshot->facts(), snapshot->answers()));
        asio::post(loop, [self, place, finding] {
          if (const auto alive = self.lock()) alive->on_examined(place, std::move(*finding));
        });
      } catch (const std::exception& error) {  // no memory for the finding: the filter's time will run out
        spdlog::error("event=examination_failed error=\"{}\"", printable(error.what()));
      }
    };
    asio::post(workers_->get_executor(), std::move(task));
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
    std::set<DnsQuestion> fresh;
    for (const Question& question : finding.questions)
      if (!answers_.has(question)) fresh.insert(std::get<DnsQuestion>(question));
    if (fresh.empty()) return give_up(work, "asked again what it had been answered"), false;
    if (work.late)
      return give_up(work, fmt::format("no time left to ask for {}", describe(*fresh.begin()))), false;
    work.asked.insert(fresh.begin(), fresh.end());
    if (work.asked.size() > bounds_.questions)
      return give_up(work, fmt::format("more than {} questions", bounds_.questions)), false;
    for (const DnsQuestion& question : fresh)
      if (!ask(question)) work.outstanding.insert(question);
    if (work.outstanding.empty()) return true;
    work.state = State::asking;
    return false;
  }

  // True when the answer is pinned already.
  bool ask(const DnsQuestion& question) {
    if (in_flight_.contains(question)) return false;
    if (auto known = resolver_.known(question)) return answers_.pin(question, std::move(*known)), true;
    in_flight_.insert(question);
    resolver_.ask(question, loop_, [question, self = weak_from_this()](DnsAnswer answer) {
      if (const auto alive = self.lock()) alive->on_answer(question, std::move(answer));
    });
    return false;
  }

  void on_answer(const DnsQuestion& question, DnsAnswer answer) {
    // One that comes after its filter's time is over was pinned as a time-out.
    if (cancelled_ || in_flight_.erase(question) == 0) return;
    answers_.pin(question, std::move(answer));
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
      ++work.looks_ahead;
      work.news = false;
      for (const Question& question : foresee(*work.filter)) {
        const auto& asked = std::get<DnsQuestion>(question);
        if (answers_.has(question) || work.asked.contains(asked)) continue;
        if (work.asked.size() >= bounds_.questions) return;
        work.asked.insert(asked);
        work.news = ask(asked) || work.news;
      }
    }
  }

  std::vector<Question> foresee(const Filter& filter) const {
    try {
      return filter.foresee(facts_, answers_);
    } catch (const std::exception&) {
      return {};  // examine() will meet the same and say so
    }
  }

  // --- the end of a filter's work

  void start_clock(Work& work) {
    work.deadline.emplace(loop_, bounds_.time);
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
    DnsAnswer timeout;
    timeout.status = DnsStatus::timeout;
    const auto unanswered = work.outstanding;
    for (const DnsQuestion& question : unanswered) on_answer(question, timeout);
    // What is still asking now was left in the middle by an exception.
    if (work.state != State::done && (work.state != State::examining || unanswered.empty())) {
      give_up(work, fmt::format("not done after {} ms", bounds_.time.count()));
      advance();
    }
  }

  void give_up(Work& work, std::string_view because) {
    finish(work, conclude(*work.filter, facts_, answers_, because));
  }

  void finish(Work& work, Finding finding) {
    if (const auto wrong = work.owned.what_is_wrong(finding)) {
      finding = trouble(*work.filter, *wrong);
      work.owned.repair(finding, *wrong);
    }
    for (filters::FactValue& value : finding.facts) facts_.put(value.name, std::move(value.fact));
    leave_evidence(work, std::move(finding.evidence));
    work.state = State::done;
    work.outstanding.clear();
    work.deadline.reset();
    tell_news();
    wake();
  }

  // In the order of the filters, whoever was done first.
  void leave_evidence(Work& work, std::vector<Evidence> evidence) {
    std::size_t place = first_evidence_;
    for (std::size_t i = 0; i < index(work); ++i) place += work_[i].evidence;
    work.evidence = evidence.size();
    auto& all = facts_.own_evidence();
    all.insert(all.begin() + static_cast<std::ptrdiff_t>(place), std::move_iterator(evidence.begin()),
               std::move_iterator(evidence.end()));
  }

  std::size_t index(const Work& work) const { return static_cast<std::size_t>(&work - work_.data()); }

  // --- those who wait

  bool settled(const std::vector<std::size_t>& wanted, bool all) const {
    return cancelled_ || std::all_of(wanted.begin(), wanted.end(), [&](std::size_t i) {
             return work_[i].state == State::done || (!all && (!reached_ || work_[i].earliest > *reached_));
           });
  }

  static asio::awaitable<void> wait(std::shared_ptr<Examiner> self, std::vector<std::size_t> wanted,
                                    bool all) {
    while (!self->settled(wanted, all)) {
      asio::steady_timer progress(self->loop_, asio::steady_timer::time_point::max());
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
  dns::Resolver& resolver_;
  const asio::any_io_executor loop_;
  asio::thread_pool* const workers_;
  const Bounds bounds_;
  const std::size_t first_evidence_;  // what stood there before us
  std::vector<Work> work_;            // as the filters stand
  std::optional<Phase> reached_;
  Answers answers_;
  std::set<DnsQuestion> in_flight_;
  std::set<asio::steady_timer*> waiting_;
  bool cancelled_ = false;
};

}  // namespace

std::shared_ptr<Examination> Examination::start(std::shared_ptr<const FilterSet> filters, Facts& facts,
                                                dns::Resolver& resolver, asio::any_io_executor loop,
                                                asio::thread_pool* workers, Bounds bounds) {
  return std::make_shared<Examiner>(std::move(filters), facts, resolver, std::move(loop), workers, bounds);
}

}  // namespace gateway::pipeline
