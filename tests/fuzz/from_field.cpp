// A header section: its author, and the same value as Reply-To and as a subject.  What is taken for an author
// must be one for a reading without a grammar, too, and for ours a second time.
#include "filters/from/author.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "filters/from/mailbox_list.h"
#include "filters/mime/encoded_word.h"
#include "policy/facts/text.h"
#include "tests/support/naive_from.h"

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

// Every "@" outside quoted strings stands in front of the author's domain; in comments, where it stands in
// front of one.
void see_one_domain(const policy::Message& message, const policy::Domain& author) {
  const auto signs = support::at_signs(message.first("From")->value);
  demand(!signs.empty());
  for (const support::AtSign& sign : signs) {
    const auto domain = policy::Domain::parse(sign.domain);
    demand(sign.in_comment || domain);
    demand(!domain || *domain == author);
  }
}

void read_again(const policy::Address& address, bool smtputf8) {
  for (const std::string& written : {address.text(), "X <" + address.text() + ">"}) {
    const auto again = filters::from::parse_mailbox_list(written, smtputf8);
    demand(again.defect.empty() && again.mailboxes.size() == 1 && again.mailboxes[0] == address);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const policy::Message message{std::string(text)};
  for (const bool smtputf8 : {false, true}) {
    const auto author = filters::from::find_author(message, smtputf8);
    demand(author.defect.empty() != author.address.domain().empty());  // one or the other
    demand(author.defect.empty() == filters::from::explain(author.defect).empty());
    demand(policy::is_valid_utf8(author.name));
    if (!author.defect.empty()) continue;
    demand(message.count("From") == 1);
    read_again(author.address, smtputf8);
    if (!smtputf8) see_one_domain(message, author.address.domain());
  }
  for (const policy::Field& field : message.fields()) {
    filters::from::first_address(field.value);
    demand(filters::mime::decode_text(field.value).size() <= 3 * field.value.size());
    const std::string shown = filters::mime::display_text(field.value);
    demand(policy::is_valid_utf8(shown) &&
           shown.find_first_of(std::string_view("\0\r\n\t\x1b\x7f", 6)) == shown.npos);
  }
  return 0;
}
