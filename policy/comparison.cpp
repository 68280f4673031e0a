// What one comparison comes to.  Allocates nothing unless a name, an address or a field is uncommonly long.
#include <re2/re2.h>

#include <algorithm>

#include "policy/comparable.h"
#include "policy/condition.h"
#include "policy/facts/text.h"
#include "policy/name_key.h"
#include "policy/room.h"

namespace policy {
namespace {

// A field value on one line, as unfold() has it.
template <class Holds>
bool unfolded(std::string_view value, const Holds& holds) {
  value = trim(value);
  if (value.find("\r\n") == value.npos) return holds(value);
  Room room;
  std::pmr::string line = room.text();
  line.reserve(value.size());
  for (std::size_t fold = value.find("\r\n"); fold != value.npos; fold = value.find("\r\n")) {
    line += value.substr(0, fold);
    value.remove_prefix(fold + 2);
  }
  line += value;
  return holds(std::string_view(line));
}

// All fields of a name.
struct Fields {
  const Message& message;
  std::string_view name;
};

// Holds for the text, or for any member of the list.
template <class Holds>
bool any_text(const Value& value, const Holds& holds) {
  switch (type_of(value)) {
    case Type::text: return holds(std::string_view(std::get<std::string>(value)));
    case Type::domain: return holds(std::string_view(std::get<Domain>(value).text()));
    case Type::address: {
      Room room;
      return holds(std::string_view(comparable(std::get<Address>(value), room.memory())));
    }
    case Type::choice: return holds(std::string_view(std::get<Choice>(value).word));
    case Type::list:
      return std::ranges::any_of(std::get<List>(value),
                                 [&](const std::string& one) { return holds(std::string_view(one)); });
    default: return false;
  }
}

template <class Holds>
bool any_text(const Fields& fields, const Holds& holds) {
  bool none = true;
  for (const Field& field : fields.message.fields()) {
    if (!equal_nocase(field.name, fields.name)) continue;
    none = false;
    if (unfolded(field.value, holds)) return true;
  }
  return none && holds(std::string_view());
}

bool is_text(const Value& value) {
  switch (type_of(value)) {
    case Type::text:
    case Type::domain:
    case Type::address:
    case Type::list: return true;
    default: return false;
  }
}

bool below(std::string_view name, std::string_view ancestor) {
  if (ancestor.empty() || name.size() < ancestor.size()) return false;
  if (!equal_nocase(name.substr(name.size() - ancestor.size()), ancestor)) return false;
  return name.size() == ancestor.size() || name[name.size() - ancestor.size() - 1] == '.';
}

bool contains_nocase(std::string_view text, std::string_view part) {
  const auto same = [](char a, char b) { return to_lower(a) == to_lower(b); };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

bool less(const Value& left, const Value& right) {
  if (type_of(left) != type_of(right)) return false;
  if (const double* number = std::get_if<double>(&left)) return *number < std::get<double>(right);
  if (const Time* time = std::get_if<Time>(&left)) return *time < std::get<Time>(right);
  return false;
}

// What is compared on the right-hand side, once it is known.
class Comparison {
 public:
  Comparison(const Test& test, const Value* right, const Facts& facts)
      : test_(test), right_(right), facts_(facts) {}

  bool holds(const Value& left) const {
    switch (test_.op) {
      case Test::Op::is_true: return std::get_if<bool>(&left) && std::get<bool>(left);
      case Test::Op::less: return less(left, *right_);
      case Test::Op::less_equal: return less(left, *right_) || left == *right_;
      case Test::Op::equal: return is_text(left) ? equal(left) : left == *right_;
      case Test::Op::different: return is_text(left) ? different(left) : left != *right_;
      case Test::Op::in:
        if (const IpAddress* ip = std::get_if<IpAddress>(&left))
          if (const Entries* entries = std::get_if<Entries>(&test_.right)) return (*entries)->has(*ip);
        return is_text(left) || std::holds_alternative<Entries>(test_.right) ? in(left) : left == *right_;
      case Test::Op::under:
        if (const Address* address = std::get_if<Address>(&left)) return covered(address->domain().text());
        return under(left);
      case Test::Op::resembles: return likeness().holds(left, test_.as_name, facts_);
      default: return holds_of_text(left);
    }
  }
  bool holds(const Fields& left) const {
    switch (test_.op) {
      case Test::Op::equal: return equal(left);
      case Test::Op::different: return different(left);
      case Test::Op::in: return in(left);
      case Test::Op::under: return under(left);
      case Test::Op::resembles:
        return any_text(left, [&](std::string_view text) {
          return likeness().holds(Value(std::string(text)), test_.as_name, facts_);
        });
      default: return holds_of_text(left);
    }
  }

 private:
  const Likeness& likeness() const { return *std::get<Known>(test_.right); }
  template <class Left>
  bool holds_of_text(const Left& left) const {
    switch (test_.op) {
      case Test::Op::contains: return contains(left);
      case Test::Op::matches:
        return any_text(left, [&](std::string_view text) {
          return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()),
                                   *std::get<Pattern>(test_.right));
        });
      default: return false;
    }
  }
  template <class Left>
  bool equal(const Left& left) const {
    return any_text(left, [&](std::string_view text) { return on_the_right(text); });
  }
  template <class Left>
  bool different(const Left& left) const {
    return any_text(left, [&](std::string_view text) { return !on_the_right(text); });
  }
  bool on_the_right(std::string_view text) const {
    if (!test_.as_name)
      return any_text(*right_, [&](std::string_view one) { return equal_nocase(text, one); });
    const NameKey key(text);
    const bool ready = std::holds_alternative<Value>(test_.right);  // see Condition::test
    return any_text(*right_, [&](std::string_view one) {
      return ready ? key.text() == one : key.text() == NameKey(one).text();
    });
  }
  template <class Left>
  bool in(const Left& left) const {
    const Entries* entries = std::get_if<Entries>(&test_.right);
    if (!entries) return equal(left);
    return any_text(left, [&](std::string_view text) { return (*entries)->has(text); });
  }
  template <class Left>
  bool under(const Left& left) const {
    return any_text(left, [&](std::string_view name) { return covered(name); });
  }
  bool covered(std::string_view name) const {
    if (name.ends_with('.')) name.remove_suffix(1);
    if (const Entries* entries = std::get_if<Entries>(&test_.right)) return (*entries)->covers(name);
    if (const Address* address = std::get_if<Address>(right_)) return below(name, address->domain().text());
    return any_text(*right_, [&](std::string_view ancestor) { return below(name, ancestor); });
  }
  template <class Left>
  bool contains(const Left& left) const {
    return any_text(left, [&](std::string_view text) {
      if (const Entries* entries = std::get_if<Entries>(&test_.right)) return (*entries)->within(text);
      return any_text(*right_, [&](std::string_view part) { return contains_nocase(text, part); });
    });
  }

  const Test& test_;
  const Value* right_;
  const Facts& facts_;
};

// Only `== temperror` (and != ) see that a look-up failed.
std::optional<Truth> about_trouble(const Test& test) {
  if (test.op != Test::Op::equal && test.op != Test::Op::different) return std::nullopt;
  const Value* value = std::get_if<Value>(&test.right);
  const Outcome* outcome = value ? std::get_if<Outcome>(value) : nullptr;
  if (!outcome || *outcome != Outcome::temperror) return std::nullopt;
  return test.op == Test::Op::equal ? Truth::yes : Truth::no;
}

}  // namespace

Truth Test::evaluate(const Facts& facts) const {
  if (op == Op::constant) return std::get<bool>(std::get<Value>(right)) ? Truth::yes : Truth::no;

  const Fact* other = nullptr;
  if (const FactId* id = std::get_if<FactId>(&right)) other = &facts.at(*id);
  const Value* value = other ? &other->value : std::get_if<Value>(&right);
  const Known* known = std::get_if<Known>(&right);
  const bool other_open = (other && other->state == Fact::State::open) || (known && (*known)->open(facts));
  const bool other_troubled = other && other->troubled();
  // Of a list the members that are sure can match; that none does says nothing.
  const bool right_usable = !other_troubled || (type_of(other->value) == Type::list && op != Op::different);
  const Comparison comparison(*this, value, facts);

  if (const FactId* id = std::get_if<FactId>(&left)) {
    const Fact& fact = facts.at(*id);
    if (op == Op::troubled) return fact.troubled() ? Truth::yes : fact.known() ? Truth::no : Truth::open;
    if (fact.state == Fact::State::open || other_open) return Truth::open;
    if (!fact.troubled() && !other_troubled) return comparison.holds(fact.value) ? Truth::yes : Truth::no;
    if (fact.troubled() && !other_troubled)
      if (const auto truth = about_trouble(*this)) return *truth;
    const bool left_usable = fact.known() || type_of(fact.value) == Type::list;
    return left_usable && right_usable && comparison.holds(fact.value) ? Truth::yes : Truth::stuck;
  }
  const Message* message = facts.message();
  if (!message || other_open) return Truth::open;
  bool holds = false;
  if (const HeaderCount* count = std::get_if<HeaderCount>(&left))
    holds = right_usable && comparison.holds(static_cast<double>(message->count(count->name)));
  else
    holds = right_usable && comparison.holds(Fields{*message, std::get<HeaderText>(left).name});
  if (holds) return Truth::yes;
  return other_troubled ? Truth::stuck : Truth::no;
}

std::vector<std::string> Test::names(const Vocabulary& vocabulary) const {
  std::vector<std::string> names;
  if (op == Op::constant) return names;
  if (const FactId* id = std::get_if<FactId>(&left)) names.emplace_back(vocabulary[*id].name);
  if (const HeaderText* header = std::get_if<HeaderText>(&left))
    names.push_back("header(\"" + header->name + "\")");
  if (const HeaderCount* header = std::get_if<HeaderCount>(&left))
    names.push_back("header_count(\"" + header->name + "\")");
  if (const FactId* id = std::get_if<FactId>(&right)) names.emplace_back(vocabulary[*id].name);
  return names;
}

}  // namespace policy
