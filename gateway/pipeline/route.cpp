#include "gateway/pipeline/route.h"

namespace gateway::pipeline {
namespace {

// Spellings that other software reads as a route, a pipe or a file: a%b, a!b, "a@b", /a, |a, .a.
bool is_odd(const std::string& local) {
  return local.empty() || local.starts_with('.') || local.find_first_of("@%!/|\\\"<>()") != std::string::npos;
}

Route refuse(Route route, std::string_view by, smtp::Reply reply) {
  route.refused_by = by;
  route.refusal = std::move(reply);
  return route;
}

}  // namespace

Route find_route(const settings::Settings& settings, const Address& recipient, bool lenient) {
  Route route{recipient, {}, {}, {}};
  const bool bare = recipient.domain().empty() && !recipient.is_literal();
  if (bare) {
    if (!equal_nocase(recipient.local(), "postmaster"))
      return refuse(std::move(route), "@syntax", {501, "1.3", "A domain is missing in the recipient"});
    route.address =
        Address::parse(recipient.local() + "@" + settings.domain_order.front().text()).value_or(recipient);
  }
  const auto domain = settings.domains.find(route.address.domain());
  if (route.address.is_literal() || domain == settings.domains.end())
    return refuse(std::move(route), "@relay",
                  {550, "7.1", "We do not relay mail: this domain is not served here"});
  route.mailstore = domain->second.mailstore;
  if (equal_nocase(route.address.local(), "postmaster")) return route;
  const auto& list = domain->second.recipients.list;
  if (list && !list->contains(route.address.comparable()))
    return refuse(std::move(route), "@recipient", {550, "1.1", "No such recipient here"});
  if (!list && !lenient && is_odd(route.address.local()))
    return refuse(std::move(route), "@recipient",
                  {550, "1.3", "Characters in the recipient are not accepted"});
  return route;
}

}  // namespace gateway::pipeline
