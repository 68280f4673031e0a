#pragma once
// A transaction as the journal, the log line and `explain` tell it.

#include <span>
#include <string>
#include <vector>

#include "gateway/journal/entry.h"
#include "gateway/pipeline/transaction.h"
#include "gateway/smtp/recipient.h"

namespace gateway::pipeline {

// All but what delivery and the reply add.  Refers to the transaction, its recipients and their facts, which
// must stay as they are while it is used.
journal::Entry entry_of(const Transaction& transaction);

// The header section for these recipients' copies, who all have this verdict: Received,
// Authentication-Results, and what the rules add.
struct Outgoing {
  std::string header;              // whole, as the mailstore gets it
  std::vector<std::string> added;  // the fields on top, for the record
};
Outgoing outgoing(const Transaction& transaction, const policy::Verdict& verdict, const std::string& would,
                  std::span<const smtp::Recipient> recipients);

// The header field that tells the total of the scores, without CRLF.
std::string score_field(double score);

// Whether no record is kept of this client: journal.ignore.
bool is_probe(const settings::Settings& settings, const IpAddress& client);

}  // namespace gateway::pipeline
