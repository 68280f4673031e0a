#include "gateway/commands/log_query.h"

#include <string_view>
#include <utility>

#include "gateway/commands/period.h"

namespace gateway::commands {
namespace {

namespace index = journal::index;

class Builder {
 public:
  using One = Result<index::Criterion> (*)(std::string_view);
  using Several = Result<std::vector<index::Criterion>> (*)(std::string_view);

  void add(std::string_view option, const std::optional<std::string>& text, One read) {
    if (!text) return;
    auto criterion = read(*text);
    if (criterion)
      query_.all_of.push_back(std::move(*criterion));
    else
      complain(option, criterion.error());
  }
  void add(std::string_view option, const std::optional<std::string>& text, Several read) {
    if (!text) return;
    auto criteria = read(*text);
    if (!criteria) return complain(option, criteria.error());
    for (index::Criterion& one : *criteria) query_.all_of.push_back(std::move(one));
  }
  void add_any(std::string_view option, const std::vector<std::string>& texts, One read) {
    index::Criterion any;
    for (const std::string& text : texts) {
      const auto one = read(text);
      if (!one) return complain(option, one.error());
      any.any_of.insert(any.any_of.end(), one->any_of.begin(), one->any_of.end());
    }
    if (!texts.empty()) query_.all_of.push_back(std::move(any));
  }
  void add_time(std::string_view option, const std::optional<std::string>& text, Time now,
                std::optional<Time>& to) {
    if (!text) return;
    const Result<Time> when = option == "--until" ? parse_until(*text, now) : parse_when(*text, now);
    if (!when) return complain(option, when.error());
    to = *when;
  }

  index::Query& query() { return query_; }
  std::string complaint;  // the first

 private:
  void complain(std::string_view option, const Error& error) {
    if (complaint.empty()) complaint.append(option).append(": ").append(error.text());
  }
  index::Query query_;
};

}  // namespace

Result<index::Query> log_query(const LogOptions& options, Time now) {
  Builder builder;
  index::Query& query = builder.query();
  query.sessions = options.sessions;
  builder.add_time("--since", options.since, now, query.since);
  builder.add_time("--until", options.until, now, query.until);
  builder.add_any("--verdict", options.verdicts, index::by_verdict);
  builder.add("--sender", options.sender, index::by_sender);
  builder.add("--rcpt", options.recipient, index::by_recipient);
  builder.add("--address", options.address, index::by_address);
  builder.add("--ip", options.client, index::by_client);
  builder.add("--domain", options.domain, index::by_domain);
  builder.add("--message-id", options.message_id, index::by_message_id);
  builder.add("--subject", options.subject, index::by_subject);
  builder.add("--text", options.text, index::by_text);
  builder.add("--rule", options.rule, index::by_rule);
  builder.add("--trial", options.trial, index::by_trial);
  builder.add("--reply", options.reply, index::by_reply);
  if (!builder.complaint.empty()) return Error(builder.complaint);
  if (query.since && query.until && *query.since > *query.until)
    return Error("--until: it is before --since, so that nothing can be found");
  return std::move(query);
}

}  // namespace gateway::commands
