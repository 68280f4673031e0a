#include "gateway/commands/list_facts.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "filters/registry.h"
#include "gateway/vocabulary.h"

namespace gateway::commands {
namespace {

namespace json = boost::json;

std::string type_of(const FactSpec& spec) {
  if (spec.type == Type::choice) return fmt::format("choice ({})", spec.choices);
  return std::string(name(spec.type));
}

}  // namespace

int list_facts(bool as_json) {
  const Vocabulary vocabulary = filters::make_vocabulary();
  json::array rows;
  std::size_t name_width = 0;
  std::size_t type_width = 0;
  for (std::size_t i = 0; i < vocabulary.size(); ++i) {
    name_width = std::max(name_width, vocabulary[FactId(i)].name.size());
    type_width = std::max(type_width, type_of(vocabulary[FactId(i)]).size());
  }
  for (std::size_t i = 0; i < vocabulary.size(); ++i) {
    const FactSpec& spec = vocabulary[FactId(i)];
    const std::string_view filter = vocabulary.filter(FactId(i));
    if (as_json)
      rows.push_back(json::object{{"name", std::string(spec.name)},
                                  {"type", std::string(name(spec.type))},
                                  {"choices", std::string(spec.choices)},
                                  {"final_at", std::string(name(spec.final_at))},
                                  {"filter", std::string(filter)},
                                  {"description", std::string(spec.description)}});
    else
      fmt::print("{:{}}  {:{}}  {:8}  {}\n", spec.name, name_width, type_of(spec), type_width,
                 name(spec.final_at), spec.description);
  }
  if (as_json)
    fmt::print("{}\n", json::serialize(rows));
  else
    fmt::print(
        "\nBesides: header(\"Name\"), all occurrences of a header field, and header_count(\"Name\").\n");
  return 0;
}

}  // namespace gateway::commands
