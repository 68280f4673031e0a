#pragma once
// What an Authentication-Results field says, ours and those of others, as one value.  RFC 8601 §2.2
// parse.h reads it, encode.h writes it.

#include <string>
#include <vector>

namespace filters::authres {

// ptype.name=value: what was looked at, such as "smtp.mailfrom".
struct Property {
  std::string ptype;  // in lower case; empty where the writer gave none
  std::string name;   // in lower case
  std::string value;  // any octets; quotes, comments and folds resolved
  friend bool operator==(const Property&, const Property&) = default;
};

// One result of one method.  Methods, results and properties that nobody registered are kept.
struct Resinfo {
  std::string method;  // in lower case
  unsigned method_version = 1;
  std::string result;       // in lower case; any word, not only the outcomes we know
  std::string reason = {};  // empty: none was given
  std::vector<Property> properties = {};
  friend bool operator==(const Resinfo&, const Resinfo&) = default;
};

struct AuthenticationResults {
  std::string authserv_id;  // who vouches for it, as written
  unsigned version = 1;
  std::vector<Resinfo> resinfos = {};  // empty: "none"
  friend bool operator==(const AuthenticationResults&, const AuthenticationResults&) = default;
};

}  // namespace filters::authres
