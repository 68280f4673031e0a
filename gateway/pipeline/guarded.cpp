#include "gateway/pipeline/guarded.h"

#include <spdlog/spdlog.h>

#include <exception>

namespace gateway::pipeline::guarded {

using filters::Filter;
using filters::Finding;

Finding trouble(const Filter& filter, std::string_view because) {
  try {
    return filter.trouble(because);
  } catch (...) {
    return {};  // found wanting by FactOwnership, and repaired
  }
}

Finding examine(const Filter& filter, const Facts& facts, const Answers& answers) {
  try {
    return filter.examine(facts, answers);
  } catch (const std::exception& error) {
    return trouble(filter, error.what());
  } catch (...) {
    return trouble(filter, "threw what is no exception");
  }
}

Finding conclude(const Filter& filter, const Facts& facts, const Answers& answers, std::string_view because) {
  try {
    return filter.conclude(facts, answers, because);
  } catch (...) {
    return trouble(filter, because);
  }
}

std::vector<Question> foresee(const Filter& filter, const Facts& facts, const Answers& answers) {
  try {
    return filter.foresee(facts, answers);
  } catch (const std::exception&) {
    return {};  // examine() will meet the same and say so
  }
}

std::vector<StateUpdate> learn(const Filter& filter, const Facts& facts, const Answers& answers,
                               const filters::Ending& ending) {
  try {
    return filter.learn(facts, answers, ending);
  } catch (const std::exception& error) {
    spdlog::error("event=learning_failed filter={} error=\"{}\"", filter.name(), printable(error.what()));
    return {};
  }
}

}  // namespace gateway::pipeline::guarded
