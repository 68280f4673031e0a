#pragma once
// The parts of a message's page, each drawn from the record's entry.

#include "gateway/journal/entry.h"
#include "gateway/journal/session_entry.h"
#include "gateway/web/html.h"

namespace gateway::review::story {

web::Html verdict(const journal::Entry& entry);     // in one glance: what, by which rule, what was said
web::Html claims(const journal::Entry& entry);      // who it says it is from
web::Html evidence(const journal::Entry& entry);    // what was found, with the records it rests on
web::Html rules(const journal::Entry& entry);       // in their order
web::Html recipients(const journal::Entry& entry);  // the verdict for each
web::Html delivery(const journal::Entry& entry);    // what the mailstore said
web::Html facts(const journal::Entry& entry);
web::Html dns(const journal::Entry& entry);
web::Html remembered(const journal::Entry& entry);  // of the state that is shared between messages
web::Html headers(const journal::Entry& entry);     // what was put on top
web::Html origin(const journal::Preamble& preamble);
web::Html session(const journal::SessionEntry& entry);

}  // namespace gateway::review::story
