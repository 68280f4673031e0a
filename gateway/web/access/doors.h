#pragma once
// The two doors to the review pages: for the users of this machine, and for those of a password file.

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "gateway/vocabulary.h"
#include "gateway/web/access/sessions.h"
#include "gateway/web/doorkeeper.h"
#include "gateway/web/routes.h"

namespace gateway::web::access {

// What both have in common.
struct DoorSettings {
  std::vector<std::string> names;  // under which the pages are asked for, besides those of this machine
  std::vector<std::string>
      local_paths;  // of vital routes which programs of this machine may ask for without a password
};

// Whoever reaches it may do everything: it listens on loopback only.  Pages of other sites, opened by a
// browser of this machine, get nothing.
std::unique_ptr<Doorkeeper> local_door(DoorSettings settings);

// Log-in by name and password; /api/ and vital routes also by HTTP Basic.
class LoginDoor : public Doorkeeper {
 public:
  static std::unique_ptr<LoginDoor> make(std::filesystem::path password_file, DoorSettings settings);
  virtual void add_pages(Routes& routes) = 0;  // /login, /logout
};

}  // namespace gateway::web::access
