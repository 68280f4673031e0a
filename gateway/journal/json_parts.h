#pragma once
// Parts that the journal's records have in common, as JSON.

#include <boost/json.hpp>
#include <string_view>

#include "gateway/journal/conclusion.h"
#include "gateway/smtp/client.h"
#include "gateway/vocabulary.h"
#include "policy/verdict.h"

namespace gateway::journal {

// UTF-8 as it is; other octets as \xNN.
boost::json::string text(std::string_view octets);
boost::json::array texts(const std::vector<std::string>& list);
// Whole numbers as such, for people; JSON has no infinity.
boost::json::value number(double value);

boost::json::object encoded(const smtp::Client& client, std::string_view client_name);
boost::json::object encoded(const policy::Verdict& verdict, const Conclusion& conclusion);
boost::json::object encoded(const policy::RuleOutcome& rule);

}  // namespace gateway::journal
