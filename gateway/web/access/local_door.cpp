#include "gateway/web/access/doors.h"
#include "gateway/web/access/origin.h"
#include "gateway/web/layout.h"

namespace gateway::web::access {
namespace {

class LocalDoor final : public Doorkeeper {
 public:
  explicit LocalDoor(DoorSettings settings) : settings_(std::move(settings)) {}

  std::variant<Visitor, Response> admit(const Request& request) override {
    if (!names_us(request.header("Host"), settings_.names)) {
      log_refusal("host", request);
      return error_page(
          request, 421,
          "These pages are asked for under localhost or an address of this machine, or under a name that "
          "stands in [review] names.");
    }
    if (request.method == "POST" && is_cross_site(request)) {
      log_refusal("cross_site", request);
      return error_page(request, 403, "Another site has sent this.");
    }
    return Visitor{.role = Role::operate, .form_token = token_};
  }

  Response unknown(const Request& request) override {
    return error_page(request, 403, "You may not see this.");
  }

 private:
  const DoorSettings settings_;
  const std::string token_ = random_hex(32);
};

}  // namespace

std::unique_ptr<Doorkeeper> local_door(DoorSettings settings) {
  return std::make_unique<LocalDoor>(std::move(settings));
}

}  // namespace gateway::web::access
