// What one comparison comes to.
#include <re2/re2.h>

#include <algorithm>

#include "policy/condition.h"
#include "policy/facts/text.h"

namespace policy {
namespace {

template <class Holds>
bool any_text(const Value& value, const Holds& holds) {
  switch (type_of(value)) {
    case Type::text: return holds(std::string_view(std::get<std::string>(value)));
    case Type::domain: return holds(std::string_view(std::get<Domain>(value).text()));
    case Type::address: return holds(std::string_view(std::get<Address>(value).comparable()));
    case Type::choice: return holds(std::string_view(std::get<Choice>(value).word));
    case Type::list:
      return std::ranges::any_of(std::get<List>(value),
                                 [&](const std::string& one) { return holds(std::string_view(one)); });
    default: return false;
  }
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
      case Test::Op::equal: return equal(left);
      case Test::Op::different: return different(left);
      case Test::Op::less: return less(left, *right_);
      case Test::Op::less_equal: return less(left, *right_) || left == *right_;
      case Test::Op::in: return in(left);
      case Test::Op::under: return under(left);
      case Test::Op::matches:
        return any_text(left, [&](std::string_view text) {
          return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()),
                                   *std::get<Pattern>(test_.right));
        });
      case Test::Op::contains: return contains(left);
      case Test::Op::resembles: return std::get<Known>(test_.right)->holds(left, test_.as_name, facts_);
      default: return false;
    }
  }

 private:
  bool same(std::string_view a, std::string_view b) const {
    return test_.as_name ? name_key(a) == name_key(b) : equal_nocase(a, b);
  }
  bool equal(const Value& left) const {
    if (!is_text(left)) return left == *right_;
    return any_text(left, [&](std::string_view a) {
      return any_text(*right_, [&](std::string_view b) { return same(a, b); });
    });
  }
  bool different(const Value& left) const {
    if (!is_text(left)) return left != *right_;
    return any_text(left, [&](std::string_view a) {
      return !any_text(*right_, [&](std::string_view b) { return same(a, b); });
    });
  }
  bool in(const Value& left) const {
    if (const Entries* entries = std::get_if<Entries>(&test_.right)) {
      if (const IpAddress* ip = std::get_if<IpAddress>(&left)) return (*entries)->has(*ip);
      return any_text(left, [&](std::string_view text) { return (*entries)->has(text); });
    }
    return equal(left);
  }
  bool under(const Value& left) const {
    const auto covered = [&](std::string_view name) {
      if (name.ends_with('.')) name.remove_suffix(1);
      if (const Entries* entries = std::get_if<Entries>(&test_.right)) return (*entries)->covers(name);
      if (const Address* address = std::get_if<Address>(right_)) return below(name, address->domain().text());
      return any_text(*right_, [&](std::string_view ancestor) { return below(name, ancestor); });
    };
    if (const Address* address = std::get_if<Address>(&left)) return covered(address->domain().text());
    return any_text(left, covered);
  }
  bool contains(const Value& left) const {
    return any_text(left, [&](std::string_view text) {
      if (const Entries* entries = std::get_if<Entries>(&test_.right))
        return std::ranges::any_of((*entries)->texts(),
                                   [&](const std::string& part) { return contains_nocase(text, part); });
      return any_text(*right_, [&](std::string_view part) { return contains_nocase(text, part); });
    });
  }

  const Test& test_;
  const Value* right_;
  const Facts& facts_;
};

List header_values(const Message& message, const std::string& name) {
  List values;
  for (const Field* field : message.find(name)) values.push_back(unfold(field->value));
  if (values.empty()) values.emplace_back();
  return values;
}

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
  const Comparison comparison(*this, value, facts);

  if (const FactId* id = std::get_if<FactId>(&left)) {
    const Fact& fact = facts.at(*id);
    if (op == Op::troubled) return fact.troubled() ? Truth::yes : fact.known() ? Truth::no : Truth::open;
    if (fact.state == Fact::State::open || other_open) return Truth::open;
    if (!fact.troubled() && !other_troubled) return comparison.holds(fact.value) ? Truth::yes : Truth::no;
    if (fact.troubled() && !other_troubled)
      if (const auto truth = about_trouble(*this)) return *truth;
    // Of a list the members that are sure can match; that none does says nothing.
    const bool left_usable = fact.known() || type_of(fact.value) == Type::list;
    const bool right_usable = !other_troubled || type_of(other->value) == Type::list;
    const bool sure = op != Op::different || !other_troubled;
    return left_usable && right_usable && sure && comparison.holds(fact.value) ? Truth::yes : Truth::stuck;
  }
  const Message* message = facts.message();
  if (!message || other_open) return Truth::open;
  if (other_troubled) return Truth::stuck;
  if (const HeaderCount* count = std::get_if<HeaderCount>(&left))
    return comparison.holds(static_cast<double>(message->count(count->name))) ? Truth::yes : Truth::no;
  return comparison.holds(header_values(*message, std::get<HeaderText>(left).name)) ? Truth::yes : Truth::no;
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
