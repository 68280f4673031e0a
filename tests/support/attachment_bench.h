#pragma once
// Messages with attachments, and what the filter says of them as one line.

#include <string>
#include <vector>

#include "filters/attachments/limits.h"
#include "filters/filter.h"

namespace support {

struct MimePart {
  std::string header;  // lines with CRLF
  std::string body;
};
MimePart attached(const std::string& name, const std::string& octets,
                  const std::string& type = "application/octet-stream");  // base64
std::string multipart(const std::vector<MimePart>& parts, const std::string& boundary = "b");
std::string with_attachment(const std::string& name, const std::string& octets);
// One part whose header is that, with "MZ…" or other octets in base64.
std::string part_with(const std::string& header, const std::string& octets = "just a text");

// "exe zip", then " encrypted" and " macros" in capitals, and "?" with what is not known: "zip | ENCRYPTED |
// ? why".
std::string found_in(const std::string& message, const filters::attachments::Limits& limits = {});
filters::Finding examined(const std::string& message, const filters::attachments::Limits& limits = {});
// The steps, one a line, indented by their depth.
std::string steps_of(const std::string& message);

}  // namespace support
