#pragma once
// A running SHA-256.

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace filters::signing {

class Sha256 {
 public:
  Sha256();
  Sha256(const Sha256& other);  // goes on from the same octets
  Sha256& operator=(const Sha256&) = delete;

  void take(std::string_view octets);
  std::string finish();  // 32 octets; nothing may be taken after it

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

}  // namespace filters::signing
