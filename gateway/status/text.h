#pragma once
// The status as people and monitors read it.  All of it is printable.

#include <string>
#include <utility>
#include <vector>

#include "gateway/status/judge.h"

namespace gateway::status {

// "POSTERN WARNING - …|connections=3;;;0;10000 …", as monitoring plugins print it.
std::string first_line(const Status& status, const std::vector<Finding>& findings);
// Names and values.
std::vector<std::pair<std::string, std::string>> lines(const Status& status);

// Of what several printouts tell alike: "4 h 5 min", "1.2 MB", "1,200 answers, …".
std::string age(std::chrono::seconds time);
std::string size_text(std::uint64_t octets);
std::string told(const dns::ResolverCounts& dns);
std::string told(const ListFileStatus& list, Time now);
std::string told(const CertificateStatus& certificate);
std::string told(const MailstoreServer& server);

}  // namespace gateway::status
