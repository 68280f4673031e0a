#include "policy/facts/facts.h"

#include <bit>
#include <stdexcept>

namespace policy::inline facts {

std::string_view name(Phase phase) {
  constexpr std::string_view kNames[kPhases] = {"connect", "mail", "rcpt", "data", "headers", "message"};
  return kNames[static_cast<std::size_t>(phase)];
}

Vocabulary::Vocabulary(std::span<const Group> groups) {
  std::size_t facts = 0;
  for (const Group& group : groups) facts += group.facts.size();
  by_name_.resize(std::bit_ceil(4 * facts + 1));
  for (const Group& group : groups)
    for (const FactSpec& spec : group.facts) {
      const auto id = static_cast<FactId>(rows_.size());
      std::optional<FactId>& place = by_name_[place_of(spec.name)];
      if (place) throw std::logic_error("fact declared twice: " + std::string(spec.name));
      place = id;
      std::size_t& count = counts_[static_cast<std::size_t>(spec.owner)];
      rows_.push_back({&spec, group.filter, group.enabled, count++});
    }
}

// Where the name stands, or would stand.
std::size_t Vocabulary::place_of(FactName name) const {
  std::size_t place = name.hash();
  for (;; ++place) {
    place &= by_name_.size() - 1;
    const std::optional<FactId>& id = by_name_[place];
    if (!id || rows_[index(*id)].spec->name == name.text()) return place;
  }
}

std::optional<FactId> Vocabulary::find(FactName name) const { return by_name_[place_of(name)]; }

const Fact& Facts::at(FactId id) const {
  static const Fact open;
  const Owner owner = vocabulary_[id].owner;
  for (const Facts* layer = this; layer != nullptr; layer = layer->outer_) {
    if (layer->owner_ && layer->owner_ != owner) continue;
    const Fact* const fact = layer->own_.find(layer->place(id));
    return fact ? *fact : open;
  }
  return open;
}

const Fact& Facts::at(FactName name) const {
  const auto id = vocabulary_.find(name);
  if (!id) throw std::logic_error("no such fact: " + std::string(name.text()));
  return at(*id);
}

// Where the fact is kept, which is to have that value or none.
Fact& Facts::own(FactName name, const Value* value) {
  const auto id = vocabulary_.find(name);
  if (!id) throw std::logic_error("no such fact: " + std::string(name.text()));
  if (value && type_of(*value) != vocabulary_[*id].type)
    throw std::logic_error("wrong type for fact " + std::string(name.text()));
  if (owner_ && owner_ != vocabulary_[*id].owner)
    throw std::logic_error("not the owner's layer for fact " + std::string(name.text()));
  return own_.at(place(*id));
}

void Facts::put(FactName name, Fact fact) {
  own(name, fact.known() ? &fact.value : nullptr) = std::move(fact);
}

void Facts::set(FactName name, Value value) {
  Fact& fact = own(name, &value);
  fact.state = Fact::State::known;
  fact.value = std::move(value);
  fact.because.clear();
}

void Facts::trouble(FactName name, std::string because, std::optional<Value> sure) {
  put(name, Fact(Fact::State::troubled, sure ? std::move(*sure) : Value(), {std::move(because)}));
}

}  // namespace policy::inline facts
