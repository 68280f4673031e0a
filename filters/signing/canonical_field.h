#pragma once
// A header field as it is hashed.  RFC 6376 §3.4.1, §3.4.2

#include <string>
#include <string_view>

#include "filters/signing/signature.h"
#include "policy/facts/message.h"

namespace filters::signing {

using namespace policy::facts;

// Appends the field without its final CRLF.  `raw` is the whole field, with or without that.
void append_canonical(std::string_view raw, Canonicalization form, std::string& out);

// The whole field with nothing behind the "=" of its b=: what the signature in it was made over.  RFC 6376
// §3.7
std::string without_signature(const Field& field);

}  // namespace filters::signing
