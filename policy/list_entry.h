#pragma once
// One entry of a list by itself: what people add, look for and remove.  Judging does not use it.

#include <optional>
#include <string>
#include <string_view>

#include "policy/entry_list.h"

namespace policy {

class ListEntry {
 public:
  // Nullopt when the text is not of that kind.
  static std::optional<ListEntry> parse(EntryList::Kind kind, std::string_view text);

  // The form that is compared: an A-label, "192.0.2.0/24", a name without accents.
  const std::string& text() const { return text_; }
  // Both of one kind.
  bool same(const ListEntry& other) const { return text_ == other.text_; }
  // The other one is within this: a network in a wider one, a domain below this one, an address of "@domain".
  bool covers(const ListEntry& other) const;

 private:
  ListEntry(EntryList::Kind kind, std::string text) : kind_(kind), text_(std::move(text)) {}

  EntryList::Kind kind_;
  std::string text_;
  Network network_;
};

// "a domain", "an IP address or a network": for sentences that say what was expected.
std::string_view described(EntryList::Kind kind);

}  // namespace policy
