#pragma once
// The conditions of all rules as judging runs them: flat, in one block; each fact is fetched once for all of
// them, and what is dear to find out is found out once.  What a condition means stands in condition.h and
// comparison.cpp; here stands how to come to the same fast.  Running it allocates nothing.

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "policy/condition.h"
#include "policy/room.h"

namespace policy {

class Program {
 public:
  explicit Program(const Vocabulary& vocabulary) : vocabulary_(vocabulary) {}
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // Where the condition begins.  It must outlive the program and stay where it is.
  using Place = std::uint32_t;
  Place add(const Condition& condition);

  class Run;

 private:
  // A test, or a group that ends before `next`.  Groups hold their members behind themselves.
  struct Step {
    // From `is_true` on: known facts are compared right here; whatever else there is, `test` knows.
    enum class Kind : std::uint8_t {
      all,
      any,
      never,
      test,
      is_true,
      outcome,
      number,
      number_less,
      number_less_equal,
      time_less,
      time_less_equal,
      choice,
      text,
      prepared,    // a text that is made once of the fact: of an address, of a person's name
      names_have,  // lines that are made once of a list: its people's names
      name_in,     // both
      domain,
      domain_below,
      domain_in,
      domain_under,
      ip_in,
      has
    };
    Kind kind = Kind::never;
    bool negated : 1 = false;     // of the result
    bool different : 1 = false;   // of the comparison
    bool remembered : 1 = false;  // the result stands under `index` once it is known
    bool quick : 1 = false;       // of a known fact `holds` is the result but for `turned`
    bool turned : 1 = false;      // negated or different, not both
    std::uint8_t wanted = 0;      // Outcome
    std::uint16_t slot = 0;       // of the fact
    std::uint16_t index = 0;      // of what is remembered or prepared
    Place next = 0;
    std::uint32_t length = 0;  // of the text; of name_in the index of the list that is prepared
    union {
      double number = 0;
      std::int64_t seconds;
      const char* text;
      const EntryList* entries;
    };
    const Test* test = nullptr;

    bool is_group() const { return kind <= Kind::any; }
    std::string_view words() const { return {text, length}; }
  };
  struct Prepared {
    std::uint16_t slot;
    bool as_name;
    friend bool operator==(const Prepared&, const Prepared&) = default;
  };

  static constexpr std::size_t kSlots = 512;
  static constexpr std::size_t kRemembered = 1024;
  static constexpr std::size_t kPrepared = 16;

  void add_node(const Condition& condition, std::uint32_t node, bool negated);
  void add_group(const Condition& condition, std::uint32_t node, bool negated);
  Step compiled(const Test& test);
  void compile_known(const Test& test, FactId left, Step& step);
  void remember(const Test& test, Step& step);
  bool prepare(const Test& test, FactId left, Step& step);
  std::optional<std::uint16_t> prepared(FactId fact, bool as_name);
  std::uint16_t slot_of(FactId fact);

  const Vocabulary& vocabulary_;
  std::vector<Step> steps_;
  std::vector<FactId> slots_;  // facts that steps compare
  std::vector<const Test*> remembered_;
  std::vector<Prepared> prepared_;
  std::deque<std::string> texts_;  // in lower case
};

// One judging.
class Program::Run {
 public:
  Run(const Program& program, const Facts& facts);
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  Truth evaluate(Place place) { return evaluate(steps_[place]); }

 private:
  Truth evaluate(const Step& step) { return step.is_group() ? group(step) : single(step); }
  Truth group(const Step& step);
  Truth single(const Step& step);
  Truth fresh(const Step& step);
  bool holds(const Step& step, const Value& value);
  std::string_view prepared(std::size_t index);

  const Program& program_;
  const Step* const steps_;
  const Facts& facts_;
  std::array<const Fact*, kSlots> slots_;
  static constexpr std::uint8_t kNotYet = 0xFF;
  std::array<std::uint8_t, kRemembered> results_;
  std::array<std::string_view, kPrepared> prepared_{};  // without data: not yet
  Room room_;
};

}  // namespace policy
