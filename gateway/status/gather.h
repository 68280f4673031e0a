#pragma once
// Gathers how the gateway is: of what runs, and by looking at disks and files.  It blocks.

#include <filesystem>
#include <string>
#include <vector>

#include "gateway/delivery/server_book.h"
#include "gateway/list_files/news.h"
#include "gateway/lists/list_health.h"
#include "gateway/net/connection_count.h"
#include "gateway/pipeline/in_force.h"
#include "gateway/smtp/memory_budget.h"
#include "gateway/smtp/session_count.h"
#include "gateway/status/status.h"

namespace gateway::status {

struct ListenerSource {
  std::string address;
  const smtp::SessionCount* sessions;  // never null
};

// Whom it asks; each is asked from any thread.
struct Sources {
  const settings::Settings& start;  // of the start: what a reload does not change
  const pipeline::InForce& in_force;
  Time started{};
  std::vector<ListenerSource> listeners;
  const net::ConnectionCount& connections;
  const smtp::MemoryBudget& memory;
  const dns::Resolver& resolver;
  const lists::ListHealth& lists;
  const list_files::News& list_files;
  const journal::Journal& journal;
  const journal::index::Indexer* index;  // null: there is none
  delivery::ServerBook& servers;
  std::filesystem::path waiting;  // directories of held messages
  std::filesystem::path quarantine;
};

// All but what the journal has counted.
Status gather(const Sources& sources);

// What it has counted today (UTC): hits of rules on trial, and what it lacks.  Reads the indexes alone.
void count_today(Status& status, const std::filesystem::path& journal);

}  // namespace gateway::status
