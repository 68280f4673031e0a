#pragma once
// Takes a person out of records: his address wherever it stands, and what else names him.  The rest of a
// record stays as it is, octet by octet, so that what was decided, and why, can still be read.

#include <optional>
#include <string>
#include <string_view>

#include "gateway/journal/address_in_text.h"
#include "gateway/journal/index/row_reader.h"
#include "gateway/vocabulary.h"

namespace gateway::journal {

class Erasure {
 public:
  // An address with a local part and a domain; the error says what was expected.
  static Result<Erasure> of(std::string_view address);

  // Whether it stands anywhere in the record, in any of the ways AddressInText knows.
  bool is_in(std::string_view record) const;

  // The record without him, nothing when he is not in it.  "erased" stands in the place of the local part;
  // where he is the sender or the author, "[erased]" in that of his name and the subject.
  std::optional<std::string> without(std::string_view record) const;

 private:
  explicit Erasure(AddressInText address) : address_(std::move(address)) {}

  // Nothing when he is not in it.
  std::optional<std::string> replaced(std::string_view text, std::string_view name) const;

  AddressInText address_;
};

}  // namespace gateway::journal
