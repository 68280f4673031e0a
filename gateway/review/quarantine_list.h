#pragma once
// A page of what is in quarantine, as an address asks for it: /quarantine?q=…&skip=…

#include <cstddef>
#include <string>

#include "gateway/held/summary.h"
#include "gateway/review/search_words.h"
#include "gateway/web/fields.h"

namespace gateway::review {

struct QuarantineRequest {
  static constexpr std::size_t kLimit = 50;
  static constexpr std::size_t kMostLimit = 1000;

  SearchWords words;
  journal::index::Query query;
  std::size_t skip = 0;
  std::size_t limit = kLimit;

  // The error is a sentence for whoever asked.
  static Result<QuarantineRequest> read(const web::Fields& fields, Time now);
};

}  // namespace gateway::review
