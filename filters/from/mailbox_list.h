#pragma once
// The strict reading of From and Reply-To: RFC 5322 §3.4 without its obsolete forms, and without what the
// grammar allows and readers misread.  What the grammar forbids is taken only where it is common and no
// reader could take another domain for the author's: dots in a display name, an address as its own display
// name, odd dots in a local part.  Total and linear.

#include <string>
#include <string_view>
#include <vector>

#include "policy/facts/address.h"

namespace filters::from {

using namespace policy::facts;

struct MailboxList {
  std::vector<Address> mailboxes;  // with a defect: those before it; members of groups count
  std::string name;  // the first display name, or the comment beside a bare address, as far as it could be
                     // read; as display_text()
  // Empty when all is well, else one of: nul control empty syntax comment route group encoded-word
  // raw-8bit-domain ambiguous disguised
  std::string_view defect;
};

// `value` may be folded.  U-labels in domains are for messages sent with SMTPUTF8.  RFC 6532 §3.2
MailboxList parse_mailbox_list(std::string_view value, bool u_labels);

// The first address that can be read, <> when there is none.  For Reply-To.
Address first_address(std::string_view value);

}  // namespace filters::from
