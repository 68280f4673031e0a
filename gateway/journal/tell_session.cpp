#include "gateway/journal/tell_session.h"

#include <fmt/format.h>

#include "gateway/journal/conclusion.h"
#include "gateway/journal/wording.h"

namespace gateway::journal {
std::string tell(const SessionEntry& entry, PageStyle style) {
  Page page(style);
  page.line(entry.detail.empty() ? "" : fmt::format(": {}", entry.detail),
            fmt::format("ended: {}", entry.ended), Page::Tone::doubtful);
  if (entry.verdict) {
    const Conclusion end = conclusion(*entry.verdict, entry.reply);
    page.line(fmt::format("verdict: {}, by {}", end.action, end.rule));
  }
  if (!entry.refused_by.empty()) page.line(fmt::format("refused: by {}", entry.refused_by));
  if (!entry.reply.empty()) page.line(fmt::format("reply:   {}", entry.reply));
  page.section("connection without a message");
  for (const Said& one : happened(entry)) page.line(fmt::format("{:9} {}", one.about, one.text));
  return page.take();
}

std::string tell_origin(const Preamble& preamble, PageStyle style) {
  Page page(style);
  page.section("session");
  for (const Said& one : origin(preamble)) page.line(fmt::format("{:8} {}", one.about, one.text));
  return page.take();
}

}  // namespace gateway::journal
