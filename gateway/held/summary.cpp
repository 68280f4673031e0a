#include "gateway/held/summary.h"

#include <algorithm>

#include "gateway/delivery/held_file.h"
#include "gateway/journal/index/row_reader.h"
#include "gateway/journal/json_parts.h"

namespace gateway::held {
namespace {

namespace index = journal::index;

Summary make(const delivery::Path& path, const delivery::HeldMessage& message, const index::Row& row) {
  Summary one;
  one.id = message.parcel.id;
  one.path = path;
  one.since = message.since;
  one.reason = message.reason;
  one.mailstore = message.parcel.mailstore;
  one.sender = message.parcel.sender.text();
  for (const smtp::Recipient& recipient : message.parcel.recipients)
    one.recipients.push_back(recipient.address.text());
  one.author = row.author;
  one.subject = row.subject;
  one.client = row.ip;
  one.score = row.score;
  std::error_code gone;
  const std::uintmax_t size = std::filesystem::file_size(path, gone);
  one.octets = row.size >= 1 && row.size < 1e15 ? static_cast<std::uint64_t>(row.size) : gone ? 0 : size;
  one.attempts = message.attempts;
  one.next = message.next;
  return one;
}

// The recorded transaction, with those recipients who still wait.  A record that cannot be read is one of the
// envelope alone.
class Rows {
 public:
  index::Row of(const delivery::HeldMessage& message) {
    const index::Row* const found = reader_.read(message.verdict);
    index::Row row = found ? *found : index::Row();
    row.session = false;
    row.note = {};
    row.id = message.parcel.id;
    if (!found) {
      row.time = message.since;
      row.action = message.keep == delivery::Keep::quarantine ? "quarantine" : "accept";
    }
    sender_ = message.parcel.sender.text();
    row.sender = sender_;
    texts_.clear();
    for (const smtp::Recipient& one : message.parcel.recipients) texts_.push_back(one.address.text());
    std::vector<index::RowRecipient> waiting;
    for (const std::string& text : texts_) {
      const auto same = std::ranges::find(row.recipients, text, &index::RowRecipient::address);
      index::RowRecipient recipient = same == row.recipients.end() ? index::RowRecipient() : *same;
      recipient.address = text;
      waiting.push_back(recipient);
    }
    row.recipients = std::move(waiting);
    return row;
  }

 private:
  index::RowReader reader_;
  std::string sender_;
  std::vector<std::string> texts_;
};

}  // namespace

Listing list(const std::filesystem::path& directory, const index::Query& query, std::size_t skip,
             std::size_t most) {
  Listing listing;
  Rows rows;
  std::vector<delivery::HeldEntry> found = delivery::scan_held(directory);
  std::ranges::reverse(found);
  for (const delivery::HeldEntry& entry : found) {
    const index::Row row = rows.of(entry.message);
    if (!index::matches(query, row)) continue;
    Summary one = make(entry.path, entry.message, row);
    listing.octets += one.octets;
    if (listing.all++ >= skip && listing.messages.size() < most) listing.messages.push_back(std::move(one));
  }
  return listing;
}

Result<Summary> summary(const std::filesystem::path& file) {
  const Result<delivery::HeldMessage> message = delivery::read_held_record(file);
  if (!message) return message.error();
  Rows rows;
  return make(file, *message, rows.of(*message));
}

void write(journal::JsonWriter& json, const Summary& summary, delivery::Keep keep) {
  json.begin_object();
  json.key("id").text(summary.id);
  json.key("since");
  journal::write(json, summary.since);
  json.key("reason").text(summary.reason);
  json.key("mailstore").text(summary.mailstore);
  json.key("sender").text(summary.sender);
  json.key("recipients");
  journal::write(json, summary.recipients);
  json.key("header_from").text(summary.author);
  json.key("subject").text(summary.subject);
  json.key("client").text(summary.client);
  json.key("score").number(summary.score);
  json.key("size").integer(static_cast<std::int64_t>(summary.octets));
  if (keep == delivery::Keep::retry) {
    json.key("attempts").integer(summary.attempts);
    json.key("next");
    journal::write(json, summary.next);
  }
  json.end_object();
}

}  // namespace gateway::held
