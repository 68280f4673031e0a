#pragma once
// The state that all sessions share: greylist, rates, senders seen.  DESIGN §10.
//
// Whatever is lost costs somebody a delay or a count, never a message: answers may fail, what was learnt in
// the last few seconds before a crash may be lost, entries are forgotten when there are too many.  Who asks
// goes on without it.

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "gateway/vocabulary.h"
#include "policy/facts/question.h"

namespace gateway::state {

class Store {
 public:
  using Reply = std::function<void(std::vector<StateAnswer>)>;

  virtual ~Store() = default;

  // The answers, one for each question in their order, when they are at hand; else nothing, and `reply` is
  // called with them later, on `executor`, once.  A batch is one round trip.  What is counted is counted
  // once, in whichever order sessions ask.  Any thread; never blocks, never throws but for want of memory.
  virtual std::optional<std::vector<StateAnswer>> ask(std::span<const StateQuestion> questions, Time now,
                                                      boost::asio::any_io_executor executor, Reply reply) = 0;

  // Any thread; never blocks; what cannot be remembered is dropped.  Whoever asks afterwards on the same
  // thread may be told what was before.
  virtual void update(std::vector<StateUpdate> updates, Time now) = 0;
};

// Knows nothing and remembers nothing: for `explain`, `test` and `replay`.
class NoState final : public Store {
 public:
  std::optional<std::vector<StateAnswer>> ask(std::span<const StateQuestion> questions, Time,
                                              boost::asio::any_io_executor, Reply) override {
    std::vector<StateAnswer> answers(questions.size());
    for (std::size_t i = 0; i < questions.size(); ++i) answers[i].rate = questions[i].add;
    return answers;
  }
  void update(std::vector<StateUpdate>, Time) override {}
};

}  // namespace gateway::state
