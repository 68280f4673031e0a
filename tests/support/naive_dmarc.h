#pragma once
// RFC 9989 read aloud: the steps of §4.10, §4.10.1, §4.10.2 and §5.3 one by one, on names as text, where
// every look-up is answered.  Slow, and what the filter must agree with.

#include <map>
#include <string>
#include <vector>

namespace support {

struct NaiveDmarc {
  std::map<std::string, std::vector<std::string>> texts;  // domain → the TXT records at _dmarc below it
  bool author_exists = true;
  std::string author;
  std::string spf;                // passed; may be empty
  std::vector<std::string> dkim;  // passed

  struct Result {
    std::string result;  // none pass fail permerror
    std::string policy;
    std::string policy_domain;
    std::string organisation;
    std::vector<std::string> aligned;
  };
  Result judge() const;
};

}  // namespace support
