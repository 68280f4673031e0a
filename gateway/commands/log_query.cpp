#include "gateway/commands/log_query.h"

#include <fmt/format.h>

#include <utility>

#include "gateway/journal/quoted_id.h"
#include "gateway/review/search_words.h"

namespace gateway::commands {

Result<journal::index::Query> log_query(const LogOptions& options, Time now) {
  review::SearchWords words;
  const auto add = [&](std::string name, const std::optional<std::string>& value) {
    if (value) words.push_back({std::move(name), *value});
  };
  add("since", options.since);
  add("until", options.until);
  for (const std::string& verdict : options.verdicts) add("verdict", verdict);
  add("sender", options.sender);
  add("rcpt", options.recipient);
  add("address", options.address);
  add("ip", options.client);
  add("domain", options.domain);
  add("message-id", options.message_id);
  add("subject", options.subject);
  add("text", options.text);
  add("rule", options.rule);
  add("trial", options.trial);
  add("reply", options.reply);
  add("outcome", options.outcome);
  add("decided", options.decided);
  add("list", options.list);
  add("ended", options.ended);
  if (options.sessions) add("sessions", "yes");
  add("id", options.id);
  if (options.audit) add("audit", "yes");
  auto query = review::query_of(words, now);
  if (!query) return Error("--" + query.error().text());  // it begins with the name
  return query;
}

}  // namespace gateway::commands
