#include "policy/condition.h"

#include <algorithm>

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

Truth negated(Truth inner) {
  if (inner == Truth::yes) return Truth::no;
  return inner == Truth::no ? Truth::yes : inner;
}

Condition Condition::test(Test test) {
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

Truth Condition::evaluate(std::size_t at, const Facts& facts) const {
  const Node& node = nodes_[at];
  switch (node.kind) {
    case Node::Kind::test: return tests_[node.test].evaluate(facts);
    case Node::Kind::negated: return policy::negated(evaluate(node.left, facts));
    case Node::Kind::both: {
      const Truth left = evaluate(node.left, facts);
      return left == Truth::no ? left : policy::both(left, evaluate(node.right, facts));
    }
    case Node::Kind::either: {
      const Truth left = evaluate(node.left, facts);
      return left == Truth::yes ? left : policy::either(left, evaluate(node.right, facts));
    }
  }
  return Truth::no;
}

std::vector<Condition::Doubt> Condition::doubts(const Facts& facts) const {
  std::vector<Doubt> doubts;
  if (!nodes_.empty()) collect_doubts(nodes_.size() - 1, facts, doubts);
  return doubts;
}

void Condition::collect_doubts(std::size_t at, const Facts& facts, std::vector<Doubt>& doubts) const {
  const Truth truth = evaluate(at, facts);
  if (truth != Truth::open && truth != Truth::stuck) return;
  const Node& node = nodes_[at];
  if (node.kind != Node::Kind::test) {
    collect_doubts(node.left, facts, doubts);
    if (node.kind != Node::Kind::negated) collect_doubts(node.right, facts, doubts);
    return;
  }
  for (const std::string& name : tests_[node.test].names(facts.vocabulary())) {
    const auto id = facts.vocabulary().find(name);
    if (id && facts.at(*id).known()) continue;
    if (std::ranges::find(doubts, name, &Doubt::fact) != doubts.end()) continue;
    std::string because;
    if (id && !facts.at(*id).because.empty()) because = facts.at(*id).because.front();
    doubts.push_back({name, std::move(because)});
  }
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
