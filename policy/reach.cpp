#include "policy/reach.h"

#include <re2/re2.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

namespace policy {
namespace {

constexpr std::size_t kCombinations = 2000;

// All values a fact of that type can have, when they are few.
std::vector<Value> all_values(const FactSpec& spec) {
  std::vector<Value> values;
  if (spec.type == Type::boolean) values = {Value(false), Value(true)};
  if (spec.type == Type::outcome)
    for (const std::string_view word : kOutcomes) values.emplace_back(*parse_outcome(word));
  if (spec.type == Type::choice)
    for (std::size_t at = 0; at < spec.choices.size();) {
      const std::size_t end = std::min(spec.choices.find(' ', at), spec.choices.size());
      values.emplace_back(Choice{std::string(spec.choices.substr(at, end - at))});
      at = end + 1;
    }
  return values;
}

// A comparison with a value that stands in the rule.
const Value* constant_of(const Test& test) {
  switch (test.op) {
    case Test::Op::is_true:
    case Test::Op::equal:
    case Test::Op::different:
    case Test::Op::less:
    case Test::Op::less_equal: return std::get_if<Value>(&test.right);
    default: return nullptr;
  }
}

// One that is none of those compared with.
Value another(Type type) {
  switch (type) {
    case Type::domain: return *Domain::parse("another.invalid");
    case Type::address: return *Address::parse("another@another.invalid");
    case Type::ip: return *IpAddress::parse("192.88.99.254");
    default: return std::string("\x01 another");
  }
}

// Values that tell the comparisons of a fact with constants apart: each of these, one beside and one between
// them.
std::vector<Value> telling_values(Type type, std::vector<Value> constants) {
  if (type == Type::number || type == Type::time) {
    std::set<double> numbers;
    for (const Value& value : constants)
      numbers.insert(type == Type::number
                         ? std::get<double>(value)
                         : static_cast<double>(std::get<Time>(value).time_since_epoch().count()));
    std::vector<double> telling;
    for (const double number : numbers) {
      telling.push_back(telling.empty() ? number - 2 : (telling.back() + number) / 2);
      telling.push_back(number);
    }
    telling.push_back(telling.back() + 2);
    constants.clear();
    for (const double number : telling)
      constants.push_back(type == Type::number
                              ? Value(number)
                              : Value(Time(std::chrono::seconds(static_cast<std::int64_t>(number)))));
    return constants;
  }
  constants.push_back(another(type));
  return constants;
}

bool same_left(const Test& a, const Test& b) {
  if (a.left.index() != b.left.index()) return false;
  if (const FactId* id = std::get_if<FactId>(&a.left)) return *id == std::get<FactId>(b.left);
  if (const HeaderText* header = std::get_if<HeaderText>(&a.left))
    return header->name == std::get<HeaderText>(b.left).name;
  return std::get<HeaderCount>(a.left).name == std::get<HeaderCount>(b.left).name;
}

bool same_right(const Test& a, const Test& b) {
  if (a.right.index() != b.right.index()) return false;
  if (const Pattern* pattern = std::get_if<Pattern>(&a.right))
    return (*pattern)->pattern() == std::get<Pattern>(b.right)->pattern();
  return a.right == b.right;
}

bool same_question(const Test& a, const Test& b) {
  return a.op == b.op && a.as_name == b.as_name && same_left(a, b) && same_right(a, b);
}

// The tests of a condition, each tried with values of its fact, or answered yes and no like all that are the
// same.
class Trial {
 public:
  Trial(const Condition& condition, const Vocabulary& vocabulary)
      : condition_(condition),
        vocabulary_(vocabulary),
        facts_(vocabulary),
        answer_(condition.tests().size()) {
    choose_values();
    choose_questions();
  }

  Truths run() {
    Truths found;
    const std::size_t combinations = count();
    for (std::size_t number = 0; number < combinations; ++number) {
      const std::size_t rest = set_values(number);
      const Truths here = condition_.possible([&](const Test& test) { return possible(test, rest); });
      for (const Truth one : {Truth::yes, Truth::no})
        if (here.has(one)) found = found.with(one);
      if (found.has(Truth::yes) && found.has(Truth::no)) break;
    }
    return found;
  }

 private:
  static constexpr std::size_t kEither = static_cast<std::size_t>(-1);
  static constexpr std::size_t kByValue = kEither - 1;

  void choose_values() {
    std::map<FactId, std::vector<Value>> constants;
    const std::vector<Test>& tests = condition_.tests();
    for (std::size_t i = 0; i < tests.size(); ++i) {
      answer_[i] = kEither;
      const FactId* id = std::get_if<FactId>(&tests[i].left);
      const Value* value = constant_of(tests[i]);
      if (!id || !value || vocabulary_[*id].type == Type::list) continue;
      answer_[i] = kByValue;
      // What addresses are compared with is a text by now.
      const std::string* text = std::get_if<std::string>(value);
      const bool is_address = text && vocabulary_[*id].type == Type::address;
      constants[*id].push_back(!is_address ? *value : text->empty() ? Address() : Address::odd(*text));
    }
    for (auto& [id, values] : constants) {
      std::vector<Value> all = all_values(vocabulary_[id]);
      if (all.empty()) all = telling_values(vocabulary_[id].type, std::move(values));
      values_.emplace_back(id, std::move(all));
    }
    while (count() > kCombinations) {  // too many: the last fact's tests can be either
      const FactId dropped = values_.back().first;
      values_.pop_back();
      for (std::size_t i = 0; i < tests.size(); ++i)
        if (const FactId* id = std::get_if<FactId>(&tests[i].left); id && *id == dropped)
          answer_[i] = kEither;
    }
  }

  // What is asked more than once.
  void choose_questions() {
    const std::vector<Test>& tests = condition_.tests();
    for (std::size_t i = 0; i < tests.size(); ++i) {
      if (answer_[i] != kEither || tests[i].op == Test::Op::constant) continue;
      bool again = false;
      for (std::size_t j = i + 1; j < tests.size(); ++j) {
        if (answer_[j] != kEither || !same_question(tests[i], tests[j])) continue;
        if (!again && count() * 2 > kCombinations) return;
        again = true;
        answer_[j] = questions_;
      }
      if (again) answer_[i] = questions_++;
    }
  }

  std::size_t count() const {
    std::size_t combinations = std::size_t{1} << questions_;
    for (const auto& [id, values] : values_)
      combinations = std::min(kCombinations * 64, combinations * values.size());
    return combinations;
  }

  std::size_t set_values(std::size_t number) {
    for (const auto& [id, values] : values_) {
      facts_.set(vocabulary_[id].name, values[number % values.size()]);
      number /= values.size();
    }
    return number;
  }

  Truths possible(const Test& test, std::size_t answers) const {
    if (test.op == Test::Op::constant) return test.evaluate(facts_);
    const std::size_t answer = answer_[static_cast<std::size_t>(&test - condition_.tests().data())];
    if (answer == kByValue) return test.evaluate(facts_);
    if (answer == kEither) return Truths(Truth::yes).with(Truth::no);
    return (answers >> answer & 1) != 0 ? Truth::yes : Truth::no;
  }

  const Condition& condition_;
  const Vocabulary& vocabulary_;
  Facts facts_;
  std::vector<std::size_t> answer_;  // of each test: kEither, kByValue, or the number of its question
  std::vector<std::pair<FactId, std::vector<Value>>> values_;
  std::size_t questions_ = 0;
};

}  // namespace

Truths ever_possible(const Condition& condition, const Vocabulary& vocabulary) {
  return condition.size() == 0 ? Truths(Truth::no) : Trial(condition, vocabulary).run();
}

bool implies(const Condition& narrow, const Condition& wide, const Vocabulary& vocabulary) {
  if (narrow.size() == 0 || wide.size() == 0) return false;
  const bool about_the_same = std::ranges::all_of(wide.tests(), [&](const Test& test) {
    return test.op == Test::Op::constant ||
           std::ranges::any_of(narrow.tests(), [&](const Test& other) { return same_left(test, other); });
  });
  return about_the_same &&
         !ever_possible(Condition::both(narrow, Condition::negated(wide)), vocabulary).has(Truth::yes);
}

bool compatible(const Condition& one, const Condition& other, const Vocabulary& vocabulary) {
  return one.size() != 0 && other.size() != 0 &&
         ever_possible(Condition::both(one, other), vocabulary).has(Truth::yes);
}

}  // namespace policy
