#pragma once
// A message as the DMARC filter meets it: what From, SPF and DKIM left, and the names around it.

#include <string>
#include <utility>
#include <vector>

#include "filters/filter.h"
#include "tests/support/answer_book.h"

namespace support {

struct DmarcScene {
  std::string author;                  // the author domain; empty with a defect
  std::string spf = {};                // the domain that passes; "!a.example": could not be judged; "": none
  std::vector<std::string> dkim = {};  // the same, of each signature
  std::string defect = {};
};

void set_scene(const DmarcScene& scene, policy::Facts& facts);

// Name → TXT record, "@192.0.2.1" for an address, "=target" for an alias, "!servfail" for a status.
using DmarcZone = std::vector<std::pair<std::string, std::string>>;
void publish(const DmarcZone& zone, AnswerBook& book);

// A fact as text, with "?" in front when it is troubled.
std::string said(const filters::Finding& finding, std::string_view fact);

}  // namespace support
