#pragma once
// The parameters of a Content-Type or Content-Disposition field in every reading that some mail reader has of
// them: RFC 2045 §5.1, RFC 2231, and what is done with fields that break these.  Total; n log n in the
// length.

#include <functional>
#include <string>
#include <string_view>

namespace filters::mime {

// Calls `take(name, value)` for every reading.  The field's value comes with its folds as LF followed by the
// blanks.  Names are lower-case and without the marks of RFC 2231; values are decoded from RFC 2231 (to
// UTF-8) but not from encoded words.  One parameter may have several readings:
//  - quoted: unescaped up to the closing quote; what stands behind it as well; up to the first ";" if none
//  closes
//  - bare: up to ";", and up to the first blank, comma or parenthesis
//  - folded: with the blanks behind the fold, and without
//  - in sections: by their numbers, as they stand, and with the first or the last of two with one number
//  - and as a program finds it that looks for the name alone, in comments and quoted strings, where the field
//    has any
// False when there are more than some 300 readings, or 16 parameters in sections: the rest is not looked at.
using TakeParameter = std::function<void(std::string_view name, std::string_view value)>;
bool read_parameters(std::string_view value, const TakeParameter& take);

}  // namespace filters::mime
