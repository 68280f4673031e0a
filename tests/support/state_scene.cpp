#include "tests/support/state_scene.h"

#include <gtest/gtest.h>

#include "tests/support/answer_book.h"
#include "tests/support/policy_bench.h"

namespace support {

using namespace policy;

StateScene::StateScene(std::unique_ptr<filters::Filter> filter_used)
    : now(noon()), filter(std::move(filter_used)) {}

filters::Finding StateScene::message(std::string_view text, std::string_view ends, unsigned refused) {
  Facts facts(full_vocabulary());
  set_facts(facts, text);
  facts.set("now", now);
  Answers answers;
  filters::Finding finding = filter->examine(facts, answers);
  asked = finding.questions.size();
  if (asked > 0) {
    for (const Question& question : finding.questions) {
      const auto& of_state = std::get<StateQuestion>(question);
      answers.pin(of_state, state.answer(of_state, now));
    }
    finding = filter->examine(facts, answers);
    EXPECT_TRUE(finding.questions.empty()) << "one round is enough";
  }
  apply(finding, facts);
  Verdict verdict;
  verdict.settled = ends != "open";
  verdict.action = parse_disposition(ends).value_or(Disposition::accept);
  const auto updates = filter->learn(facts, answers, {verdict, ends == "taken", 1, refused});
  learnt = updates.size();
  for (const StateUpdate& update : updates) state.learn(update, now);
  return finding;
}

std::string StateScene::fact(std::string_view name, std::string_view facts, std::string_view ends,
                             unsigned refused) {
  const filters::Finding finding = message(facts, ends, refused);
  const Fact* found = support::fact(finding, name);
  if (!found) return "absent";
  return found->troubled() ? "troubled: " + found->because.at(0) : to_text(found->value);
}

}  // namespace support
