#include "gateway/journal/tell_audit.h"

#include <fmt/format.h>

#include "gateway/journal/local_time.h"

namespace gateway::journal {
namespace {

std::string_view done(const index::Row& row) {
  const bool failed = row.result == "failed";
  if (row.done == "release")
    return row.result == "begun"    ? "release begun by"
           : failed                 ? "release tried by"
           : row.result == "partly" ? "partly released by"
                                    : "released by";
  if (row.done == "delete") return failed ? "deletion tried by" : "deleted by";
  if (row.done == "read") return "read by";
  if (row.done == "retry") return "delivery tried at once by";
  if (row.done == "fail") return failed ? "giving up tried by" : "given up by";
  return row.done;
}

}  // namespace

std::string tell_audit(const index::Row& row) {
  std::string text = fmt::format("{}  {} {}", local_time(row.time), done(row), row.who);
  if (row.via == "web") text += " (page)";
  const char* before = ": ";
  for (const index::RowRecipient& one : row.recipients) {
    if (one.reply.empty()) continue;
    text += fmt::format("{}{} {} ({})", before, one.address, one.reply, one.fate);
    before = "; ";
  }
  if (!row.detail.empty()) text += fmt::format("{}{}", before, row.detail);
  if (row.left > 0 && row.done != "read") text += fmt::format("; {:.0f} still wait", row.left);
  return text;
}

}  // namespace gateway::journal
