#pragma once
// Lists as a configuration may have them, and a book of answers with their entries.

#include <string>
#include <utility>
#include <vector>

#include "filters/dnsxl/list.h"
#include "tests/support/answer_book.h"

namespace filters::dnsxl {

inline DnsList make_list(std::string id, std::string zone,
                         const std::vector<std::pair<std::string, double>>& codes,
                         Kind kind = Kind::addresses) {
  DnsList list{.id = std::move(id), .kind = kind, .zone = std::move(zone)};
  list.test_point = kind == Kind::addresses ? "127.0.0.2" : "test";
  for (const auto& [written, weight] : codes)
    list.codes.push_back({written, {CodePattern::parse(written).value()}, weight});
  return list;
}

inline void add_code(support::AnswerBook& book, const std::string& name, std::string_view code) {
  book.add(name, RecordType::a, {.text = {}, .address = IpAddress::parse(code).value()});
}

}  // namespace filters::dnsxl
