#include "tests/support/arc_sealer.h"

#include <algorithm>
#include <map>
#include <regex>

namespace support {
namespace {

// The fields of each set in the order in which a seal covers them.
std::map<int, std::vector<std::string>> sets_of(const std::string& message) {
  std::map<int, std::vector<std::string>> sets;
  for (const char* name : {"ARC-Authentication-Results:", "ARC-Message-Signature:", "ARC-Seal:"})
    for (const std::string& field : header_fields(message)) {
      std::smatch found;
      if (field.starts_with(name) && std::regex_search(field, found, std::regex("[: ;]i=([0-9]+)")))
        sets[std::stoi(found[1])].push_back(field);
    }
  return sets;
}

}  // namespace

std::string arc_sealed(const std::string& message, const DkimKey& key, const ArcSealing& sealing) {
  const auto sets = sets_of(message);
  const std::string instance = "i=" + std::to_string(sets.empty() ? 1 : sets.rbegin()->first + 1);
  DkimSigning signing = sealing.message;
  signing.name = "ARC-Message-Signature";
  signing.first = instance;
  signing.domain = sealing.domain;
  if (signing.selector == DkimSigning{}.selector) signing.selector = sealing.selector;

  const std::string results = "ARC-Authentication-Results: " + instance + "; " + sealing.results + "\r\n";
  const std::string signature = dkim_sign(message, key, signing);
  std::string seal = "ARC-Seal: " + instance + "; a=";
  seal += key.is_rsa() ? "rsa-sha256" : "ed25519-sha256";
  seal += "; d=" + sealing.domain + "; s=" + sealing.selector + "; cv=";
  seal += !sealing.cv.empty() ? sealing.cv : sets.empty() ? "none" : "pass";
  if (!sealing.more.empty()) seal += "; " + sealing.more;
  seal += ";\r\n b=";

  std::string text;
  for (const auto& [number, fields] : sets)
    for (const std::string& field : fields) text += canonical_field(field, true) + "\r\n";
  for (const std::string& field : {results, signature}) text += canonical_field(field, true) + "\r\n";
  text += canonical_field(seal, true);
  return seal + sign_base64(text, key) + "\r\n" + signature + results + message;
}

}  // namespace support
