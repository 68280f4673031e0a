#include "filters/dnswl/dnswl_filter.h"

#include "filters/dnsxl/address_list_filter.h"
#include "filters/registry.h"

namespace filters::dnswl {
namespace {

constexpr std::string_view kScore = "dnswl.score";
constexpr std::string_view kListed = "dnswl.listed";
constexpr std::string_view kCodes = "dnswl.codes";

constexpr FactSpec kFacts[] = {
    {kScore, Type::number, Phase::connect, Owner::session,
     "the weights of all lists of filter.dnswl that list the client, added up"},
    {kListed, Type::list, Phase::connect, Owner::session,
     "the ids of the lists of filter.dnswl that list the client"},
    {kCodes, Type::list, Phase::connect, Owner::session,
     "what they answered, as far as it counts: \"dnswl:127.0.5.2\""},
};

}  // namespace

std::span<const FactSpec> facts() { return kFacts; }

std::unique_ptr<Filter> make_dnswl(const Options& options) {
  return dnsxl::make_address_list_filter({.method = "dnswl",
                                          .when_listed = Outcome::pass,
                                          .score = kScore,
                                          .listed = kListed,
                                          .codes = kCodes,
                                          .facts = kFacts},
                                         options.dnswl);
}

}  // namespace filters::dnswl
