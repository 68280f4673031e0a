#include "gateway/web/access/basic.h"

#include <openssl/evp.h>

#include <algorithm>

#include "gateway/sha256_hex.h"
#include "gateway/vocabulary.h"
#include "gateway/web/access/scrypt.h"
#include "gateway/web/access/sessions.h"
#include "gateway/web/doorkeeper.h"

namespace gateway::web::access {
namespace {

constexpr std::size_t kMostProven = 100;
constexpr std::chrono::minutes kProvenFor{5};
constexpr std::size_t kLongestField = 4 * (PasswordHash::kLongestPassword + 100) / 3;

std::optional<std::string> from_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0 || text.size() > kLongestField) return std::nullopt;
  std::string out(text.size() / 4 * 3, '\0');
  const int size =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  if (size < 0 || static_cast<std::size_t>(size) < padding) return std::nullopt;
  out.resize(static_cast<std::size_t>(size) - padding);
  return out;
}

}  // namespace

std::optional<Credentials> basic_credentials(std::string_view field) {
  constexpr std::string_view kScheme = "Basic ";
  if (!starts_with_nocase(field, kScheme)) return std::nullopt;
  const auto text = from_base64(trim(field.substr(kScheme.size())));
  if (!text) return std::nullopt;
  const std::size_t colon = text->find(':');
  if (colon == text->npos) return std::nullopt;
  return Credentials{text->substr(0, colon), text->substr(colon + 1)};
}

Proven::Proven() : secret_(random_hex(32)) {}

std::string Proven::key(const Credentials& given, std::string_view hash) const {
  const std::string name_length = std::to_string(given.name.size());
  return sha256_hex(secret_ + std::string(hash) + '\0' + name_length + '\0' + given.name + given.password);
}

bool Proven::has(std::string_view key, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  while (!entries_.empty() && now - entries_.back().since > kProvenFor) entries_.pop_back();
  return std::ranges::any_of(entries_, [&](const Entry& one) { return same_secret(one.key, key); });
}

void Proven::add(std::string key, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  entries_.push_front({std::move(key), now});
  if (entries_.size() > kMostProven) entries_.pop_back();
}

}  // namespace gateway::web::access
