#include "filters/dkim/opendkim.h"

#include <sys/types.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>
#include <type_traits>

#include <openssl/err.h>

#define _Bool bool
extern "C" {
#include <opendkim/dkim.h>
}
#undef _Bool

#include "policy/facts/domain.h"
#include "policy/facts/text.h"

namespace filters::dkim {
namespace {

constexpr std::string_view kSignature = "DKIM-Signature";

// The library reads the clock itself.  Expiry was judged before, a t= in the future is no reason to refuse;
// with this much drift it agrees for every t= between 2001 and 30 years from now.  (It computes t= minus
// drift without sign.)
constexpr std::uint64_t kDrift = 1'000'000'000;

struct Close {
  void operator()(DKIM_LIB* library) const { dkim_close(library); }
  void operator()(DKIM* handle) const { dkim_free(handle); }
};
using Library = std::unique_ptr<DKIM_LIB, Close>;
using Handle = std::unique_ptr<DKIM, Close>;

u_char* octets(std::string_view text) { return reinterpret_cast<u_char*>(const_cast<char*>(text.data())); }

// Both names as they are in DNS; the library has them as they stand in the signature.
std::string key_name(DKIM_SIGINFO* signature) {
  const auto text = [](const u_char* part) { return part ? reinterpret_cast<const char*>(part) : ""; };
  const auto domain = Domain::parse(text(dkim_sig_getdomain(signature)));
  const auto selector = Domain::parse(text(dkim_sig_getselector(signature)));
  return domain && selector ? selector->text() + "._domainkey." + domain->text() : std::string();
}

KeyType key_type(DKIM_SIGINFO* signature) {
  dkim_alg_t algorithm = DKIM_SIGN_UNKNOWN;
  dkim_sig_getsignalg(signature, &algorithm);
  return algorithm == DKIM_SIGN_ED25519SHA256 ? KeyType::ed25519 : KeyType::rsa;
}

using Group = std::vector<const Candidate*>;

// The library calls this for every signature; without it, it would ask the DNS itself.
extern "C" DKIM_CBSTAT find_key(DKIM* handle, DKIM_SIGINFO* signature, u_char* room, size_t size) noexcept
    try {
  const auto* group = static_cast<const Group*>(dkim_get_user_context(handle));
  const std::string wanted = key_name(signature);
  const KeyType type = key_type(signature);
  for (const Candidate* candidate : *group)
    if (candidate->key_name == wanted && candidate->key_type == type && candidate->key_record.size() < size) {
      std::memcpy(room, candidate->key_record.c_str(), candidate->key_record.size() + 1);
      return DKIM_CBSTAT_CONTINUE;
    }
  return DKIM_CBSTAT_NOTFOUND;
} catch (...) {
  return DKIM_CBSTAT_NOTFOUND;
}

Library make_library(std::uint64_t drift) {
  Library library(dkim_init(nullptr, nullptr));
  if (!library) return library;
  unsigned flags = DKIM_LIBFLAGS_BADSIGHANDLES;  // or malformed signatures vanish
  dkim_options(library.get(), DKIM_OP_SETOPT, DKIM_OPTS_FLAGS, &flags, sizeof flags);
  dkim_options(library.get(), DKIM_OP_SETOPT, DKIM_OPTS_CLOCKDRIFT, &drift, sizeof drift);
  dkim_set_key_lookup(library.get(), find_key);
  return library;
}

// One pass of the library over the message, for candidates that agree in what they need of it.
class Pass {
 public:
  Pass(DKIM_LIB* library, const Message& message, const Group& group) : message_(message), group_(group) {
    DKIM_STAT status = DKIM_STAT_OK;
    if (library) handle_.reset(dkim_verify(library, octets("postern"), nullptr, &status));
    if (handle_) dkim_set_user_context(handle_.get(), const_cast<Group*>(&group_));
  }

  // False when the library gave up, for all candidates.
  bool headers() {
    if (!handle_) return false;
    const auto& fields = message_.fields();
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (fields[i].name.empty()) continue;
      const bool signature = equal_nocase(fields[i].name, kSignature);
      if (signature && !wanted(i)) continue;
      const std::string_view raw = fields[i].raw;
      const std::string_view line = raw.substr(0, raw.size() - (raw.ends_with("\r\n") ? 2 : 0));
      dkim_header(handle_.get(), octets(line), line.size());  // what it refuses, no signature can cover
      if (signature) order_.push_back(i);
    }
    // The library writes behind an array when the h= of any signature covers all fields and names one more;
    // no h= can name this one.
    constexpr std::string_view kFiller = "no field:";
    dkim_header(handle_.get(), octets(kFiller), kFiller.size());
    return dkim_eoh(handle_.get()) == DKIM_STAT_OK;
  }

  bool body() {
    char last[2] = {'\r', '\n'};  // an empty body needs nothing
    bool fine = true;
    message_.for_each_body_slice([&](std::string_view slice) {
      fine = fine && dkim_body(handle_.get(), octets(slice), slice.size()) == DKIM_STAT_OK;
      last[0] = slice.size() > 1 ? slice[slice.size() - 2] : last[1];
      last[1] = slice.back();
    });
    const std::string_view missing = last[1] == '\n' && last[0] == '\r' ? ""
                                     : last[1] == '\r'                  ? "\n"
                                                                        : "\r\n";
    if (!missing.empty())
      fine = fine && dkim_body(handle_.get(), octets(missing), missing.size()) == DKIM_STAT_OK;
    if (fine) dkim_eom(handle_.get(), nullptr);  // what it returns is about one signature only
    return fine;
  }

  Checked result(const Candidate& candidate) const {
    DKIM_SIGINFO** signatures = nullptr;
    int count = 0;
    const auto at = std::find(order_.begin(), order_.end(), candidate.field);
    if (!handle_ || at == order_.end() ||
        dkim_getsiglist(handle_.get(), &signatures, &count) != DKIM_STAT_OK ||
        static_cast<std::size_t>(count) != order_.size())
      return {Check::error, error()};
    DKIM_SIGINFO* const signature = signatures[at - order_.begin()];
    const int problem = dkim_sig_geterror(signature);
    const bool passed = (dkim_sig_getflags(signature) & DKIM_SIGFLAG_PASSED) != 0;
    const int body = dkim_sig_getbh(signature);
    if (passed && body == DKIM_SIGBH_MATCH && problem == DKIM_SIGERROR_OK) return {Check::pass, {}};
    if (passed && body == DKIM_SIGBH_MISMATCH) return {Check::bad_body_hash, {}};
    if (problem == DKIM_SIGERROR_BADSIG) return {Check::bad_signature, {}};
    const char* const text = dkim_sig_geterrorstr(problem);
    return {Check::error, text ? text : error()};
  }

  std::string error() const {
    const char* const text = handle_ ? dkim_geterror(handle_.get()) : nullptr;
    return text && *text ? text : "libopendkim cannot check it";
  }

 private:
  bool wanted(std::size_t field) const {
    return std::any_of(group_.begin(), group_.end(),
                       [&](const Candidate* candidate) { return candidate->field == field; });
  }

  const Message& message_;
  const Group& group_;
  Handle handle_;
  std::vector<std::size_t> order_;  // the fields of the signatures the library knows, in its order
};

class Verifier {
 public:
  Verifier(const Message& message, std::span<const Candidate> candidates)
      : message_(message), candidates_(candidates), results_(candidates.size()) {}

  std::vector<Checked> run() {
    static const Library library = make_library(kDrift);
    Group all;
    Group apart;
    for (const Candidate& candidate : candidates_)
      if (!ordinary(candidate.time))
        together(make_library(*candidate.time).get(), {&candidate});
      else
        (shares_name(candidate) ? apart : all).push_back(&candidate);
    together(library.get(), all);
    together(library.get(), apart);
    ERR_clear_error();  // the library leaves its failures there, where TLS would find them
    return std::move(results_);
  }

 private:
  static bool ordinary(std::optional<std::uint64_t> time) {
    return !time || (*time >= kDrift && *time < 2 * kDrift + kDrift / 2);
  }

  // The library takes a key it has for every signature of that name: an Ed25519 one for an RSA signature,
  // too.
  bool shares_name(const Candidate& candidate) const {
    return candidate.key_type == KeyType::ed25519 &&
           std::any_of(candidates_.begin(), candidates_.end(), [&](const Candidate& other) {
             return other.key_type != candidate.key_type && other.key_name == candidate.key_name;
           });
  }

  // When the library gives up at the header section, each is tried alone up to there, and those left go on
  // together.
  void together(DKIM_LIB* library, const Group& group) {
    if (group.empty() || finish(library, group)) return;
    Group left;
    for (const Candidate* candidate : group) {
      const Group alone{candidate};
      Pass pass(library, message_, alone);
      if (pass.headers())
        left.push_back(candidate);
      else
        results_[index(candidate)] = {Check::error, pass.error()};
    }
    if (!left.empty() && !finish(library, left))
      for (const Candidate* candidate : left)
        results_[index(candidate)] = {Check::error, "libopendkim cannot check it"};
  }

  bool finish(DKIM_LIB* library, const Group& group) {
    Pass pass(library, message_, group);
    if (!pass.headers()) return false;
    const bool read = pass.body();
    for (const Candidate* candidate : group)
      results_[index(candidate)] = read ? pass.result(*candidate) : Checked{Check::error, pass.error()};
    return true;
  }

  std::size_t index(const Candidate* candidate) const {
    return static_cast<std::size_t>(candidate - candidates_.data());
  }

  const Message& message_;
  std::span<const Candidate> candidates_;
  std::vector<Checked> results_;
};

}  // namespace

std::vector<Checked> verify(const Message& message, std::span<const Candidate> candidates) {
  if (message.header().find('\0') != std::string_view::npos)  // C strings end there
    return {candidates.size(), Checked{Check::error, "the header section holds NUL"}};
  return Verifier(message, candidates).run();
}

}  // namespace filters::dkim
