#pragma once
// What the lists say of one domain, out of the pinned answers.

#include <string>
#include <vector>

#include "filters/dnsxl/list.h"
#include "filters/filter.h"

namespace filters::dbl {

struct Judgement {
  std::vector<Question> questions;  // still to be asked; the rest stands for what is known without them
  Evidence evidence;                // without method and property
  List listed;                      // ids
  std::vector<double> weights;      // of each list, as they are configured; 0: not listed
};

// A list that is set aside, does not answer or answers with an error counts as not listing.
Judgement judge(const Domain& domain, const std::vector<dnsxl::DnsList>& lists, const Facts& facts,
                const Answers& answers);

}  // namespace filters::dbl
