#include "policy/condition.h"

#include <algorithm>

#include "policy/name_key.h"

namespace policy {

Truth both(Truth left, Truth right) {
  for (const Truth strong : {Truth::no, Truth::open, Truth::stuck})
    if (left == strong || right == strong) return strong;
  return Truth::yes;
}

Truth either(Truth left, Truth right) {
  for (const Truth strong : {Truth::yes, Truth::open, Truth::stuck})
    if (left == strong || right == strong) return strong;
  return Truth::no;
}

Condition Condition::test(Test test) {
  // What texts are compared with is made ready once.
  if (Value* value = std::get_if<Value>(&test.right)) {
    if (const Address* address = std::get_if<Address>(value)) *value = address->comparable();
    if (const std::string* text = std::get_if<std::string>(value); text && test.as_name)
      *value = std::string(NameKey(*text).text());
  }
  Condition condition;
  condition.tests_.push_back(std::move(test));
  condition.nodes_.push_back({});
  return condition;
}

void Condition::append(Condition other) {
  const auto nodes = static_cast<std::uint32_t>(nodes_.size());
  const auto tests = static_cast<std::uint32_t>(tests_.size());
  for (Node node : other.nodes_) {
    node.left += nodes;
    node.right += nodes;
    node.test += tests;
    nodes_.push_back(node);
  }
  std::ranges::move(other.tests_, std::back_inserter(tests_));
}

Condition Condition::both(Condition left, Condition right) {
  const auto first = static_cast<std::uint32_t>(left.nodes_.size() - 1);
  left.append(std::move(right));
  left.nodes_.push_back({Node::Kind::both, first, static_cast<std::uint32_t>(left.nodes_.size() - 1), 0});
  return left;
}

Condition Condition::either(Condition left, Condition right) {
  Condition joined = both(std::move(left), std::move(right));
  joined.nodes_.back().kind = Node::Kind::either;
  return joined;
}

Condition Condition::negated(Condition inner) {
  inner.nodes_.push_back({Node::Kind::negated, static_cast<std::uint32_t>(inner.nodes_.size() - 1), 0, 0});
  return inner;
}

std::vector<Truth> Condition::values(const Facts& facts) const {
  std::vector<Truth> values;
  values.reserve(nodes_.size());
  for (const Node& node : nodes_) {
    switch (node.kind) {
      case Node::Kind::test: values.push_back(tests_[node.test].evaluate(facts)); break;
      case Node::Kind::negated: values.push_back(policy::negated(values[node.left])); break;
      case Node::Kind::both: values.push_back(policy::both(values[node.left], values[node.right])); break;
      case Node::Kind::either: values.push_back(policy::either(values[node.left], values[node.right])); break;
    }
  }
  return values;
}

Truth Condition::evaluate(const Facts& facts) const {
  return nodes_.empty() ? Truth::no : values(facts).back();
}

std::vector<Condition::Doubt> Condition::doubts(const Facts& facts) const {
  const std::vector<Truth> values = this->values(facts);
  // From the top: what hangs below a node that is known says nothing.
  std::vector<bool> counts(nodes_.size(), false);
  if (!nodes_.empty()) counts.back() = true;
  for (std::size_t at = nodes_.size(); at-- > 0;) {
    counts[at] = counts[at] && (values[at] == Truth::open || values[at] == Truth::stuck);
    if (!counts[at] || nodes_[at].kind == Node::Kind::test) continue;
    counts[nodes_[at].left] = true;
    if (nodes_[at].kind != Node::Kind::negated) counts[nodes_[at].right] = true;
  }
  std::vector<Doubt> doubts;
  for (std::size_t at = 0; at < nodes_.size(); ++at) {
    if (!counts[at] || nodes_[at].kind != Node::Kind::test) continue;
    for (std::string& name : tests_[nodes_[at].test].names(facts.vocabulary())) {
      const auto id = facts.vocabulary().find(name);
      if (id && facts.at(*id).known()) continue;
      if (std::ranges::find(doubts, name, &Doubt::fact) != doubts.end()) continue;
      const bool troubled = id && facts.at(*id).troubled() && !facts.at(*id).because.empty();
      doubts.push_back({std::move(name), troubled ? facts.at(*id).because.front() : std::string()});
    }
  }
  return doubts;
}

namespace {

constexpr Truth kAll[] = {Truth::no, Truth::yes, Truth::open, Truth::stuck};

}  // namespace

Truths Condition::negate(Truths inner) {
  Truths result;
  for (const Truth one : kAll)
    if (inner.has(one)) result = result.with(policy::negated(one));
  return result;
}

Truths Condition::both(Truths left, Truths right) {
  Truths result;
  for (const Truth a : kAll)
    for (const Truth b : kAll)
      if (left.has(a) && right.has(b)) result = result.with(policy::both(a, b));
  return result;
}

Truths Condition::either(Truths left, Truths right) {
  Truths result;
  for (const Truth a : kAll)
    for (const Truth b : kAll)
      if (left.has(a) && right.has(b)) result = result.with(policy::either(a, b));
  return result;
}

}  // namespace policy
