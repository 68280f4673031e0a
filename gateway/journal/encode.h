#pragma once
// The journal's record of one transaction as a JSON line, and the part of it that `explain --json` prints.
//
// Names are stable: fields may be added, none is renamed.  Text is UTF-8; other octets stand as \xNN.
//
//   format          1
//   kind            "transaction"; the record of a connection without one: encode_session.h
//   id              transaction id
//   time            start, RFC 3339, UTC
//   duration        seconds
//   host, mode, policy_version
//   client          {ip, port, peer, listener, name, helo, esmtp, early_talker, trusted, relay,
//                    tls: {version, cipher, client_name}}
//   sender          envelope sender, "" for <>
//   subject         as journal.subject says: the text, its SHA-256 in hex, or absent
//   message_id, header_from, size
//   header_values   {name: [values]} of the fields that rules name
//   refused_by      what refused outside the rules, "@relay"; "" otherwise
//   reply           what the client was told last
//   delivery        {mailstore, server, queue_id, detail, recipients: [{address, code, enhanced, text,
//   fate}]}
//                   or null
//   held            "", "retry", "quarantine"
//   relay           where the message went
//   stages          {greeting, hello, envelope, data, evidence, rules, mailstore, kept, dns}: microseconds,
//   as
//                   stages.h has them; those that it came to; absent from records of former versions
//
// and the story, the same objects that explain prints:
//
//   verdict         {action, rule, score, reply, trial: [rule]}; action is "open" when nothing was decided;
//                   where there is any: score_tag: true, trouble: [text], trouble_passed: true,
//                   override_reason, tags: [{rule, subject, header}]
//   recipients      [{address, verdict, fate}]; facts as below, where a recipient has its own and is not the
//                   one whose facts stand below
//   evidence        [{method, property, value, outcome, reason, details…}]
//   facts           {name: plain value | {state: "open"|"troubled", because: [text], sure: [member]}}
//   rules           [{id, held: yes|no|unknown, because: [fact], trial: true}]
//   dns             [{name, type, status, ttl, secure, data}]; name and data as in a DNS zone of explain:
//                   one code point (U+0000 to U+00FF) per octet; MX as [preference, name]
//   state           [{table, key, first, last, count | rate, added | failed}], where filters asked for what
//   is
//                   remembered: a mark (nothing but table and key: there is none), or a rate within its
//                   window
//   headers         ["Received: …"], the fields put on top

#include <string>

#include "gateway/journal/entry.h"
#include "gateway/journal/json_writer.h"

namespace gateway::journal {

enum class SubjectMode { keep, hash, omit };  // journal.subject

// The story alone.
std::string encode_story(const Entry& entry);

// Without a line end.  Where the subject is not kept, the fact of that name is recorded as open.
std::string encode_record(const Entry& entry, SubjectMode subject = SubjectMode::keep);
void write_record(JsonWriter& json, const Entry& entry, SubjectMode subject);

}  // namespace gateway::journal
