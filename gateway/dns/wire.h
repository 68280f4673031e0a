#pragma once
// DNS names and record data between the wire and our vocabulary.  What comes from the wire is hostile: every
// reading is bounded, and what cannot be read is no record.  RFC 1035 §3

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/vocabulary.h"

namespace gateway::dns {

// A name the DNS can hold: labels of 1 to 63 octets, 253 in all; empty is the root.  One final dot is
// allowed.
bool valid_name(std::string_view name);

// The name as master files write it, every octet that is no letter, digit, '-' or '_' as \DDD.  RFC 1035 §5.1
std::string presentation(std::string_view name);

// The valid name as it stands in a message: labels with their lengths.  RFC 1035 §3.1
std::string wire_name(std::string_view name);

// What stands in front of the records of an answer.  RFC 1035 §4.1.1
struct ReplyHead {
  std::uint16_t id;
  unsigned rcode;                  // 0 to 15
  std::string_view from_question;  // all behind the header
};

// Nothing when the message is no answer.
std::optional<ReplyHead> read_reply_head(std::string_view message);

// The data of one record of that type (uncompressed); nullopt when it is malformed.  Names become lower case;
// one with a dot inside a label is refused, since in text it would be another name.
std::optional<DnsRecord> read_record(RecordType type, std::string_view data);

}  // namespace gateway::dns
