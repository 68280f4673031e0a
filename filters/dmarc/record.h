#pragma once
// A DMARC policy record.  RFC 9989 §4.7 and §4.8; total and bounded, tags of reports are not our business.

#include <optional>
#include <string_view>

namespace filters::dmarc {

enum class Policy { none, quarantine, reject };
std::string_view name(Policy policy);

enum class PolicyTag { p, sp, np };
std::string_view name(PolicyTag tag);

enum class Psd { unsaid, yes, no };

struct Record {
  Policy policy = Policy::none;             // p
  Policy subdomains = Policy::none;         // sp, else p
  Policy absent = Policy::none;             // np, else sp, else p: for names that do not exist
  PolicyTag subdomains_tag = PolicyTag::p;  // the tag that says so
  PolicyTag absent_tag = PolicyTag::p;
  bool testing = false;      // t=y
  bool strict_dkim = false;  // adkim=s
  bool strict_spf = false;   // aspf=s
  Psd psd = Psd::unsaid;
  bool bad_policy = false;   // p, sp or np is none of the known words: all three are none.  RFC 9989 §4.10.1
  bool void_policy = false;  // … and there is nobody to tell (rua): DMARC is not applied

  // The text claims to be a DMARC record: it starts with the version.
  static bool is_one(std::string_view text);

  // nullopt for what is no DMARC record, and for one with a tag of the registry twice (RFC 6376 §3.2).  Other
  // mistakes leave the tag at its default; unknown tags, pct, rf and ri are passed over.
  static std::optional<Record> parse(std::string_view text);
};

}  // namespace filters::dmarc
