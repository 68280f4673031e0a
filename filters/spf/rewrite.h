#pragma once
// What libspf2 gets to see of a record: the terms that matter for this client, and a handle ("7.spf") instead
// of every name.  Nothing that came from outside reaches the library, and nothing it mistakes: it drops
// whatever lies beyond 511 octets of compiled terms, refuses "/0" and overflows on long macros
// (CVE-2023-42118).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "filters/spf/record.h"

namespace filters::spf {

// A name the library may ask for.
struct Handle {
  enum class Kind { record, address, mx, ptr, exists, trace };
  Kind kind = Kind::record;
  std::string spec;          // domain-spec, unexpanded; empty: the domain of the record itself
  std::string text;          // the term for people: "-all", "include:b.example"; empty at the start of all
  bool redirect = false;     // of a record: its verdict is ours
  bool any_address = false;  // the prefix is /0: every address matches
  bool is_end = false;       // of a trace: no term matched
};

struct Rewrite {
  std::string text;             // for the library
  std::vector<Handle> handles;  // numbered from `first`
  std::size_t networks = 0;     // how many ip4 and ip6 there are, where none of them matches; else 0
};

// Whether a domain-spec is short enough to be honest: at most 380 octets and 16 macros.
bool is_fair(std::string_view spec);

inline constexpr std::string_view kHandleZone = ".spf";
std::string handle_name(std::size_t number);
std::optional<std::size_t> handle_number(std::string_view name);

// ip4 and ip6 that do not match vanish; so does what stands behind a certain match, and behind the term that
// is one look-up too many.  An error is a permerror: a term too long to be honest.
Result<Rewrite> rewrite(const Record& record, const IpAddress& client, std::size_t first);

// Whether ip4 or ip6 matches the client; `all` always does.
bool matches_plainly(const Directive& directive, const IpAddress& client);

// As it may stand in a reason: qualifier, mechanism, domain and prefix.
std::string to_text(const Directive& directive);

// libspf2 passes 127.0.0.0/8 and ::1 unseen.  For such a client every address it gets has its first bit
// flipped, which changes no comparison.
IpAddress disguise(const IpAddress& address, const IpAddress& client);

}  // namespace filters::spf
