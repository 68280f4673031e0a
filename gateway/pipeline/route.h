#pragma once
// Which mailstore a recipient belongs to, or why we do not take mail for it.  Never an open relay.

#include <optional>
#include <string>
#include <string_view>

#include "gateway/settings/settings.h"
#include "gateway/smtp/reply.h"
#include "gateway/vocabulary.h"

namespace gateway::pipeline {

struct Route {
  Address address;                   // bare postmaster is the first served domain's.  RFC 5321 §4.5.1
  std::string mailstore;             // when we take mail for it
  std::string_view refused_by = {};  // "@relay", "@recipient"
  std::optional<smtp::Reply> refusal;
};

// `lenient`: odd local parts are let through, as `explain` does.
Route find_route(const settings::Settings& settings, const Address& recipient, bool lenient = false);

}  // namespace gateway::pipeline
