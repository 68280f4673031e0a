#pragma once
// The text of a time.  Whoever writes it writes it for each message, and most messages come in the second of
// the one before: then it is not made again.

#include <string>

#include "gateway/vocabulary.h"

namespace gateway {

// What `write` makes of the time, kept for each thread until another is asked for.
template <std::string (*write)(Time)>
const std::string& remembered(Time when) {
  thread_local Time last{};
  thread_local std::string text = write(last);
  if (when != last) {
    text = write(when);
    last = when;
  }
  return text;
}

}  // namespace gateway
