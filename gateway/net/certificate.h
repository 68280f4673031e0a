#pragma once
// What a certificate says of itself, for people who must renew it in time.

#include <filesystem>
#include <string>
#include <vector>

#include "gateway/vocabulary.h"

namespace gateway::net {

struct CertificateFacts {
  std::vector<std::string> names;  // DNS names, of the subject's alternative names; octets from the file
  Time ends{};                     // notAfter
};

// Of the first certificate in a PEM file.  Blocks.
Result<CertificateFacts> read_certificate(const std::filesystem::path& file);

}  // namespace gateway::net
