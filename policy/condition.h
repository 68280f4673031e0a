#pragma once
// A compiled condition: typed tests joined by and, or, not, in three-valued logic.  Evaluating it cannot
// fail, loop or block.

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "policy/entry_list.h"
#include "policy/facts/facts.h"
#include "policy/likeness.h"
#include "policy/verdict.h"

namespace re2 {
class RE2;
}

namespace policy {

struct HeaderText {  // header("Name"): all occurrences, unfolded; one empty text when there is none
  std::string name;
};
struct HeaderCount {  // header_count("Name")
  std::string name;
};

using Pattern = std::shared_ptr<const re2::RE2>;
using Known = std::shared_ptr<const Likeness>;

// LEFT operator RIGHT, types checked.  A list on the left holds if any member does.
struct Test {
  enum class Op {
    constant,
    is_true,
    equal,
    different,
    less,
    less_equal,
    in,
    under,
    matches,
    contains,
    resembles,
    troubled
  };
  using Left = std::variant<FactId, HeaderText, HeaderCount>;
  using Right = std::variant<Value, FactId, Entries, Pattern, Known>;

  Op op = Op::constant;
  Left left;
  Right right;           // constant: Value(bool)
  bool as_name = false;  // texts are people's names

  Truth evaluate(const Facts& facts) const;
  // Names of the facts read, in order: "from.domain", "header(\"List-Id\")".
  std::vector<std::string> names(const Vocabulary& vocabulary) const;
};

// A set of truth values that are possible.
class Truths {
 public:
  constexpr Truths() = default;
  constexpr Truths(Truth one) : bits_(bit(one)) {}
  constexpr bool has(Truth one) const { return (bits_ & bit(one)) != 0; }
  constexpr bool only(Truth one) const { return bits_ == bit(one); }
  constexpr Truths with(Truth one) const { return Truths(static_cast<std::uint8_t>(bits_ | bit(one))); }

 private:
  friend class Condition;
  constexpr explicit Truths(std::uint8_t bits) : bits_(bits) {}
  static constexpr std::uint8_t bit(Truth one) {
    return static_cast<std::uint8_t>(1u << static_cast<unsigned>(one));
  }
  std::uint8_t bits_ = 0;
};

class Condition {
 public:
  struct Node {
    enum class Kind : std::uint8_t { test, both, either, negated };
    Kind kind = Kind::test;
    std::uint32_t left = 0;
    std::uint32_t right = 0;
    std::uint32_t test = 0;
  };

  Condition() = default;  // never holds
  static Condition test(Test test);
  static Condition both(Condition left, Condition right);
  static Condition either(Condition left, Condition right);
  static Condition negated(Condition inner);

  // Judging does not ask here, but comes to the same by a shorter way: see Program.
  Truth evaluate(const Facts& facts) const;
  // The facts an unknown result hangs on, with why where it is known: "dkim.result (TXT …: timeout)".
  struct Doubt {
    std::string fact;
    std::string because;
  };
  std::vector<Doubt> doubts(const Facts& facts) const;

  // What it can come to when each test can come to `possible(test)`.
  template <class Possible>
  Truths possible(const Possible& possible) const {
    const std::vector<Truths> values = all_possible(possible);
    return values.empty() ? Truths(Truth::no) : values.back();
  }
  // The same for each node.
  template <class Possible>
  std::vector<Truths> all_possible(const Possible& possible) const {
    std::vector<Truths> values;
    values.reserve(nodes_.size());
    for (const Node& node : nodes_) {
      switch (node.kind) {
        case Node::Kind::test: values.push_back(possible(tests_[node.test])); break;
        case Node::Kind::negated: values.push_back(negate(values[node.left])); break;
        case Node::Kind::both: values.push_back(both(values[node.left], values[node.right])); break;
        case Node::Kind::either: values.push_back(either(values[node.left], values[node.right])); break;
      }
    }
    return values;
  }

  const std::vector<Test>& tests() const { return tests_; }
  std::size_t size() const { return nodes_.size(); }
  const std::vector<Node>& nodes() const { return nodes_; }  // each behind those it joins

 private:
  std::vector<Truth> values(const Facts& facts) const;  // of each node
  void append(Condition other);

  static Truths negate(Truths inner);
  static Truths both(Truths left, Truths right);
  static Truths either(Truths left, Truths right);

  std::vector<Node> nodes_;
  std::vector<Test> tests_;
};

// and: No > Open > Stuck > Yes;  or: Yes > Open > Stuck > No;  not swaps No and Yes.
Truth both(Truth left, Truth right);
Truth either(Truth left, Truth right);
constexpr Truth negated(Truth inner) {
  return inner == Truth::yes ? Truth::no : inner == Truth::no ? Truth::yes : inner;
}

}  // namespace policy
