#pragma once
// The list that `postern log` prints: a line for each record.

#include <cstddef>
#include <string>

#include "gateway/commands/table.h"
#include "gateway/journal/index/row.h"

namespace gateway::commands {

class LogTable {
 public:
  enum class Of { messages, sessions, audits };
  LogTable(Of of, journal::PageStyle style);

  void add(const journal::index::Row& row);
  std::size_t waiting() const { return table_.waiting(); }
  std::string take() { return table_.take(); }

 private:
  std::string shown_time(Time when) const;

  const Of of_;
  const journal::PageStyle style_;
  Table table_;
};

}  // namespace gateway::commands
