#pragma once
// The XCLIENT command: a trusted front end says who the real client is.  Postfix XCLIENT_README

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/vocabulary.h"

namespace gateway::smtp {

struct Xclient {  // attributes not given, or said to be unavailable, are empty
  std::optional<IpAddress> address;
  std::optional<std::uint16_t> port;
  std::optional<std::string> helo;
  std::optional<bool> esmtp;
};

// "NAME=… ADDR=… PORT=… HELO=… PROTO=… LOGIN=…", values as xtext.  NAME and LOGIN are read and ignored: names
// are looked up, and nobody logs in.  Nullopt when malformed or an attribute is not known.
std::optional<Xclient> parse_xclient(std::string_view argument);

}  // namespace gateway::smtp
