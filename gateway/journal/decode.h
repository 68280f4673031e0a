#pragma once
// Reads a record of the journal back: encode.h and encode_session.h say what stands in it.
//
// Total: any line, of any version, torn or hostile, gives a value or the sentence that says what is wrong.
// Members that are not known, or not of the kind they should be, are passed over; lists are read up to a
// bound.

#include <string_view>
#include <vector>

#include "gateway/journal/recorded.h"

namespace gateway::journal {

struct DecodeOptions {
  // Evidence, outcomes of the rules, DNS, state, header fields on top, delivery.
  bool story = true;
  // By FactId, those to be read; null: all, and those that the vocabulary does not know.
  const std::vector<bool>* facts = nullptr;
};

// The facts get the types of the vocabulary.
Result<Recorded> decode(std::string_view line, const Vocabulary& vocabulary,
                        const DecodeOptions& options = {});

}  // namespace gateway::journal
