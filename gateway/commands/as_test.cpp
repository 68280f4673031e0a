#include "gateway/commands/as_test.h"

#include "gateway/journal/decode.h"
#include "gateway/pipeline/in_force.h"

namespace gateway::commands {

Result<rehearsal::WrittenTest> as_test(const std::string& config, std::string_view record, bool as_is) {
  const Time today = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  policy::Diagnostics diagnostics;
  const auto in_force = pipeline::InForce::load(config, today, diagnostics);
  if (!in_force) return Error(diagnostics.render());
  const auto recorded = journal::decode(record, in_force->vocabulary);
  if (!recorded) return Error("its record cannot be read: " + recorded.error().text());
  return rehearsal::write_test(*recorded, in_force, {.as_is = as_is});
}

}  // namespace gateway::commands
