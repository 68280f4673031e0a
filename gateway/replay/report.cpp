#include "gateway/replay/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "gateway/journal/local_time.h"

namespace gateway::replay {
namespace {

using journal::Page;
using Kind = Retried::Kind;
using policy::Disposition;

constexpr std::size_t kShown = 60;  // octets of a text from outside
constexpr std::size_t kRows = 50;   // of a section; the rest is counted

std::string share(std::uint64_t count, std::uint64_t all) {
  if (all == 0) return "0 %";
  const double percent = 100.0 * static_cast<double>(count) / static_cast<double>(all);
  return percent > 0 && percent < 0.1 ? "< 0.1 %" : fmt::format("{:.1f} %", percent);
}

std::string number(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string many(std::uint64_t count, std::string_view what) {
  return fmt::format("{} {}{}", number(count), what, count == 1 ? "" : "s");
}

Page::Tone tone(Disposition action) {
  if (action == Disposition::accept) return Page::Tone::good;
  return action == Disposition::reject ? Page::Tone::bad : Page::Tone::doubtful;
}

std::string rule_of(const GroupKey& key) {
  const std::string before = printable(key.rule_before, kShown);
  const std::string after = printable(key.rule_after, kShown);
  const std::string hangs = fmt::format("{}", fmt::join(key.hangs_on, ", "));
  switch (key.kind) {
    case Kind::cannot_tell:
      if (key.tags_hang)
        return fmt::format("tag of {} hangs on {}, not recorded (accepted all the same)", after, hangs);
      return fmt::format("{} hangs on {}, {} ({} then by {})", after, hangs,
                         key.no_message ? "no message came" : "not recorded", past(key.before), before);
    case Kind::other_tags: return printable(key.tags, 2 * kShown);
    default:
      return before + " → " + after + (key.tags.empty() ? "" : ", tags " + printable(key.tags, 2 * kShown)) +
             (hangs.empty() ? "" : ", tags hang on " + hangs + ", not recorded");
  }
}

class Teller {
 public:
  Teller(const Report& report, journal::PageStyle style)
      : all_(report.differences), report_(report), page_(style) {}

  std::string tell() {
    heading();
    changes();
    rest(Kind::other_rule, fmt::format("same action by another rule: {}", amount(all_.other_rule)));
    rest(Kind::other_tags, fmt::format("accepted with other tags: {}", amount(all_.other_tags)));
    rest(Kind::cannot_tell, fmt::format("cannot tell: {}", amount(all_.cannot_tell)));
    if (report_.trial) trials();
    return page_.take();
  }

 private:
  std::string amount(std::uint64_t count) const {
    return fmt::format("{} ({})", number(count), share(count, all_.judged));
  }

  void heading() {
    std::string files;
    for (const auto& file : report_.in_force.settings->policy_files)
      files += (files.empty() ? "" : ", ") + file.filename().string();
    page_.line(fmt::format("{} to {}", journal::local_time(report_.period.from),
                           journal::local_time(report_.period.to)));
    page_.line(fmt::format("{}, {} judged by {} ({})", many(all_.transactions, "transaction"),
                           many(all_.judged, "verdict"), printable(files, 200),
                           report_.in_force.policy->version()));
    page_.line(fmt::format("{} stay as they are, {} change",
                           amount(all_.judged - all_.changed - all_.cannot_tell), amount(all_.changed)));
    std::uint64_t outside = 0;
    std::string by;
    for (const auto& [what, count] : all_.outside) {
      outside += count;
      by += fmt::format("{}{} {}", by.empty() ? "" : ", ", printable(what, kShown), number(count));
    }
    if (outside > 0)
      page_.line(fmt::format("{} refused outside the rules: {}", many(outside, "recipient"), by));
    if (all_.undecided > 0)
      page_.line(fmt::format("{} never decided: no message came", many(all_.undecided, "recipient")));
    if (all_.sessions > 0) page_.line(many(all_.sessions, "connection") + " without a transaction");
    if (all_.asked_again > 0)
      page_.line(
          fmt::format("the DNS was asked again for {} and says otherwise of {}; DKIM, ARC and DMARC as "
                      "recorded",
                      many(all_.asked_again, "transaction"), number(all_.answered_otherwise)));
    std::string off;
    for (const policy::RuleInfo& rule : report_.in_force.policy->rules())
      if (!rule.off.empty()) off += fmt::format("{}{} ({})", off.empty() ? "" : ", ", rule.id, rule.off);
    if (!off.empty()) page_.line("rules that are off with their filter: " + printable(off, 400));
    if (all_.unreadable > 0)
      page_.line(many(all_.unreadable, "line") + " that are no record were passed over");
  }

  // One section for each direction.
  void changes() {
    std::vector<Row> rows = ordered(all_, Kind::changed);
    while (!rows.empty()) {
      const GroupKey& first = *rows.front().first;
      const auto same = [&](const Row& row) {
        return row.first->before == first.before && row.first->after == first.after;
      };
      const auto end = std::ranges::find_if_not(rows, same);
      std::uint64_t count = 0;
      for (auto row = rows.begin(); row != end; ++row) count += row->second->count;
      page_.section(
          fmt::format("would be {} that were {}: {}", past(first.after), past(first.before), amount(count)));
      list({rows.begin(), end}, tone(first.after));
      rows.erase(rows.begin(), end);
    }
  }

  void rest(Kind kind, const std::string& title) {
    page_.section(title);
    list(ordered(all_, kind), Page::Tone::plain);
  }

  void list(const std::vector<Row>& rows, Page::Tone tone) {
    std::size_t told = 0;
    for (const auto& [key, group] : rows) {
      if (told++ == kRows) {
        page_.line(fmt::format("and {} more groups", rows.size() - kRows));
        return;
      }
      page_.line("  " + rule_of(*key),
                 fmt::format("{:>9}  {:>7}", number(group->count), share(group->count, all_.judged)), tone);
      samples(group->samples);
    }
  }

  void samples(const Samples& samples) {
    for (const Sample& one : samples.all()) {
      std::string line = fmt::format("                    {}  {}  <{}>", printable(one.id, 20),
                                     journal::local_time(one.when), printable(one.sender, kShown));
      if (!one.recipient.empty()) line += fmt::format(" to <{}>", printable(one.recipient, kShown));
      if (!one.subject.empty()) line += fmt::format("  {}", printable(one.subject, kShown));
      page_.line(line, {}, Page::Tone::faint);
    }
  }

  void trials() {
    page_.section("rules on trial");
    for (const auto& [rule, count] : all_.trials) {
      page_.line(fmt::format("  {}: {}", printable(rule, kShown), trial(count)),
                 fmt::format("{:>9}  {:>7}", number(std::max(count.held, count.recorded)),
                             share(std::max(count.held, count.recorded), all_.judged)));
      samples(count.samples);
    }
  }

  std::string trial(const TrialCount& count) const {
    if (count.held == 0) return "on trial then, and not in this policy";
    std::string text;
    for (const auto& [actions, number_of] : count.would) {
      const auto [now, would] = actions;
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", number(number_of),
                          now == would ? fmt::format("{} would be tagged otherwise", past(now))
                                       : fmt::format("{} would be {}", past(now), past(would)));
    }
    if (count.no_difference > 0)
      text += fmt::format("{}{} without a difference", text.empty() ? "" : ", ", number(count.no_difference));
    if (count.recorded > 0 && count.recorded != count.held)
      text += fmt::format("; held {} then", many(count.recorded, "time"));
    return text;
  }

  const Differences& all_;
  const Report& report_;
  Page page_;
};

// From what people fear most: mail that comes through, then mail that is lost.
int rank(Disposition before, Disposition after) {
  using enum Disposition;
  constexpr std::pair<Disposition, Disposition> kOrder[] = {{reject, accept},     {accept, reject},
                                                            {quarantine, accept}, {accept, quarantine},
                                                            {defer, accept},      {accept, defer}};
  const auto at = std::ranges::find(kOrder, std::pair(before, after));
  if (at != std::end(kOrder)) return static_cast<int>(at - std::begin(kOrder));
  return 10 + static_cast<int>(before) * 4 + static_cast<int>(after);
}

}  // namespace

std::string_view past(Disposition action) {
  switch (action) {
    case Disposition::accept: return "accepted";
    case Disposition::quarantine: return "quarantined";
    case Disposition::defer: return "deferred";
    case Disposition::reject: return "refused";
  }
  return "";
}

std::vector<Row> ordered(const Differences& differences, Kind kind) {
  std::vector<Row> rows;
  for (const auto& [key, group] : differences.groups)
    if (key.kind == kind) rows.emplace_back(&key, &group);
  std::ranges::stable_sort(rows, [](const Row& a, const Row& b) {
    const int first = rank(a.first->before, a.first->after);
    const int second = rank(b.first->before, b.first->after);
    return a.first->kind == Kind::changed && first != second ? first < second
                                                             : a.second->count > b.second->count;
  });
  return rows;
}

std::string tell(const Report& report, journal::PageStyle style) { return Teller(report, style).tell(); }

}  // namespace gateway::replay
