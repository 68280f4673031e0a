#include "gateway/web/access/scrypt.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>
#include <charconv>
#include <optional>
#include <semaphore>
#include <stdexcept>
#include <vector>

#include "gateway/web/doorkeeper.h"
#include "policy/facts/hex.h"

namespace gateway::web::access {
namespace {

constexpr std::size_t kSaltOctets = 16;
constexpr std::size_t kHashOctets = 32;
constexpr unsigned kLeastLogN = 10;
constexpr unsigned kMostLogN = 20;
constexpr unsigned kMostR = 32;
constexpr unsigned kMostP = 16;
constexpr std::uint64_t kMostWork = std::uint64_t{1} << 22;  // N r p: about a second
constexpr std::ptrdiff_t kAtOnce = 2;

std::string derive(std::string_view password, std::string_view salt, unsigned log_n, unsigned r, unsigned p) {
  static std::counting_semaphore<kAtOnce> room(kAtOnce);
  std::string key(kHashOctets, '\0');
  room.acquire();
  const int done =
      EVP_PBE_scrypt(password.data(), password.size(), reinterpret_cast<const unsigned char*>(salt.data()),
                     salt.size(), std::uint64_t{1} << log_n, r, p, PasswordHash::kMostMemory + (4 << 20),
                     reinterpret_cast<unsigned char*>(key.data()), key.size());
  room.release();
  if (done != 1) throw std::runtime_error("scrypt has no memory");
  return key;
}

std::optional<std::string> from_hex(std::string_view text, std::size_t least, std::size_t most) {
  if (text.size() % 2 != 0 || text.size() < 2 * least || text.size() > 2 * most) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto octet = hex_octet(text, i);
    if (!octet) return std::nullopt;
    out += *octet;
  }
  return out;
}

std::optional<unsigned> number(std::string_view text, unsigned least, unsigned most) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least || value > most)
    return std::nullopt;
  return value;
}

}  // namespace

Result<PasswordHash> PasswordHash::parse(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::string_view rest = text; parts.size() < 7;) {
    const std::size_t end = rest.find('$');
    parts.push_back(rest.substr(0, end));
    if (end == rest.npos) break;
    rest.remove_prefix(end + 1);
  }
  if (parts.front() != "scrypt")
    return Error("this is no password hash of ours: expected scrypt$15$8$1$…, as postern password writes it");
  if (parts.size() != 6)
    return Error("expected six parts between the $: scrypt, log2 of N, r, p, salt and hash");
  const auto log_n = number(parts[1], kLeastLogN, kMostLogN);
  const auto r = number(parts[2], 1, kMostR);
  const auto p = number(parts[3], 1, kMostP);
  if (!log_n || !r || !p)
    return Error(fmt::format("expected log2 of N from {} to {}, r from 1 to {} and p from 1 to {}",
                             kLeastLogN, kMostLogN, kMostR, kMostP));
  const std::uint64_t blocks = (std::uint64_t{1} << *log_n) * *r;
  if (blocks * 128 > kMostMemory || blocks * *p > kMostWork)
    return Error(
        "these parameters take more than 128 MiB or a second for each log-in: expected such as "
        "scrypt$15$8$1");
  auto salt = from_hex(parts[4], 8, 64);
  auto hash = from_hex(parts[5], kHashOctets, kHashOctets);
  if (!salt || !hash)
    return Error(
        fmt::format("expected a salt of 16 to 128 and a hash of {} hexadecimal digits", 2 * kHashOctets));
  PasswordHash parsed;
  parsed.log_n_ = *log_n;
  parsed.r_ = *r;
  parsed.p_ = *p;
  parsed.salt_ = std::move(*salt);
  parsed.hash_ = std::move(*hash);
  return parsed;
}

PasswordHash PasswordHash::of(std::string_view password) {
  PasswordHash made;
  made.salt_ = random_octets(kSaltOctets);
  made.hash_ = derive(password, made.salt_, made.log_n_, made.r_, made.p_);
  return made;
}

const PasswordHash& PasswordHash::of_nobody() {
  static const PasswordHash nobody = [] {
    PasswordHash made;
    made.salt_ = random_octets(kSaltOctets);
    made.hash_ = random_octets(kHashOctets);
    return made;
  }();
  return nobody;
}

bool PasswordHash::opens(std::string_view password) const {
  if (password.size() > kLongestPassword) return false;
  const std::string key = derive(password, salt_, log_n_, r_, p_);
  return CRYPTO_memcmp(key.data(), hash_.data(), hash_.size()) == 0;
}

std::string PasswordHash::text() const {
  return fmt::format("scrypt${}${}${}${}${}", log_n_, r_, p_, hex(salt_), hex(hash_));
}

}  // namespace gateway::web::access
