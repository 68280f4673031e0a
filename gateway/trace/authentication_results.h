#pragma once
// Our Authentication-Results field, and the recognition of foreign ones that claim to be ours.  RFC 8601

#include <span>
#include <string>
#include <string_view>

#include "gateway/vocabulary.h"

namespace gateway::trace {

inline constexpr std::string_view kResultsName = "authentication-results";  // in lower case

// The whole field with its folds and final CRLF, "…; none" when nothing registered was found.  Octets above
// 127 appear only where `utf8` says that the message was sent with SMTPUTF8.  RFC 8601 §2.2
std::string authentication_results(std::string_view authserv_id, std::span<const Evidence> evidence,
                                   bool utf8 = false);

// Whether somebody could read this field as Authentication-Results of our own: a superset of what RFC 8601 §5
// asks to remove, for other software reads less strictly than we write.
bool claims(const Field& field, std::string_view authserv_id);

}  // namespace gateway::trace
