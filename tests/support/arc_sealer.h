#pragma once
// Puts ARC sets on messages for tests, with the signer's own canonicalizer.  RFC 8617 §5.1

#include <string>

#include "tests/support/dkim_signer.h"

namespace support {

struct ArcSealing {
  std::string domain = "lists.example";
  std::string selector = "s1";
  std::string cv = {};                              // default: none for the first set, pass for others
  std::string results = "lists.example; spf=pass";  // of ARC-Authentication-Results, behind i=
  std::string more = {};                            // further tags of the seal
  DkimSigning message = {.fields = {"From", "To", "Subject"}};  // of ARC-Message-Signature
};

// The message, whose line ends are CRLF, with one more set on top.
std::string arc_sealed(const std::string& message, const DkimKey& key, const ArcSealing& sealing = {});

}  // namespace support
