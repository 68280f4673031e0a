#include "gateway/commands/diagnostic_json.h"

#include <boost/json/object.hpp>

#include "gateway/vocabulary.h"

namespace gateway::commands {
namespace {

boost::json::object as_json(const policy::Diagnostic& one) {
  const bool warning = one.severity == policy::Diagnostic::Severity::warning;
  return {{"severity", warning ? "warning" : "error"},
          {"file", printable(one.file)},
          {"line", one.line},
          {"column", one.column},
          {"message", printable(one.message, 1000)}};
}

}  // namespace

boost::json::array diagnostics_as_json(const policy::Diagnostics& diagnostics) {
  boost::json::array found;
  for (const policy::Diagnostic& one : diagnostics.all()) found.push_back(as_json(one));
  return found;
}

}  // namespace gateway::commands
