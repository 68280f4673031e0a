#include "filters/from/author.h"

#include <algorithm>

#include "policy/facts/text.h"

#include "filters/from/mailbox_list.h"

namespace filters::from {
namespace {

// "From" once everything that cannot stand in a field name is taken out: what forgiving readers take for it.
bool resembles_from(std::string_view name) {
  constexpr std::string_view kFrom = "from";
  std::size_t matched = 0;
  for (char c : name) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet <= 0x20 || octet >= 0x7f) continue;
    if (matched == kFrom.size() || to_lower(c) != kFrom[matched++]) return false;
  }
  return matched == kFrom.size();
}

// Whether the line behind a bare CR or LF, which some readers take for one, names the author.
bool begins_from(std::string_view line) {
  const auto colon = line.substr(0, line.find_first_of("\r\n")).find(':');
  return colon != line.npos && resembles_from(line.substr(0, colon));
}

// A second From for readers who end lines where RFC 5322 does not.
bool hides_from(std::string_view raw) {
  for (auto at = raw.find('\n'); at != raw.npos; at = raw.find('\n', at + 1))
    if ((at == 0 || raw[at - 1] != '\r') && begins_from(raw.substr(at + 1))) return true;
  for (auto at = raw.find('\r'); at != raw.npos; at = raw.find('\r', at + 1))
    if (raw.substr(at, 2) != "\r\n" && begins_from(raw.substr(at + 1))) return true;
  return false;
}

std::string_view field_defect(const Message& message) {
  const auto fields = message.find("From");
  if (fields.size() > 1) return "multiple";
  for (const Field& field : message.fields()) {
    if (field.name.empty()) {
      const auto colon = field.raw.find(':');
      if (colon != field.raw.npos && resembles_from(field.raw.substr(0, colon))) return "field-name";
    } else if (equal_nocase(field.name, "From") && field.raw.substr(field.name.size(), 1) != ":") {
      return "field-name";
    }
    if (hides_from(field.raw)) return "hidden";
  }
  return fields.empty() ? "missing" : "";
}

std::string_view address_defect(const std::vector<Address>& mailboxes) {
  const Domain& domain = mailboxes.front().domain();
  for (const Address& mailbox : mailboxes) {
    if (mailbox.is_literal()) return "literal";
    if (mailbox.domain() != domain) return "several-domains";
  }
  return "";
}

}  // namespace

Author find_author(const Message& message, bool smtputf8) {
  Author author;
  author.defect = field_defect(message);
  const Field* field = message.first("From");
  if (!field) return author;
  author.shown = unfold(field->value);
  MailboxList list = parse_mailbox_list(field->value, smtputf8);
  author.name = std::move(list.name);
  if (author.defect.empty()) author.defect = list.defect;
  if (author.defect.empty()) author.defect = address_defect(list.mailboxes);
  if (author.defect.empty()) author.address = list.mailboxes.front();
  return author;
}

std::string_view explain(std::string_view defect) {
  constexpr struct {
    std::string_view defect;
    std::string_view reason;
  } kDefects[] = {
      {"missing", "there is no From field (RFC 5322 section 3.6)"},
      {"multiple", "there is more than one From field (RFC 5322 section 3.6)"},
      {"field-name", "the name of the From field holds octets that are not allowed (RFC 5322 section 2.2)"},
      {"hidden", "a second From field hides behind a bare CR or LF (RFC 5322 section 2.2)"},
      {"nul", "the From field holds a NUL (RFC 5322 section 2.2)"},
      {"control",
       "the From field holds a control octet, or its address characters that cannot be seen (RFC 5322 "
       "section 2.2)"},
      {"empty", "the From field names nobody (RFC 5322 section 3.6.2)"},
      {"syntax", "the From field is no list of mailboxes (RFC 5322 section 3.4)"},
      {"comment", "a comment stands inside the From address (RFC 5322 section 3.4.1)"},
      {"route", "the From address has a route (RFC 5322 section 4.4)"},
      {"group", "the From field holds a group, not an author (RFC 5322 section 3.6.2)"},
      {"encoded-word", "an encoded word stands inside the From address (RFC 2047 section 5)"},
      {"raw-8bit-domain", "the From domain holds raw 8-bit octets (RFC 5322 section 3.4.1, RFC 6532)"},
      {"ambiguous", "the local part of the From address looks like another address (RFC 5322 section 3.4.1)"},
      {"disguised",
       "a comment or an encoded word beside the From address hides another one, or a control octet"
       " (RFC 2047 section 6.2)"},
      {"literal", "the From address has no domain name (RFC 9989 section 5.3.1)"},
      {"several-domains", "the From field names authors of several domains (RFC 9989 section 5.3.1)"},
  };
  const auto at = std::find_if(std::begin(kDefects), std::end(kDefects),
                               [&](const auto& row) { return row.defect == defect; });
  return at == std::end(kDefects) ? std::string_view() : at->reason;
}

}  // namespace filters::from
