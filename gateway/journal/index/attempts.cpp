#include "gateway/journal/index/attempts.h"

#include <algorithm>
#include <utility>

namespace gateway::journal::index {
namespace {

constexpr std::size_t kMost = 20;
constexpr std::size_t kMostRecipients = 100;
constexpr std::chrono::days kNear{7};

}  // namespace

std::vector<Attempt> other_attempts(Search& search, const Row& row) {
  const std::string own(row.id);
  Query query{.since = row.time - kNear, .until = row.time + kNear};
  std::vector<std::vector<Criterion>> ways;
  if (auto same = by_message_id(row.message_id)) ways.push_back({std::move(*same)});
  Criterion recipients;
  for (const RowRecipient& one : row.recipients)
    if (const auto same = by_recipient(one.address); same && recipients.any_of.size() < kMostRecipients)
      recipients.any_of.push_back(same->any_of.front());
  const auto ip = IpAddress::parse(row.ip);
  const auto sender = by_sender(row.sender);
  if (ip && sender && !recipients.any_of.empty())
    ways.push_back({by_network(client_network(*ip)), *sender, std::move(recipients)});

  std::vector<Attempt> attempts;
  for (std::vector<Criterion>& way : ways) {
    query.all_of = std::move(way);
    search.find(query, kMost + 1, [&](const Search::Found& found) {
      const Row& other = found.row;
      const bool known =
          other.id == own || std::ranges::find(attempts, other.id, &Attempt::id) != attempts.end();
      if (!known)
        attempts.push_back({std::string(other.id), other.time, std::string(other.action),
                            std::string(other.rule), std::string(other.reply)});
      return true;
    });
  }
  std::ranges::sort(attempts, {}, [](const Attempt& one) { return std::pair(one.time, one.id); });
  return attempts;
}

}  // namespace gateway::journal::index
