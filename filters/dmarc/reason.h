#pragma once
// The reason of a DMARC result for people, and what would make it pass: a line each.

#include <string>

#include "policy/facts/domain.h"

namespace filters::dmarc {

struct Judgement;
struct Vouch;

// Of a judgement whose outcome is settled.
std::string reason_of(const policy::Domain& author, const Judgement& judgement);

// What would make the message pass, or DMARC apply: "an SPF or DKIM pass for a.example or a name below it".
// Empty where there is nothing to be done.
std::string remedy_of(const policy::Domain& author, const Judgement& judgement);

// Why an identity may or may not count: "dkim for a.example: s._domainkey.a.example TXT: timeout".
std::string reason_of_doubt(const Vouch& vouch);

}  // namespace filters::dmarc
