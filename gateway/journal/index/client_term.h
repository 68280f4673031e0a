#pragma once
// How clients are found by address and by network, of any length, with a handful of terms each.

#include <string>
#include <string_view>
#include <vector>

#include "gateway/vocabulary.h"

namespace gateway::journal::index {

// The address in hexadecimal digits behind "4" or "6", and each network of whole octets around it up to /64;
// nothing for what is no address.
std::vector<std::string> client_terms(std::string_view ip);

struct ClientTerms {
  std::vector<std::string> texts;  // having one of them is being in the network; at most 256
  bool prefix = false;             // they are the front of one
};
ClientTerms terms_of(const Network& network);

}  // namespace gateway::journal::index
