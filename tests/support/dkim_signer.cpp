#include "tests/support/dkim_signer.h"

#include <algorithm>
#include <stdexcept>

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "policy/facts/text.h"

namespace support {
namespace {

using policy::equal_nocase;

const unsigned char* octets(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

EVP_PKEY* checked(EVP_PKEY* key) {
  if (!key) throw std::runtime_error("OpenSSL made no key");
  return key;
}

std::string base64(const std::string& text) {
  std::string out(4 * ((text.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), octets(text),
                                   static_cast<int>(text.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::string sha256(const std::string& text) {
  std::string hash(32, '\0');
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(hash.data()), &size, EVP_sha256(),
             nullptr);
  return hash;
}

// White space runs become one space, those at the end of a line go.
std::string squeeze(const std::string& line) {
  std::string out;
  for (const char c : line)
    if (c != ' ' && c != '\t')
      out.push_back(c);
    else if (out.empty() || out.back() != ' ')
      out.push_back(' ');
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

std::string canonical_body(const std::string& body, bool relaxed) {
  std::string out;
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t end = std::min(body.find("\r\n", at), body.size());
    const std::string line = body.substr(at, end - at);
    out += (relaxed ? squeeze(line) : line) + "\r\n";
    at = end + 2;
  }
  while (out.ends_with("\r\n\r\n")) out.resize(out.size() - 2);
  if (out == "\r\n" || out.empty()) return relaxed ? "" : "\r\n";
  return out;
}

struct Parts {
  std::vector<std::string> fields;  // each without its last CRLF
  std::string body;
};

Parts split(const std::string& message) {
  Parts parts;
  std::size_t at = 0;
  while (at < message.size() && message.compare(at, 2, "\r\n") != 0) {
    const std::size_t end = std::min(message.find("\r\n", at), message.size());
    const std::string line = message.substr(at, end - at);
    if ((line.starts_with(' ') || line.starts_with('\t')) && !parts.fields.empty())
      parts.fields.back() += "\r\n" + line;
    else
      parts.fields.push_back(line);
    at = end + 2;
  }
  parts.body = message.substr(std::min(at + 2, message.size()));
  return parts;
}

// Each name in h= takes the lowest field of that name that is not yet taken.  RFC 6376 §5.4.2
std::string covered(std::vector<std::string> fields, const DkimSigning& signing) {
  std::string text;
  for (const std::string& name : signing.fields) {
    const auto found = std::find_if(fields.rbegin(), fields.rend(), [&](const std::string& field) {
      return equal_nocase(squeeze(field.substr(0, field.find(':'))), name);
    });
    if (found == fields.rend()) continue;
    text += canonical_field(*found, signing.relaxed) + "\r\n";
    fields.erase(std::next(found).base());
  }
  return text;
}

std::string sign(const std::string& text, const DkimKey& key) {
  const std::string hash = sha256(text);
  const std::string& input = key.is_rsa() ? text : hash;  // RFC 8463 §3: Ed25519 signs the hash
  std::string signature(1024, '\0');
  std::size_t size = signature.size();
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const bool fine =
      EVP_DigestSignInit(context, nullptr, key.is_rsa() ? EVP_sha256() : nullptr, nullptr, key.get()) == 1 &&
      EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size, octets(input),
                     input.size()) == 1;
  EVP_MD_CTX_free(context);
  if (!fine) throw std::runtime_error("OpenSSL does not sign");
  signature.resize(size);
  return signature;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  if (const std::size_t at = text.find(what); at != text.npos) text.replace(at, what.size(), with);
  return text;
}

// b= counts as empty, with the white space around its value.  RFC 6376 §3.7
std::string without_signature(const std::string& field) {
  constexpr const char* kSpace = " \t\r\n";
  const std::size_t at = field.find("{b}");
  const std::string before = field.substr(0, at);
  const std::string after = field.substr(at + 3);
  return before.substr(0, before.find_last_not_of(kSpace) + 1) +
         after.substr(std::min(after.find_first_not_of(kSpace), after.size()));
}

// One element of DER.
std::string element(char kind, const std::string& contents) {
  std::string size(1, static_cast<char>(contents.size()));
  if (contents.size() > 0x7f)
    size = {'\x82', static_cast<char>(contents.size() >> 8), static_cast<char>(contents.size() & 0xff)};
  if (contents.size() > 0x7f && contents.size() < 0x100) size = {'\x81', static_cast<char>(contents.size())};
  return kind + size + contents;
}

std::string number(const std::string& octets) {
  const bool negative = !octets.empty() && (octets[0] & 0x80) != 0;
  return element('\x02', (negative ? std::string(1, '\0') : "") + octets);
}

template <class Encode>
std::string der(Encode encode, EVP_PKEY* key) {
  unsigned char* out = nullptr;
  const int size = encode(key, &out);
  if (size <= 0) throw std::runtime_error("OpenSSL does not write the key");
  const std::string text(reinterpret_cast<const char*>(out), static_cast<std::size_t>(size));
  OPENSSL_free(out);
  return text;
}

}  // namespace

std::vector<std::string> header_fields(const std::string& message) { return split(message).fields; }

std::string canonical_field(const std::string& field, bool relaxed) {
  if (!relaxed) return field;
  const std::size_t colon = field.find(':');
  std::string value = field.substr(colon + 1);
  std::erase_if(value, [](char c) { return c == '\r' || c == '\n'; });
  value = squeeze(value);
  if (value.starts_with(' ')) value.erase(0, 1);
  return policy::to_lower(squeeze(field.substr(0, colon))) + ":" + value;
}

std::string sign_base64(const std::string& text, const DkimKey& key) { return base64(sign(text, key)); }

DkimKey DkimKey::rsa(unsigned bits) { return DkimKey(checked(EVP_RSA_gen(bits))); }

DkimKey DkimKey::ed25519() { return DkimKey(checked(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"))); }

DkimKey DkimKey::from_pem(const std::string& pem) {
  BIO* in = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  EVP_PKEY* key = PEM_read_bio_PrivateKey(in, nullptr, nullptr, nullptr);
  BIO_free(in);
  return DkimKey(checked(key));
}

std::string DkimKey::record() const {
  if (is_rsa()) return "v=DKIM1; k=rsa; p=" + base64(der(i2d_PUBKEY, get()));
  std::string raw(32, '\0');
  std::size_t size = raw.size();
  EVP_PKEY_get_raw_public_key(get(), reinterpret_cast<unsigned char*>(raw.data()), &size);
  return "v=DKIM1; k=ed25519; p=" + base64(raw);
}

std::string DkimKey::bare_record() const { return "v=DKIM1; k=rsa; p=" + base64(der(i2d_PublicKey, get())); }

std::string rsa_key_of(const std::string& modulus, const std::string& exponent) {
  const std::string numbers = element('\x30', number(modulus) + number(exponent));
  const std::string algorithm("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00", 15);
  return "p=" + base64(element('\x30', algorithm + element('\x03', std::string(1, '\0') + numbers)));
}

std::string dkim_sign(const std::string& message, const DkimKey& key, const DkimSigning& signing) {
  const Parts parts = split(message);
  std::string body = canonical_body(parts.body, signing.relaxed_body.value_or(signing.relaxed));
  if (signing.length) body.resize(std::min(body.size(), *signing.length));
  std::string names;
  for (const std::string& name : signing.fields) names += (names.empty() ? "" : ":") + name;

  std::string field = signing.name + ": " + signing.first + "; a=";
  field += key.is_rsa() ? "rsa-sha256" : "ed25519-sha256";
  field += signing.relaxed ? "; c=relaxed" : "; c=simple";
  field += signing.relaxed_body.value_or(signing.relaxed) ? "/relaxed" : "/simple";
  field += "; d=" + signing.domain + "; s=" + signing.selector + ";\r\n h=" + names + ";\r\n";
  if (signing.length) field += " l=" + std::to_string(*signing.length) + ";";
  if (!signing.more.empty()) field += " " + signing.more + ";";
  field += " bh=" + base64(sha256(body)) + ";\r\n b=";

  field += "{b}";
  if (!signing.layout.empty()) field = replaced(signing.layout, "{bh}", base64(sha256(body)));
  const std::string text =
      covered(parts.fields, signing) + canonical_field(without_signature(field), signing.relaxed);
  return replaced(field, "{b}", sign_base64(text, key)) + "\r\n";
}

std::string dkim_signed(const std::string& message, const DkimKey& key, const DkimSigning& signing) {
  return dkim_sign(message, key, signing) + message;
}

}  // namespace support
