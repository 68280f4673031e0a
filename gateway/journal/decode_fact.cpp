// Facts read back: JSON has fewer types than the vocabulary.
#include <utility>

#include "gateway/journal/decode_parts.h"
#include "policy/language/literal.h"

namespace gateway::journal {
namespace {

constexpr std::size_t kMostMembers = 256;  // of a list; longer ones are not recorded

// As JSON has it; nothing for what is no value of a fact.
std::optional<Value> plain_value(JsonReader& json) {
  using Kind = JsonReader::Kind;
  switch (json.kind()) {
    case Kind::boolean: return json.boolean();
    case Kind::number: return json.number();
    case Kind::text: return Value(std::string(json.text().value_or("")));
    case Kind::array: {
      List list;
      json.array([&] {
        if (const auto text = json.text(); text && list.size() < kMostMembers) list.emplace_back(*text);
      });
      return list;
    }
    default: return std::nullopt;
  }
}

template <class T>
std::optional<Value> optional_value(const std::optional<T>& value) {
  return value ? std::optional<Value>(*value) : std::nullopt;
}

std::optional<Value> typed_text(const std::string& text, Type type) {
  switch (type) {
    case Type::text: return Value(text);
    case Type::domain: return text.empty() ? Value(Domain()) : optional_value(Domain::parse(text));
    case Type::address: return Value(text.empty() ? Address() : Address::odd(text));
    case Type::ip: return optional_value(IpAddress::parse(text));
    case Type::outcome: return optional_value(parse_outcome(text));
    case Type::choice: return Value(Choice{text});
    case Type::time: return optional_value(policy::language::parse_time(text));
    default: return std::nullopt;
  }
}

std::optional<Value> typed(const Value& plain, Type type) {
  if (const std::string* text = std::get_if<std::string>(&plain)) return typed_text(*text, type);
  return type_of(plain) == type ? std::optional(plain) : std::nullopt;
}

}  // namespace

void read(JsonReader& json, const FactSpec* spec, RecordedFact& recorded) {
  Fact& fact = recorded.fact;
  if (json.kind() != JsonReader::Kind::object) {
    std::optional<Value> plain = plain_value(json);
    std::optional<Value> value = plain && spec ? typed(*plain, spec->type) : std::nullopt;
    recorded.recorded = plain.has_value();
    if (!value) recorded.id.reset();
    if (plain) fact = Fact(Fact::State::known, std::move(value ? *value : *plain));
    return;
  }
  std::string state;
  List sure;
  json.object([&](std::string_view name) {
    if (name == "state") read(json, state);
    if (name == "because") read(json, fact.because);
    if (name == "sure") read(json, sure);
  });
  recorded.recorded = state == "open" || state == "troubled";
  if (state != "troubled") return;
  fact.state = Fact::State::troubled;
  if (!sure.empty() && (!spec || spec->type == Type::list)) fact.value = std::move(sure);
}

}  // namespace gateway::journal
