#pragma once
// Signatures that libopendkim reads otherwise than the RFC says, checked without it.

#include "filters/dkim/key_record.h"
#include "filters/dkim/opendkim.h"
#include "filters/dkim/signature.h"
#include "policy/facts/message.h"

namespace filters::dkim {

// It takes any tag whose name ends in b for b=, but not a b= with white space before its "="; loses tags with
// octets above 127 (RFC 8616); ends the local part of i= at the first "@"; takes an x= of more than 12 digits
// for one that is past; white space before the colon of a field's name, form feeds and vertical tabs in
// relaxed fields and line ends other than CRLF in a body lead it astray.  Throws only what reading the body
// throws.
bool is_misread(const Message& message, const Field& own, const Signature& signature);

// The same answer as verify() gives.  `own` is the field of the signature.  Throws only what reading the body
// throws.
Checked verify_by_hand(const Message& message, const Field& own, const Signature& signature,
                       const KeyRecord& key);

}  // namespace filters::dkim
