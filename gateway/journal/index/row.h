#pragma once
// What of a record is searched for and shown in a list: a view of one line of the journal.

#include <string_view>
#include <vector>

#include "gateway/vocabulary.h"

namespace gateway::journal::index {

struct RowRecipient {
  std::string_view address;
  std::string_view action;
  std::string_view rule;
  std::string_view reply;
  std::string_view fate;
  bool tagged = false;  // accepted, with a tag
};

// All texts are as the record has them, and may hold anything.
struct Row {
  bool session = false;   // a connection without a transaction
  std::string_view note;  // "audit", "gap": tells of no mail, see note.h; empty: it does
  Time time{};
  std::string_view id;
  double duration = 0;

  std::string_view ip;
  std::string_view client_name;
  std::string_view helo;

  std::string_view action;  // of the whole; "" for a session that no rule refused
  std::string_view rule;
  std::string_view reply;
  double score = 0;
  bool tagged = false;
  std::vector<std::string_view> trial;
  std::vector<std::string_view> effective;  // rules that held above the one that decided, and not on trial
  std::vector<std::string_view> lists;      // lists in the DNS that list the client

  // What it counts as: the action, and "tag" for what was accepted with a tag.
  std::string_view outcome() const { return tagged && action == "accept" ? "tag" : action; }

  // Of a transaction.
  std::string_view sender;  // empty for <>
  std::string_view author;
  std::string_view author_name;
  std::string_view subject;
  std::string_view message_id;
  double size = 0;
  std::vector<RowRecipient> recipients;
  std::string_view held;
  std::string_view server;
  std::string_view queue_id;
  std::vector<std::string_view> answers;  // of the mailstore

  // Of a session.
  std::string_view ended;
  std::string_view detail;
  std::string_view last_command;
  double commands = 0;
  double unrecorded = 0;

  // Of a note.  What an audit tells of recipients stands above: address, fate, and reply of the mailstore.
  std::string_view who;
  std::string_view via;
  std::string_view done;    // "release"
  std::string_view result;  // "done", "partly", "failed"; of a gap why
  double left = 0;          // recipients that still wait
  double lost = 0;          // records, of a gap
  Time since{};             // likewise
  Time until{};
};

}  // namespace gateway::journal::index
