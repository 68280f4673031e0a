#pragma once
// Signs messages for tests: its own small canonicalizer and OpenSSL, so that it shares no mistake with the
// verifier.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <openssl/evp.h>

namespace support {

class DkimKey {
 public:
  static DkimKey rsa(unsigned bits = 2048);  // a new one
  static DkimKey ed25519();
  static DkimKey from_pem(const std::string& pem);  // a private key; throws std::runtime_error

  EVP_PKEY* get() const { return key_.get(); }
  bool is_rsa() const { return EVP_PKEY_get_base_id(key_.get()) == EVP_PKEY_RSA; }
  std::string record() const;       // "v=DKIM1; k=rsa; p=…"
  std::string bare_record() const;  // RSA: with the bare RSAPublicKey in p=

 private:
  explicit DkimKey(EVP_PKEY* key) : key_(key, EVP_PKEY_free) {}
  std::shared_ptr<EVP_PKEY> key_;
};

struct DkimSigning {
  std::string domain = "a.example";
  std::string selector = "s1";
  std::vector<std::string> fields = {"From", "To", "Subject", "From"};  // h=
  bool relaxed = true;                                                  // relaxed/relaxed, or simple/simple
  std::string more = {};                                                // further tags: "t=1; i=@x.a.example"
  std::optional<std::size_t> length = {};                               // l=
  std::string name = "DKIM-Signature";                                  // of the field
  std::string first = "v=1";                                            // tag
  std::optional<bool> relaxed_body = {};                                // when not as `relaxed` says
  // The whole field without its last CRLF, with {bh} and {b} where the hashes go, for odd ones: then the tags
  // above only say how to sign.
  std::string layout = {};
};

// p= with an RSA key of these numbers (big-endian octets), whether they make a key or not.
std::string rsa_key_of(const std::string& modulus, const std::string& exponent);

// "DKIM-Signature: …\r\n" to be put on top of the message, whose line ends are CRLF.
std::string dkim_sign(const std::string& message, const DkimKey& key, const DkimSigning& signing = {});

// The message with its signature on top.
std::string dkim_signed(const std::string& message, const DkimKey& key, const DkimSigning& signing = {});

// What the above and other signers are made of: one field without its last CRLF, and a signature in base64.
std::vector<std::string> header_fields(const std::string& message);
std::string canonical_field(const std::string& field, bool relaxed);
std::string sign_base64(const std::string& text, const DkimKey& key);

}  // namespace support
