// A line of the journal read back.  What was read is written again: that record must read back as itself, and
// all of its printouts be made.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "filters/registry.h"
#include "gateway/journal/decode.h"
#include "gateway/journal/encode_session.h"
#include "gateway/journal/tell.h"

namespace {

using namespace gateway::journal;

const policy::Vocabulary& vocabulary() {
  static const policy::Vocabulary all = filters::make_vocabulary({});
  return all;
}

std::string written(const Recorded& recorded) {
  if (recorded.session) return encode_session(recorded.session_entry());
  return encode_record(recorded.entry(), recorded.subject_mode());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto recorded = decode(line, vocabulary());
  const auto brief = decode(line, vocabulary(), {.story = false});
  if (!recorded) return 0;
  if (!brief) std::abort();
  if (!recorded->session) tell(recorded->entry());
  // The first writing leaves out what the record could not have held, the second nothing.
  const std::string first = written(*recorded);
  const auto again = decode(first, vocabulary());
  if (!again) std::abort();
  const std::string second = written(*again);
  const auto last = decode(second, vocabulary());
  if (!last || written(*last) != second) std::abort();
  return 0;
}
