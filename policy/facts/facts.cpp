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
      rows_.push_back({&spec, group.filter, group.enabled});
    }
}

std::optional<FactId> Vocabulary::find(std::string_view name) const {
  const auto at = by_name_.find(name);
  if (at == by_name_.end()) return std::nullopt;
  return at->second;
}

const Fact& Facts::at(FactId id) const {
  const Facts* layer = this;
  while (layer->outer_ && layer->owner_ != vocabulary_[id].owner) layer = layer->outer_;
  return layer->own_[index(id)];
}

const Fact& Facts::at(std::string_view name) const {
  const auto id = vocabulary_.find(name);
  if (!id) throw std::logic_error("no such fact: " + std::string(name));
  return at(*id);
}

void Facts::put(std::string_view name, Fact fact) {
  const auto id = vocabulary_.find(name);
  if (!id) throw std::logic_error("no such fact: " + std::string(name));
  if (fact.known() && type_of(fact.value) != vocabulary_[*id].type)
    throw std::logic_error("wrong type for fact " + std::string(name));
  own_[index(*id)] = std::move(fact);
}

void Facts::set(std::string_view name, Value value) { put(name, {Fact::State::known, std::move(value), {}}); }

void Facts::trouble(std::string_view name, std::string because, std::optional<Value> sure) {
  put(name, {Fact::State::troubled, sure ? std::move(*sure) : Value(), {std::move(because)}});
}

}  // namespace policy::inline facts
