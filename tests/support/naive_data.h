#pragma once
// How a message must read, found out slowly: each rule in a pass of its own over the whole of it.  What tests
// compare the data reader with; it shares nothing with it.  RFC 5321 §4.1.1.4, §4.5.2; RFC 3030 §2

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "gateway/settings/settings.h"
#include "gateway/smtp/data_reader.h"

namespace support {

struct NaiveMessage {
  std::string text;                                   // as it would read without any limit
  std::set<gateway::smtp::DataReader::Fault> faults;  // all of them; one found earlier may hide others
  std::size_t header_octets = 0;                      // without the empty line
  std::size_t body_offset = 0;
};

// How many octets there are up to and with the end of data; nullopt: it has not come yet.
std::optional<std::size_t> naive_end_of_data(std::string_view octets);

// `octets` without the end of data, or all octets of all chunks; of a binary message (RFC 3030 §3) the body
// stays as it is.
NaiveMessage naive_message(std::string_view octets, gateway::smtp::DataReader::Framing framing,
                           gateway::settings::BareNewline bare_newline,
                           const gateway::settings::Limits& limits);

}  // namespace support
