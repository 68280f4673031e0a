#pragma once
// The state that all sessions share: greylist, rates, senders seen.  DESIGN §10.
//
// Whatever is lost costs somebody a delay or a count, never a message: answers may fail, updates may be lost
// up to the last seconds before a crash, marks are forgotten when there are too many.  Who asks goes on
// without it.

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

  // The answers, in the order of the questions, when they are at hand; else nothing, and `reply` is called
  // with them later, on `executor`.  Never blocks, never throws but for want of memory.
  virtual std::optional<std::vector<StateAnswer>> ask(std::span<const StateQuestion> questions, Time now,
                                                      boost::asio::any_io_executor executor, Reply reply) = 0;

  // Never blocks; what cannot be remembered is dropped.
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
