#include "filters/dnsbl/dnsbl_filter.h"

#include "filters/dnsxl/address_list_filter.h"
#include "filters/registry.h"

namespace filters::dnsbl {
namespace {

constexpr std::string_view kScore = "dnsbl.score";
constexpr std::string_view kListed = "dnsbl.listed";
constexpr std::string_view kCodes = "dnsbl.codes";

constexpr FactSpec kFacts[] = {
    {kScore, Type::number, Phase::connect, Owner::session,
     "the weights of all lists of filter.dnsbl that list the client, added up"},
    {kListed, Type::list, Phase::connect, Owner::session,
     "the ids of the lists of filter.dnsbl that list the client"},
    {kCodes, Type::list, Phase::connect, Owner::session,
     "what they answered, as far as it counts: \"zen:127.0.0.2\""},
};

}  // namespace

std::span<const FactSpec> facts() { return kFacts; }

std::unique_ptr<Filter> make_dnsbl(const Options& options) {
  return dnsxl::make_address_list_filter({.method = "dnsbl",
                                          .when_listed = Outcome::fail,
                                          .score = kScore,
                                          .listed = kListed,
                                          .codes = kCodes,
                                          .facts = kFacts},
                                         options.dnsbl);
}

}  // namespace filters::dnsbl
