#pragma once
// journal.subject: where the subject is not kept, it must not stand in another part of the record either.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/journal/encode.h"
#include "policy/verdict.h"

namespace gateway::journal {

// What stands in the place of a subject: its SHA-256 in hex, or words that say that it was left out.
std::string stand_in(std::string_view subject, SubjectMode mode);

class HiddenSubject {
 public:
  HiddenSubject(std::string_view subject, SubjectMode mode);

  bool hides() const { return !subject_.empty(); }
  // Replaces it in the text of a rule, and from then on wherever that text stands in another.
  void hide(policy::ReplyText& reply);
  // The replies of rules that hide() knows, and a subject of six octets or more that a mailstore quotes
  // whole.
  void hide(std::string& text) const;

 private:
  std::string subject_;
  std::string stand_in_;
  std::vector<std::pair<std::string, std::string>> texts_;  // clear, hidden
};

}  // namespace gateway::journal
