#pragma once
// The questions of one examination: asked of the DNS and of the shared state, each once; answers are pinned.

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "gateway/dns/resolver.h"
#include "gateway/state/store.h"
#include "gateway/vocabulary.h"

namespace gateway::pipeline {

class Inquiry : public std::enable_shared_from_this<Inquiry> {
 public:
  struct Asked {  // whom
    dns::Resolver& resolver;
    state::Store& state;
    asio::any_io_executor loop;
    Time now;  // the time state is asked with
  };
  // `heard` is called on the loop for each answer that comes later, when it is pinned.
  static std::shared_ptr<Inquiry> make(Asked asked, std::function<void(const Question&)> heard);

  // Answers that are at hand are pinned at once.
  void ask(const std::set<Question>& questions);
  // Is not waited for any longer: pinned as what did not answer in time.
  void time_out(const Question& question);
  // What comes from now on is dropped.
  void cancel();

  const Answers& answers() const { return answers_; }
  // When the last answer of the DNS came that was not at hand; nothing: there was none.
  std::optional<std::chrono::steady_clock::time_point> heard_dns() const { return heard_dns_; }

 private:
  Inquiry(Asked asked, std::function<void(const Question&)> heard)
      : asked_(std::move(asked)), heard_(std::move(heard)) {}
  void ask_dns(const DnsQuestion& question);
  void ask_state(std::vector<StateQuestion> questions);
  template <class Asked, class Answer>
  void on_answer(const Asked& question, Answer answer);

  const Asked asked_;
  std::function<void(const Question&)> heard_;  // empty when cancelled
  Answers answers_;
  std::set<Question> in_flight_;
  std::optional<std::chrono::steady_clock::time_point> heard_dns_;
};

}  // namespace gateway::pipeline
