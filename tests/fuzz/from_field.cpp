// A header section: its author, and the same value as Reply-To and as a subject.
#include "filters/from/author.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "filters/from/encoded_word.h"
#include "filters/from/mailbox_list.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const policy::Message message{std::string(text)};
  for (const bool smtputf8 : {false, true}) {
    const auto author = filters::from::find_author(message, smtputf8);
    if (author.defect.empty() == author.address.domain().empty()) std::abort();  // one or the other
    if (author.defect.empty() != filters::from::explain(author.defect).empty()) std::abort();
  }
  for (const policy::Field& field : message.fields()) {
    filters::from::first_address(field.value);
    if (filters::from::decode_text(field.value).size() > 3 * field.value.size()) std::abort();
  }
  return 0;
}
