#pragma once
// What stands beside a held message from the beginning of a release to its end: whom the mailstore may have
// taken it for.  After a crash nobody knows that any more, and it must not go out again unasked.

#include <filesystem>
#include <string>
#include <vector>

#include "gateway/smtp/recipient.h"
#include "gateway/vocabulary.h"

namespace gateway::delivery {

struct ReleaseMark {
  Time begun{};
  std::string who;  // of the audit; "" when the mark cannot be read
  std::string via;
  std::vector<std::string> recipients;
  bool everybody = false;  // the mark cannot be read, so it may be any of them

  // Those of them whose copy may have gone out, in their order.
  std::vector<std::string> in_doubt(const std::vector<smtp::Recipient>& waiting) const;
};

// Beside <key>.held.
std::filesystem::path release_mark_of(std::filesystem::path held);

std::string encode(const ReleaseMark& mark);
// No mark: of nobody.  Blocks.
ReleaseMark read_release_mark(const std::filesystem::path& held);

}  // namespace gateway::delivery
