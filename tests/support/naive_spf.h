#pragma once
// check_host() of RFC 7208 §4 as the text has it, without libspf2, pinned answers or handles: what the real
// one is compared with.  It shares with it the reading of a record and the expansion of macros.

#include <functional>

#include "filters/spf/check.h"

namespace support {

using AnswerDns = std::function<policy::DnsAnswer(const policy::DnsQuestion&)>;

policy::Outcome naive_spf(const filters::spf::Check& check, const AnswerDns& dns);

}  // namespace support
