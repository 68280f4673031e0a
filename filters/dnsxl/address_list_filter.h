#pragma once
// Asks lists for the client's address: what the filters dnsbl and dnswl have in common.

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "filters/dnsxl/list.h"
#include "filters/filter.h"

namespace filters::dnsxl {

// What tells the two apart.
struct AddressLists {
  std::string_view method;  // of the filter and of its evidence
  Outcome when_listed;      // of that evidence
  std::string_view score;   // the names of its facts
  std::string_view listed;
  std::string_view codes;
  std::span<const FactSpec> facts;
};

std::unique_ptr<Filter> make_address_list_filter(const AddressLists& what, std::vector<DnsList> lists);

}  // namespace filters::dnsxl
