#include "policy/program.h"

#include <re2/re2.h>

#include <algorithm>
#include <stdexcept>

#include "policy/comparable.h"
#include "policy/facts/text.h"
#include "policy/name_key.h"

namespace policy {
namespace {

using Node = Condition::Node;

// What reads the header section, or looks at each octet of a text.
bool is_dear(const Test& test) {
  return test.op != Test::Op::constant &&
         (!std::holds_alternative<FactId>(test.left) || test.as_name || test.op == Test::Op::matches ||
          test.op == Test::Op::contains || test.op == Test::Op::resembles);
}

// Look-ups in lists too are worth remembering, as several rules ask for the same.
bool is_worth_remembering(const Test& test) {
  return is_dear(test) || std::holds_alternative<Entries>(test.right);
}

bool below(std::string_view name, std::string_view ancestor) {
  return !ancestor.empty() && name.ends_with(ancestor) &&
         (name.size() == ancestor.size() || name[name.size() - ancestor.size() - 1] == '.');
}

bool same_left(const Test::Left& a, const Test::Left& b) {
  if (a.index() != b.index()) return false;
  if (const HeaderText* text = std::get_if<HeaderText>(&a))
    return equal_nocase(text->name, std::get<HeaderText>(b).name);
  if (const HeaderCount* count = std::get_if<HeaderCount>(&a))
    return equal_nocase(count->name, std::get<HeaderCount>(b).name);
  return std::get<FactId>(a) == std::get<FactId>(b);
}

bool same_right(const Test::Right& a, const Test::Right& b) {
  if (const Pattern* pattern = std::get_if<Pattern>(&a)) {
    const Pattern* other = std::get_if<Pattern>(&b);
    return other && (*pattern)->pattern() == (*other)->pattern();
  }
  return a == b;
}

bool same(const Test& a, const Test& b) {
  return a.op == b.op && a.as_name == b.as_name && same_left(a.left, b.left) && same_right(a.right, b.right);
}

// Each line ends with a line end, which is in no name that is compared.
bool has_line(std::string_view lines, std::string_view line) {
  for (std::size_t end = 0; !lines.empty(); lines.remove_prefix(end + 1)) {
    end = lines.find('\n');
    if (lines.substr(0, end) == line) return true;
  }
  return false;
}

}  // namespace

Program::Place Program::add(const Condition& condition) {
  const auto place = static_cast<Place>(steps_.size());
  if (condition.nodes().empty())
    steps_.push_back({.kind = Step::Kind::never, .next = place + 1});
  else
    add_node(condition, static_cast<std::uint32_t>(condition.nodes().size() - 1), false);
  return place;
}

// `not` is moved down to the tests: of two joined by `and` it makes the two negated, joined by `or`.
void Program::add_node(const Condition& condition, std::uint32_t at, bool negated) {
  const Node* node = &condition.nodes()[at];
  for (; node->kind == Node::Kind::negated; negated = !negated) {
    at = node->left;
    node = &condition.nodes()[at];
  }
  if (node->kind != Node::Kind::test) return add_group(condition, at, negated);
  Step step = compiled(condition.tests()[node->test]);
  step.negated = negated;
  step.turned = step.negated != step.different;
  step.quick = step.kind >= Step::Kind::is_true && step.kind != Step::Kind::name_in && !step.remembered;
  step.next = static_cast<Place>(steps_.size() + 1);
  steps_.push_back(step);
}

void Program::add_group(const Condition& condition, std::uint32_t at, bool negated) {
  const auto kind_of = [&](const Node& node, bool turned) {
    return (node.kind == Node::Kind::both) != turned ? Step::Kind::all : Step::Kind::any;
  };
  const Step::Kind kind = kind_of(condition.nodes()[at], negated);
  const std::size_t group = steps_.size();
  steps_.push_back({.kind = kind});
  // What is joined in the same way becomes one group: `a and b and c`.  The order does not count, so that the
  // cheap ones go first.
  struct Member {
    std::uint32_t node;
    bool negated;
    int cost;
  };
  const auto cost = [&](const Node& node) {
    return node.kind != Node::Kind::test ? 1 : is_dear(condition.tests()[node.test]) ? 2 : 0;
  };
  std::vector<Member> members;
  std::vector<Member> waiting{{at, negated, 0}};
  while (!waiting.empty()) {
    Member member = waiting.back();
    waiting.pop_back();
    const Node* node = &condition.nodes()[member.node];
    for (; node->kind == Node::Kind::negated; node = &condition.nodes()[member.node])
      member = {node->left, !member.negated, 0};
    if (node->kind != Node::Kind::test && kind_of(*node, member.negated) == kind) {
      waiting.push_back({node->right, member.negated, 0});
      waiting.push_back({node->left, member.negated, 0});
    } else {
      members.push_back({member.node, member.negated, cost(*node)});
    }
  }
  std::ranges::stable_sort(members, {}, &Member::cost);
  for (const Member& member : members) add_node(condition, member.node, member.negated);
  steps_[group].next = static_cast<Place>(steps_.size());
}

Program::Step Program::compiled(const Test& test) {
  Step step{.kind = Step::Kind::test};
  step.test = &test;
  if (test.op == Test::Op::constant) return step;
  const FactId* left = std::get_if<FactId>(&test.left);
  if (left && prepare(test, *left, step)) return step;
  if (left && !is_dear(test)) compile_known(test, *left, step);
  if (is_worth_remembering(test)) remember(test, step);
  return step;
}

void Program::remember(const Test& test, Step& step) {
  const auto known = std::ranges::find_if(remembered_, [&](const Test* one) { return same(*one, test); });
  if (known == remembered_.end() && remembered_.size() == kRemembered) return;
  step.remembered = true;
  step.index = static_cast<std::uint16_t>(known - remembered_.begin());
  if (known == remembered_.end()) remembered_.push_back(&test);
}

std::optional<std::uint16_t> Program::prepared(FactId fact, bool as_name) {
  const std::uint16_t slot = slot_of(fact);
  const auto known = std::ranges::find(prepared_, Prepared{slot, as_name});
  const auto index = static_cast<std::uint16_t>(known - prepared_.begin());
  if (index == kPrepared) return std::nullopt;
  if (known == prepared_.end()) prepared_.push_back({slot, as_name});
  return index;
}

// Equality of addresses, and of people's names alone or in a list.
bool Program::prepare(const Test& test, FactId left, Step& step) {
  using Op = Test::Op;
  const Type type = vocabulary_[left].type;
  const bool name = test.as_name && type == Type::text;
  const bool names = test.as_name && type == Type::list && test.op == Op::equal;
  const FactId* list = name && test.op == Op::in ? std::get_if<FactId>(&test.right) : nullptr;
  const Value* right = std::get_if<Value>(&test.right);
  const std::string* words = right ? std::get_if<std::string>(right) : nullptr;  // see Condition::test
  const bool is = test.op == Op::equal || test.op == Op::different;
  if (list ? vocabulary_[*list].type != Type::list
           : !words || !is || !(name || names || (type == Type::address && !test.as_name)))
    return false;
  const auto index = prepared(left, test.as_name);
  const auto of_list = list ? prepared(*list, true) : std::nullopt;
  if (!index || (list && !of_list)) return false;
  step.kind = list ? Step::Kind::name_in : names ? Step::Kind::names_have : Step::Kind::prepared;
  step.slot = slot_of(left);
  step.index = *index;
  step.different = test.op == Op::different;
  if (words) step.text = words->data();
  step.length = list ? *of_list : static_cast<std::uint32_t>(words->size());
  return true;
}

// The comparisons of everyday, each by its own way.
void Program::compile_known(const Test& test, FactId left, Step& step) {
  using Op = Test::Op;
  using Kind = Step::Kind;
  const Type type = vocabulary_[left].type;
  const Op op = test.op;
  const bool is = op == Op::equal || op == Op::different;
  const auto take = [&](Kind kind) {
    step.kind = kind;
    step.slot = slot_of(left);
    step.different = op == Op::different;
  };
  const auto take_text = [&](Kind kind, std::string_view of) {
    take(kind);
    const std::string& lower = texts_.emplace_back(to_lower(of));
    step.text = lower.data();
    step.length = static_cast<std::uint32_t>(lower.size());
  };
  if (const Entries* entries = std::get_if<Entries>(&test.right)) {
    step.entries = entries->get();
    if (type == Type::ip && op == Op::in) take(Kind::ip_in);
    if (type == Type::domain && op == Op::in) take(Kind::domain_in);
    if (type == Type::domain && op == Op::under) take(Kind::domain_under);
    return;
  }
  const Value* right = std::get_if<Value>(&test.right);
  if (!right) return;
  if (type == Type::boolean && op == Op::is_true) return take(Kind::is_true);
  if (type == Type::list && op == Op::equal)
    if (const std::string* words = std::get_if<std::string>(right)) return take_text(Kind::has, *words);
  if (type == Type::domain && op == Op::under)
    if (const Domain* domain = std::get_if<Domain>(right))
      return take_text(Kind::domain_below, domain->text());
  if (type_of(*right) != type) return;
  if (const double* number = std::get_if<double>(right)) {
    step.number = *number;
    if (is) take(Kind::number);
    if (op == Op::less) take(Kind::number_less);
    if (op == Op::less_equal) take(Kind::number_less_equal);
  }
  if (const Time* time = std::get_if<Time>(right)) {
    step.seconds = time->time_since_epoch().count();
    if (op == Op::less) take(Kind::time_less);
    if (op == Op::less_equal) take(Kind::time_less_equal);
  }
  if (!is) return;
  if (const Outcome* outcome = std::get_if<Outcome>(right)) {
    take(Kind::outcome);
    step.wanted = static_cast<std::uint8_t>(*outcome);
  }
  if (const Choice* choice = std::get_if<Choice>(right)) take_text(Kind::choice, choice->word);
  if (const std::string* words = std::get_if<std::string>(right)) take_text(Kind::text, *words);
  if (const Domain* domain = std::get_if<Domain>(right)) take_text(Kind::domain, domain->text());
}

std::uint16_t Program::slot_of(FactId fact) {
  const auto known = std::ranges::find(slots_, fact);
  const auto slot = static_cast<std::uint16_t>(known - slots_.begin());
  if (known == slots_.end()) slots_.push_back(fact);
  if (slots_.size() > kSlots) throw std::logic_error("more facts than a program has room for");
  return slot;
}

Program::Run::Run(const Program& program, const Facts& facts)
    : program_(program), steps_(program.steps_.data()), facts_(facts) {
  for (std::size_t i = 0; i < program.slots_.size(); ++i) slots_[i] = &facts.at(program.slots_[i]);
  std::fill_n(results_.begin(), program.remembered_.size(), kNotYet);
}

Truth Program::Run::single(const Step& step) {
  Truth truth = Truth::no;
  if (!step.remembered) {
    truth = fresh(step);
  } else {
    std::uint8_t& result = results_[step.index];
    if (result == kNotYet) result = static_cast<std::uint8_t>(fresh(step));
    truth = static_cast<Truth>(result);
  }
  return step.negated ? negated(truth) : truth;
}

Truth Program::Run::fresh(const Step& step) {
  if (step.kind >= Step::Kind::is_true && slots_[step.slot]->known() &&
      (step.kind != Step::Kind::name_in || slots_[program_.prepared_[step.length].slot]->known()))
    return holds(step, slots_[step.slot]->value) != step.different ? Truth::yes : Truth::no;
  return step.test ? step.test->evaluate(facts_) : Truth::no;
}

bool Program::Run::holds(const Step& step, const Value& value) {
  using Kind = Step::Kind;
  const auto seconds = [&] { return std::get_if<Time>(&value)->time_since_epoch().count(); };
  const auto domain = [&]() -> std::string_view { return std::get_if<Domain>(&value)->text(); };
  switch (step.kind) {
    case Kind::is_true: return *std::get_if<bool>(&value);
    case Kind::outcome: return static_cast<std::uint8_t>(*std::get_if<Outcome>(&value)) == step.wanted;
    case Kind::number: return *std::get_if<double>(&value) == step.number;
    case Kind::number_less: return *std::get_if<double>(&value) < step.number;
    case Kind::number_less_equal: return *std::get_if<double>(&value) <= step.number;
    case Kind::time_less: return seconds() < step.seconds;
    case Kind::time_less_equal: return seconds() <= step.seconds;
    case Kind::choice: return std::get_if<Choice>(&value)->word == step.words();
    case Kind::text: return equal_nocase(*std::get_if<std::string>(&value), step.words());
    case Kind::prepared: return prepared(step.index) == step.words();
    case Kind::names_have: return has_line(prepared(step.index), step.words());
    case Kind::name_in: return has_line(prepared(step.length), prepared(step.index));
    case Kind::domain: return domain() == step.words();
    case Kind::domain_below: return below(domain(), step.words());
    case Kind::domain_in: return step.entries->has(domain());
    case Kind::domain_under: return step.entries->covers(domain());
    case Kind::ip_in: return step.entries->has(*std::get_if<IpAddress>(&value));
    case Kind::has:
      return std::ranges::any_of(*std::get_if<List>(&value),
                                 [&](const std::string& one) { return equal_nocase(one, step.words()); });
    default: return false;
  }
}

// and: No > Open > Stuck > Yes;  or: Yes > Open > Stuck > No
Truth Program::Run::group(const Step& step) {
  const Truth strong = step.kind == Step::Kind::all ? Truth::no : Truth::yes;
  Truth result = negated(strong);
  const Step* const end = steps_ + step.next;
  for (const Step* member = &step + 1; member != end; member = steps_ + member->next) {
    Truth truth;
    if (member->quick && slots_[member->slot]->known()) {
      truth = holds(*member, slots_[member->slot]->value) != member->turned ? Truth::yes : Truth::no;
      if (truth != strong) continue;
    } else {
      truth = evaluate(*member);
    }
    if (truth == strong) return strong;
    if (truth == Truth::open || (truth == Truth::stuck && result != Truth::open)) result = truth;
  }
  return result;
}

std::string_view Program::Run::prepared(std::size_t index) {
  std::string_view& text = prepared_[index];
  if (text.data()) return text;
  const Prepared& its = program_.prepared_[index];
  const Value& value = slots_[its.slot]->value;
  std::pmr::string made = room_.text();
  if (const List* names = std::get_if<List>(&value)) {
    for (const std::string& one : *names) (made += NameKey(one).text()) += '\n';
  } else if (its.as_name) {
    made = NameKey(*std::get_if<std::string>(&value)).text();
  } else {
    made = comparable(*std::get_if<Address>(&value), room_.memory());
  }
  char* place = static_cast<char*>(room_.memory()->allocate(made.size() + 1, 1));
  std::ranges::copy(made, place);
  return text = {place, made.size()};
}

}  // namespace policy
