// A condition as an administrator may write it: compiled or refused, and judged without a crash.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "policy/language/checker.h"
#include "policy/language/parser.h"
#include "tests/support/policy_bench.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace policy;
  static const language::Names names{support::full_vocabulary(), {}, {}};
  static const Facts open(support::full_vocabulary());
  static const Facts& known = []() -> const Facts& {
    static Facts facts(support::full_vocabulary());
    support::set_facts(facts, "*");
    return facts;
  }();
  std::vector<language::Mistake> mistakes;
  const auto term = language::parse_condition({reinterpret_cast<const char*>(data), size}, mistakes);
  if (!term == mistakes.empty()) __builtin_trap();  // refused without a word, or accepted with a complaint
  if (!term) return 0;
  const auto condition = language::Checker(names, mistakes).check(*term);
  if (!condition == mistakes.empty()) __builtin_trap();
  for (const language::Mistake& mistake : mistakes)
    if (mistake.offset > size || mistake.message.empty()) __builtin_trap();
  if (!condition) return 0;
  condition->evaluate(open);
  const Truth truth = condition->evaluate(known);
  if (truth == Truth::open) __builtin_trap();  // everything is known
  condition->doubts(open);
  return 0;
}
