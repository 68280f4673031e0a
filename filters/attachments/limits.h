#pragma once
// How much of a message is looked at.  Beyond it the facts are troubled.

#include <cstdint>

namespace filters::attachments {

struct Limits {
  unsigned depth = 20;      // multiparts, messages and archives inside each other
  unsigned parts = 1000;    // of MIME, in all
  unsigned entries = 5000;  // names in archives and documents, in all; a zip archive has each twice
  std::uint64_t unpacked = 50'000'000;  // octets that what is packed inside an archive may come to, in all
};

}  // namespace filters::attachments
