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

// "NAME=… ADDR=… PORT=… HELO=… PROTO=… LOGIN=…", values as xtext.  What is said beside
// ADDR, PORT, HELO and PROTO is read and ignored: names are looked up, and nobody logs in.  Nullopt when
// malformed, or when an attribute is not known or given twice.
std::optional<Xclient> parse_xclient(std::string_view argument);

}  // namespace gateway::smtp
