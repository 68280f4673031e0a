#include "gateway/pipeline/inquiry.h"

#include <type_traits>

namespace gateway::pipeline {

std::shared_ptr<Inquiry> Inquiry::make(Asked asked, std::function<void(const Question&)> heard) {
  return std::shared_ptr<Inquiry>(new Inquiry(std::move(asked), std::move(heard)));
}

void Inquiry::ask(const std::set<Question>& questions) {
  std::vector<StateQuestion> of_state;
  for (const Question& question : questions) {
    if (in_flight_.contains(question)) continue;
    if (const DnsQuestion* dns = std::get_if<DnsQuestion>(&question))
      ask_dns(*dns);
    else
      of_state.push_back(std::get<StateQuestion>(question));
  }
  if (!of_state.empty()) ask_state(std::move(of_state));
}

void Inquiry::ask_dns(const DnsQuestion& question) {
  if (auto known = asked_.resolver.known(question)) return answers_.pin(question, std::move(*known));
  in_flight_.insert(question);
  asked_.resolver.ask(question, asked_.loop, [question, self = weak_from_this()](DnsAnswer answer) {
    if (const auto alive = self.lock()) alive->on_answer(question, std::move(answer));
  });
}

void Inquiry::ask_state(std::vector<StateQuestion> questions) {
  for (const StateQuestion& question : questions) in_flight_.insert(question);
  auto later = [questions, self = weak_from_this()](std::vector<StateAnswer> answers) {
    const auto alive = self.lock();
    for (std::size_t i = 0; alive && i < questions.size() && i < answers.size(); ++i)
      alive->on_answer(questions[i], std::move(answers[i]));
  };
  auto now = asked_.state.ask(questions, asked_.now, asked_.loop, std::move(later));
  for (std::size_t i = 0; now && i < questions.size() && i < now->size(); ++i) {
    in_flight_.erase(questions[i]);
    answers_.pin(questions[i], std::move((*now)[i]));
  }
}

template <class Asked, class Answer>
void Inquiry::on_answer(const Asked& question, Answer answer) {
  // One that comes after its time is over was pinned as a time-out.
  if (!heard_ || in_flight_.erase(question) == 0) return;
  if constexpr (std::is_same_v<Asked, DnsQuestion>) heard_dns_ = std::chrono::steady_clock::now();
  answers_.pin(question, std::move(answer));
  heard_(question);
}

void Inquiry::time_out(const Question& question) {
  if (const DnsQuestion* dns = std::get_if<DnsQuestion>(&question)) {
    DnsAnswer answer;
    answer.status = DnsStatus::timeout;
    on_answer(*dns, std::move(answer));
  } else {
    StateAnswer answer;
    answer.failed = "no answer in time";
    on_answer(std::get<StateQuestion>(question), std::move(answer));
  }
}

void Inquiry::cancel() { heard_ = nullptr; }

}  // namespace gateway::pipeline
