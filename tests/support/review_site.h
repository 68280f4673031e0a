#pragma once
// The pages of what is recorded over a journal that a test makes, asked without a socket.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/review/world.h"
#include "gateway/web/access/doors.h"
#include "gateway/web/routes.h"
#include "tests/support/journal_days.h"

namespace support {

class ReviewSite {
 public:
  ReviewSite();

  gateway::web::Response get(const std::string& target);
  std::string page(const std::string& target) { return get(target).body; }

  JournalDays days;
  gateway::Time now;               // half past eleven of kJournalDay, at first
  gateway::review::Status status;  // with an index that is up to date, at first

 private:
  const std::shared_ptr<gateway::pipeline::InForce> in_force_;
  const gateway::review::World world_;
  gateway::web::Routes routes_;
  const std::unique_ptr<gateway::web::Doorkeeper> door_ = gateway::web::access::local_door({});
};

// All links of a page: where to, and the text within, both with the escapes of HTML undone.
std::vector<std::pair<std::string, std::string>> links_in(const std::string& page);

// What a response with pieces comes to.
std::string whole(const gateway::web::Response& response);

}  // namespace support
