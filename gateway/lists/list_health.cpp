#include "gateway/lists/list_health.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "filters/dnsxl/set_aside.h"

namespace gateway::lists {

using filters::dnsxl::DnsList;
using News = ListState::News;

void ListHealth::use(std::vector<DnsList> lists) {
  std::function<void()> hurry;
  {
    const std::lock_guard lock(mutex_);
    std::vector<Row> rows;
    for (DnsList& list : lists) {
      Row row{.list = std::move(list)};
      row.suffix = "." + row.list.zone;
      const auto before = std::ranges::find_if(rows_, [&](const Row& one) {
        return one.list.zone == row.list.zone && one.list.kind == row.list.kind &&
               one.list.test_point == row.list.test_point;
      });
      if (before != rows_.end()) row.state = before->state;
      rows.push_back(std::move(row));
    }
    rows_ = std::move(rows);
    publish();
    hurry = hurry_;
  }
  if (hurry) hurry();
}

void ListHealth::on_hurry(std::function<void()> hurry) {
  const std::lock_guard lock(mutex_);
  hurry_ = std::move(hurry);
}

std::shared_ptr<const policy::List> ListHealth::set_aside() const {
  const std::lock_guard lock(mutex_);
  return set_aside_;
}

std::vector<std::pair<std::string, std::string>> ListHealth::states() const {
  std::vector<std::pair<std::string, std::string>> all;
  const std::lock_guard lock(mutex_);
  for (const Row& row : rows_) all.emplace_back(row.list.id, row.state.why_aside());
  return all;
}

bool ListHealth::has(const DnsQuestion& question) const {
  if (question.type != RecordType::a) return false;
  const std::lock_guard lock(mutex_);
  return std::ranges::any_of(rows_, [&](const Row& row) { return question.name.ends_with(row.suffix); });
}

void ListHealth::answered(const DnsQuestion& question, const DnsAnswer& answer, Clock::time_point now) {
  std::function<void()> hurry;
  {
    const std::lock_guard lock(mutex_);
    for (Row& row : rows_) {
      if (!question.name.ends_with(row.suffix)) continue;
      const News news = row.state.answered(answer, now);
      if (news == News::none) break;
      tell(row, news);
      if (row.state.next_test() <= now) hurry = hurry_;
      break;
    }
  }
  if (hurry) hurry();
}

std::vector<DnsList> ListHealth::take_due(Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  std::vector<DnsList> due;
  for (Row& row : rows_) {
    if (row.state.next_test() > now) continue;
    row.state.test_begins();
    due.push_back(row.list);
  }
  return due;
}

ListHealth::Clock::time_point ListHealth::next_test() const {
  const std::lock_guard lock(mutex_);
  auto next = Clock::time_point::max();
  for (const Row& row : rows_) next = std::min(next, row.state.next_test());
  return next;
}

void ListHealth::tested(const DnsList& list, const filters::dnsxl::TestResult& result,
                        Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  for (Row& row : rows_)  // a reload may have taken it away
    if (row.list.id == list.id && row.list.zone == list.zone) tell(row, row.state.tested(result, now));
}

bool ListHealth::all_tested() const {
  const std::lock_guard lock(mutex_);
  return std::ranges::all_of(rows_, [](const Row& row) { return row.state.was_tested(); });
}

// Reasons quote nothing from outside but addresses and words of ours.
void ListHealth::tell(const Row& row, News news) {
  publish();
  if (news == News::suspected)
    spdlog::info("event=list_suspected list={} reason=\"{}\"", row.list.id, row.state.why_aside());
  if (news == News::set_aside)
    spdlog::warn("event=list_set_aside list={} reason=\"{}\"", row.list.id, row.state.why_aside());
  if (news == News::back) spdlog::warn("event=list_back list={}", row.list.id);
}

void ListHealth::publish() {
  policy::List texts;
  for (const Row& row : rows_)
    if (!row.state.why_aside().empty())
      texts.push_back(filters::dnsxl::set_aside_text(row.list.id, row.state.why_aside()));
  if (texts.empty() ? !set_aside_ : set_aside_ && *set_aside_ == texts) return;
  set_aside_ = texts.empty() ? nullptr : std::make_shared<const policy::List>(std::move(texts));
}

}  // namespace gateway::lists
