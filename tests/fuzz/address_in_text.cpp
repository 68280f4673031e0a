// The search of an address in whatever a record holds: the first line is the address, the rest the text.
#include "gateway/journal/address_in_text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "gateway/journal/quoted_id.h"
#include "gateway/vocabulary.h"

namespace {

bool is_word(std::string_view text) {
  return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") == text.npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view address = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(address.size() + 1, text.size()));
  const std::size_t at = address.rfind('@');
  if (at == address.npos || at == 0 || at + 1 == address.size()) return 0;
  const std::string_view local = address.substr(0, at);
  const std::string domain = gateway::to_lower(address.substr(at + 1));
  const gateway::journal::AddressInText search(local, domain);

  std::string hidden;
  std::size_t from = 0;
  while (const auto found = search.find(text, from)) {
    if (found->begin < from || found->size == 0 || found->size > text.size() - found->begin) std::abort();
    hidden.append(text.substr(from, found->begin - from)).append("-");
    from = found->begin + found->size;
  }
  if (from > text.size()) std::abort();
  hidden += text.substr(from);
  // Where the plain address stands alone it is found, whatever stands around.
  if (is_word(local) && is_word(domain)) {
    const std::string with = hidden + "\n" + std::string(local) + "@" + domain + "\n" + std::string(text);
    if (const auto found = search.find(with, hidden.size()); !found || found->begin != hidden.size() + 1)
      std::abort();
  }

  const std::string words[] = {std::string(address), std::string(text)};
  for (const std::string& id : gateway::journal::quoted_ids(words))
    if (id.empty() || id.size() > size || !gateway::is_ascii(id)) std::abort();
  return 0;
}
