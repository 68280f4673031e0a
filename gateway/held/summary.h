#pragma once
// A held message in a list: what its record tells, found by the same filters as the journal's.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gateway/delivery/file_held_store.h"
#include "gateway/journal/index/query.h"
#include "gateway/journal/json_writer.h"

namespace gateway::held {

struct Summary {
  std::string id;
  delivery::Path path;
  Time since{};        // when it was taken
  std::string reason;  // a rule's id, "undeliverable", "unreachable", "failed for now"
  std::string mailstore;
  std::string sender;                   // "" for <>
  std::vector<std::string> recipients;  // who still wait
  std::string author;
  std::string subject;  // as the record has it: see journal.subject
  std::string client;   // IP address
  double score = 0;
  std::uint64_t octets = 0;  // of the message
  unsigned attempts = 0;
  Time next{};  // attempt
  // Of a release that was begun and of which it is not known how it ended: `recipients` are those of whom.
  std::optional<delivery::ReleaseMark> begun;
};

struct Totals {
  std::size_t all = 0;       // that fit, shown or not
  std::uint64_t octets = 0;  // of their files
};
struct Listing : Totals {
  std::vector<Summary> messages;  // the newest first
};

// The newest first; `skip` and `most` are for pages.  Where the query asks for nothing, only the records of
// those that are shown are read; a file whose record cannot be read is shown then with that as its reason.
// An error: the directory cannot be read.  Blocks.
Result<Totals> list(const std::filesystem::path& directory, const journal::index::Query& query,
                    std::size_t skip, std::size_t most, const std::function<void(Summary)>& show);
Result<Listing> list(const std::filesystem::path& directory, const journal::index::Query& query,
                     std::size_t skip, std::size_t most);

// "a release was begun 2026-… by alice and its end is not known: the mailstore may have the message for a@…"
std::string begun_text(const delivery::ReleaseMark& begun);

// Of one file.
Result<Summary> summary(const std::filesystem::path& file);

// As one value: an object.
void write(journal::JsonWriter& json, const Summary& summary, delivery::Keep keep);

}  // namespace gateway::held
