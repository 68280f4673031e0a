#include "filters/rate/counting.h"

namespace filters::rate {

StateQuestion count(std::string_view table, std::string key, double add) {
  return {StateQuestion::Asks::rate, std::string(table), std::move(key), add, kWindow};
}

FactValue counted(std::string_view fact, const StateAnswer& answer) {
  return FactValue::known(fact, answer.failed.empty() ? answer.rate : 0.0);
}

}  // namespace filters::rate
