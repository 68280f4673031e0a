#include "gateway/journal/tell_evidence.h"

#include <fmt/format.h>

#include <algorithm>

#include "gateway/journal/wording.h"

namespace gateway::journal {
namespace {

constexpr std::size_t kLongest = 1000;       // octets of one text from outside
constexpr std::size_t kLongestRecord = 300;  // where the whole of it stands further below
constexpr std::size_t kDeepest = 10;
constexpr std::string_view kRemedy = "remedy";

std::string shown(std::string_view text) { return printable(text, kLongest); }

void tell_step(Page& page, const Entry& entry, const Step& step, std::size_t indent) {
  indent += 2 * std::min<std::size_t>(step.depth, kDeepest);
  if (step.asked) {
    std::string asked = fmt::format("{} {}", shown(step.asked->shown()), name(step.asked->type));
    if (const DnsEntry* row = answer_to(entry, *step.asked)) {
      const bool found = !row->answer->records.empty();
      asked += "  " + (found ? records_of(*row, kLongestRecord) : std::string(name(row->answer->status)));
    }
    page.paragraph(indent, asked, 4, Page::Tone::faint);
    indent += 2;
  }
  page.paragraph(indent, shown(step.meaning));
}

}  // namespace

void tell_evidence(Page& page, const Entry& entry) {
  page.section("found");
  std::size_t method = 0;
  for (const Evidence& evidence : entry.evidence) method = std::max(method, evidence.method.size());
  const std::size_t indent = method + 2;
  for (const Evidence& evidence : entry.evidence) {
    std::string more;
    if (!evidence.value.empty())
      more += fmt::format("  {}{}{}", evidence.property, evidence.property.empty() ? "" : "=",
                          shown(evidence.value));
    for (const auto& [key, detail] : evidence.details)
      if (key != kRemedy) more += fmt::format("  {}={}", key, shown(detail));
    page.line(more, fmt::format("{:{}}  {:9}", evidence.method, method, name(evidence.outcome)),
              tone(evidence.outcome));
    if (!evidence.reason.empty()) page.paragraph(indent, shown(evidence.reason));
    for (const Step& step : evidence.steps) tell_step(page, entry, step, indent + 2);
    if (const std::string* remedy = evidence.detail(kRemedy))
      page.paragraph(indent, "to make it pass: " + shown(*remedy), 2, Page::Tone::title);
  }
}

}  // namespace gateway::journal
