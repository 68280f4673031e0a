#pragma once
// TLS contexts: the certificates and rules that many connections share.  OpenSSL stays behind this header.

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gateway/settings/settings.h"
#include "gateway/vocabulary.h"

struct ssl_ctx_st;
struct ssl_st;

namespace gateway::net {

struct SslFree {
  void operator()(ssl_st* ssl) const;
};
using SslPtr = std::unique_ptr<ssl_st, SslFree>;

// The server's side: TLS 1.2 and newer.  Immutable; a reload makes a new one and swaps the pointer,
// connections keep the one they began with.
class TlsServer {
 public:
  // The first certificate is the default, the others are chosen by SNI.  Errors name the file and the cause.
  static Result<std::shared_ptr<const TlsServer>> load(
      std::span<const settings::Certificate> certificates,
      settings::TlsCiphers ciphers = settings::TlsCiphers::strong);

  // A TLS object on that descriptor, ready to accept; null when memory is short.
  SslPtr accept_on(int descriptor) const;

  // When the default certificate ends.
  std::chrono::system_clock::time_point expires() const { return expires_; }

 private:
  TlsServer() = default;
  std::vector<std::shared_ptr<ssl_ctx_st>> contexts_;
  std::chrono::system_clock::time_point expires_;
};

// The certificate made by ourselves under `state`/tls/ for `hostname`: made when there is none, then kept.
Result<settings::Certificate> self_signed_certificate(const std::filesystem::path& state,
                                                      const std::string& hostname);

// The client's side, for mailstores that speak TLS.
class TlsClient {
 public:
  enum class Verify { nothing, certificate_and_name };
  static Result<std::shared_ptr<const TlsClient>> make(Verify verify);

  // A TLS object on that descriptor, ready to connect to `host` (SNI and, where asked, the name to verify).
  SslPtr connect_on(int descriptor, const std::string& host) const;

 private:
  TlsClient() = default;
  std::shared_ptr<ssl_ctx_st> context_;
  Verify verify_ = Verify::nothing;
};

// What OpenSSL complains about on this thread, in one line; empties its queue.
std::string tls_error();

}  // namespace gateway::net
