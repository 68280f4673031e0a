#pragma once
// Who may come in.  The server asks before each page; how people are known is not its business.

#include <string>
#include <string_view>
#include <variant>

#include "gateway/web/request.h"
#include "gateway/web/response.h"

namespace gateway::web {

class Doorkeeper {
 public:
  virtual ~Doorkeeper() = default;
  // Called from many threads.  The visitor, with Role::none for somebody unknown, or what he is told instead.
  virtual std::variant<Visitor, Response> admit(const Request& request) = 0;
  // What somebody unknown is told who asks for more than Role::none.
  virtual Response unknown(const Request& request) = 0;
};

// Compares in a time that depends on the lengths only.
bool same_secret(std::string_view one, std::string_view other);
// Fit for secrets.  std::runtime_error when the system has none.
std::string random_octets(std::size_t count);
std::string random_hex(std::size_t octets);  // as two digits each

}  // namespace gateway::web
