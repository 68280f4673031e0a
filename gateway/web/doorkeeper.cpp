#include "gateway/web/doorkeeper.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <stdexcept>
#include <vector>

#include "gateway/web/layout.h"

namespace gateway::web {
namespace {

class OpenDoor final : public Doorkeeper {
 public:
  std::variant<Visitor, Response> admit(const Request&) override {
    return Visitor{.role = Role::operate, .form_token = token_};
  }
  Response unknown(const Request& request) override {
    return error_page(request, 403, "You may not see this.");
  }

 private:
  const std::string token_ = random_hex(32);
};

}  // namespace

std::unique_ptr<Doorkeeper> open_door() { return std::make_unique<OpenDoor>(); }

bool same_secret(std::string_view one, std::string_view other) {
  return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

std::string random_hex(std::size_t octets) {
  std::vector<unsigned char> random(octets);
  if (RAND_bytes(random.data(), static_cast<int>(octets)) != 1) throw std::runtime_error("no random octets");
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  for (const unsigned char one : random) out.append({kHex[one >> 4], kHex[one & 15]});
  return out;
}

}  // namespace gateway::web
