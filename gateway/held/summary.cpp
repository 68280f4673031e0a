#include "gateway/held/summary.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cerrno>

#include "gateway/delivery/held_file.h"
#include "gateway/journal/id.h"
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
  delivery::ReleaseMark mark = delivery::read_release_mark(path);
  mark.recipients = mark.in_doubt(message.parcel.recipients);
  if (!mark.recipients.empty()) one.begun = std::move(mark);
  return one;
}

Summary unreadable(const delivery::HeldName& file, const Error& why) {
  Summary one;
  const std::string key = file.path.stem().string();
  one.id = key.substr(0, key.find('-'));
  one.path = file.path;
  if (const auto when = journal::time_of_id(one.id))
    one.since = std::chrono::floor<std::chrono::seconds>(*when);
  one.reason = "unreadable: " + why.text();
  one.octets = file.octets;
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

Result<Totals> list(const std::filesystem::path& directory, const index::Query& query, std::size_t skip,
                    std::size_t most, const std::function<void(Summary)>& show) {
  Totals totals;
  Rows rows;
  const bool everything =
      !query.since && !query.until && query.all_of.empty() && !query.sessions && !query.notes;
  std::size_t shown = 0;
  const Result<std::vector<delivery::HeldName>> files = delivery::held_names(directory);
  if (!files) return files.error();
  for (const delivery::HeldName& file : *files) {
    const bool on_page = totals.all >= skip && shown < most;
    if (everything && !on_page) {
      ++totals.all;
      totals.octets += file.octets;
      continue;
    }
    const Result<delivery::HeldMessage> message = delivery::read_held_record(file.path);
    if (!message && message.error().system_code() == ENOENT) continue;  // gone meanwhile
    if (!message)
      spdlog::warn("event=held_file_skipped file={} error=\"{}\"", printable(file.path.string()),
                   printable(message.error().text()));
    if (!message && !everything) continue;
    const index::Row row = message ? rows.of(*message) : index::Row();
    if (message && !index::matches(query, row)) continue;
    ++totals.all;
    totals.octets += file.octets;
    if (!on_page) continue;
    ++shown;
    show(message ? make(file.path, *message, row) : unreadable(file, message.error()));
  }
  return totals;
}

Result<Listing> list(const std::filesystem::path& directory, const index::Query& query, std::size_t skip,
                     std::size_t most) {
  Listing listing;
  const auto add = [&](Summary one) { listing.messages.push_back(std::move(one)); };
  const Result<Totals> totals = list(directory, query, skip, most, add);
  if (!totals) return totals.error();
  static_cast<Totals&>(listing) = *totals;
  return listing;
}

std::string begun_text(const delivery::ReleaseMark& begun) {
  constexpr std::size_t kMost = 10;
  std::vector<std::string> names;
  for (const std::string& one : begun.recipients)
    if (names.size() < kMost) names.push_back(printable(one));
  if (begun.recipients.size() > kMost) names.emplace_back("…");
  return fmt::format(
      "a release was begun {}{} and its end is not known: the mailstore may have the message for {}",
      to_text(begun.begun), begun.who.empty() ? "" : " by " + printable(begun.who), fmt::join(names, ", "));
}

Result<Summary> summary(const std::filesystem::path& file) {
  const Result<delivery::HeldMessage> message = delivery::read_held_record(file);
  if (!message) return message.error();
  Rows rows;
  return make(file, *message, rows.of(*message));
}

namespace {

void write(journal::JsonWriter& json, const std::optional<delivery::ReleaseMark>& begun) {
  if (!begun) {
    json.null();
    return;
  }
  json.begin_object();
  json.key("time");
  journal::write(json, begun->begun);
  json.key("who").text(begun->who);
  json.key("via").text(begun->via);
  json.key("recipients");
  journal::write(json, begun->recipients);
  json.end_object();
}

}  // namespace

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
  } else {
    json.key("release_begun");
    write(json, summary.begun);
  }
  json.end_object();
}

}  // namespace gateway::held
