#pragma once
// One request as a page sees it.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/vocabulary.h"
#include "gateway/web/fields.h"

namespace gateway::web {

// What somebody may do; each may what those before it may.
enum class Role {
  none,     // nobody is logged in
  view,     // look at everything that changes nothing
  operate,  // release, delete, and the like
};

constexpr std::string_view name(Role role) {
  return role == Role::operate ? "operate" : role == Role::view ? "view" : "none";
}

// Who asks.
struct Visitor {
  std::string name;  // empty: nobody is logged in, or no log-in is wanted here
  Role role = Role::none;
  std::string form_token;    // what each form of this visitor has to send back
  bool by_password = false;  // the password came with this very request (HTTP Basic)
  bool can_log_out = false;
};

struct Request {
  std::string method;  // GET (HEAD is one), POST
  std::string path;    // without the query, percent-decoded
  std::string target;  // with it, as it was sent
  Fields query;
  Fields form;       // of a POST of application/x-www-form-urlencoded
  std::string body;  // of a POST of anything else
  std::vector<std::pair<std::string, std::string>> headers;
  IpAddress peer;
  bool secure = false;  // over TLS
  Visitor visitor;
  std::vector<std::pair<std::string, std::string>> parameters;  // of the route: {id} of "/message/{id}"

  std::string_view header(std::string_view name) const;     // the first; empty when there is none
  std::string_view parameter(std::string_view name) const;  // empty when the route has none of that name
  bool may(Role role) const { return visitor.role >= role; }
  bool wants_json() const { return path.starts_with("/api/"); }
};

}  // namespace gateway::web
