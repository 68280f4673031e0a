#include "policy/facts/facts.h"

#include <stdexcept>

namespace policy::inline facts {

std::string_view name(Phase phase) {
  constexpr std::string_view kNames[kPhases] = {"connect", "mail", "rcpt", "data", "headers", "message"};
  return kNames[static_cast<std::size_t>(phase)];
}

Vocabulary::Vocabulary(std::span<const Group> groups) {
  for (const Group& group : groups)
    for (const FactSpec& spec : group.facts) {
      const auto id = static_cast<FactId>(rows_.size());
      if (!by_name_.emplace(spec.name, id).second)
        throw std::logic_error("fact declared twice: " + std::string(spec.name));
      std::size_t& count = counts_[static_cast<std::size_t>(spec.owner)];
      rows_.push_back({&spec, group.filter, group.enabled, count++});
    }
}

std::optional<FactId> Vocabulary::find(std::string_view name) const {
  const auto at = by_name_.find(name);
  if (at == by_name_.end()) return std::nullopt;
  return at->second;
}

const Fact& Facts::at(FactId id) const {
  static const Fact open;
  const Owner owner = vocabulary_[id].owner;
  for (const Facts* layer = this; layer != nullptr; layer = layer->outer_) {
    if (!layer->owner_) return layer->own_[index(id)];
    if (layer->owner_ == owner) return layer->own_[vocabulary_.place(id)];
  }
  return open;
}

const Fact& Facts::at(std::string_view name) const {
  const auto id = vocabulary_.find(name);
  if (!id) throw std::logic_error("no such fact: " + std::string(name));
  return at(*id);
}

// Where the fact is kept, which is to have that value or none.
Fact& Facts::own(std::string_view name, const Value* value) {
  const auto id = vocabulary_.find(name);
  if (!id) throw std::logic_error("no such fact: " + std::string(name));
  if (value && type_of(*value) != vocabulary_[*id].type)
    throw std::logic_error("wrong type for fact " + std::string(name));
  if (owner_ && owner_ != vocabulary_[*id].owner)
    throw std::logic_error("not the owner's layer for fact " + std::string(name));
  return own_[owner_ ? vocabulary_.place(*id) : index(*id)];
}

void Facts::put(std::string_view name, Fact fact) {
  own(name, fact.known() ? &fact.value : nullptr) = std::move(fact);
}

void Facts::set(std::string_view name, Value value) {
  Fact& fact = own(name, &value);
  fact.state = Fact::State::known;
  fact.value = std::move(value);
  fact.because.clear();
}

void Facts::trouble(std::string_view name, std::string because, std::optional<Value> sure) {
  put(name, Fact(Fact::State::troubled, sure ? std::move(*sure) : Value(), {std::move(because)}));
}

}  // namespace policy::inline facts
