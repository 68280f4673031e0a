#include "gateway/pipeline/conclude.h"

#include <fmt/format.h>

#include <algorithm>

namespace gateway::pipeline {

using policy::Disposition;

smtp::Reply with_id(int code, std::string_view subject_detail, std::string text, const std::string& id,
                    const std::string& footer) {
  text += fmt::format(" (id {})", id);
  if (!footer.empty()) text += " " + footer;
  return {code, subject_detail, text};
}

smtp::Reply with_id(const smtp::Reply& reply, const std::string& id) {
  const std::string enhanced = reply.enhanced();
  const std::string_view detail =
      enhanced.size() > 2 ? std::string_view(enhanced).substr(2) : std::string_view();
  return with_id(reply.code(), detail, reply.first_line(), id);
}

smtp::Reply message_loops(const std::string& id) {
  return with_id(554, "4.6", "Message has passed too many servers, it is in a loop", id);
}

Decision decide_on(const policy::Verdict& verdict, const settings::Settings& settings, const std::string& id,
                   bool from_relay) {
  Decision decision;
  decision.action =
      from_relay && verdict.action == Disposition::reject ? Disposition::quarantine : verdict.action;
  if (decision.action == Disposition::accept) return decision;
  if (settings.mode == settings::Mode::observe) {
    decision.would = fmt::format("{}; rule={}", name(decision.action), verdict.rule);
    decision.action = Disposition::accept;
    return decision;
  }
  if (decision.action == Disposition::quarantine) return decision;
  int code = verdict.reply.code;
  if (settings.mode == settings::Mode::soft && verdict.action == Disposition::reject) {
    decision.action = Disposition::defer;
    code = 450;
  }
  decision.reply = with_id(code, verdict.reply.detail, verdict.reply.text, id, settings.footer);
  return decision;
}

Outcome combine(std::span<const Decision> decisions) {
  Outcome outcome;
  const auto find = [&](Disposition action) {
    return static_cast<std::size_t>(std::ranges::find(decisions, action, &Decision::action) -
                                    decisions.begin());
  };
  if (const std::size_t at = find(Disposition::defer); at < decisions.size()) {
    outcome.kind = Outcome::Kind::defer;
    outcome.speaker = at;
    return outcome;
  }
  const bool all_refuse =
      std::ranges::all_of(decisions, [](const Decision& one) { return one.action == Disposition::reject; });
  if (all_refuse && !decisions.empty()) {
    outcome.kind = Outcome::Kind::reject;
    return outcome;
  }
  for (std::size_t i = 0; i < decisions.size(); ++i)
    (decisions[i].action == Disposition::accept ? outcome.deliver : outcome.quarantine).push_back(i);
  return outcome;
}

}  // namespace gateway::pipeline
