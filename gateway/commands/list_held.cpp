// postern quarantine list and postern queue list.
#include <fmt/core.h>
#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <charconv>
#include <csignal>
#include <limits>

#include "gateway/commands/held.h"
#include "gateway/commands/log_query.h"
#include "gateway/commands/table.h"
#include "gateway/commands/terminal.h"
#include "gateway/delivery/file_held_store.h"
#include "gateway/held/summary.h"
#include "gateway/journal/local_time.h"
#include "gateway/settings/settings.h"

namespace gateway::commands {
namespace {

using delivery::Keep;

constexpr std::size_t kPage = 50;
constexpr std::size_t kChunk = 500;  // lines that are printed together
constexpr unsigned kAny = Table::kAny;

Result<std::size_t> limit_of(const HeldOptions& options) {
  if (!options.filter.limit) return kPage;
  const std::string& text = *options.filter.limit;
  std::size_t limit = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (error != std::errc() || end != text.data() + text.size())
    return Error(fmt::format("--limit: '{}' is no number of messages: expected 1 or more, or 0 for all",
                             printable(text, 60)));
  return limit == 0 ? std::numeric_limits<std::size_t>::max() : limit;
}

std::string size_text(std::uint64_t octets) {
  if (octets < 1000) return fmt::format("{} B", octets);
  if (octets < 1'000'000) return fmt::format("{} kB", octets / 1000);
  return fmt::format("{:.1f} MB", static_cast<double>(octets) / 1e6);
}

std::string recipients_text(const std::vector<std::string>& all) {
  if (all.empty()) return {};
  return printable(all.front()) + (all.size() > 1 ? fmt::format(" +{}", all.size() - 1) : "");
}

Table table_for(Keep keep, const journal::PageStyle& style) {
  if (keep == Keep::quarantine)
    return {{{"TIME", 20, 25, 0},
             {"ID", 12, 12, 0},
             {"REASON", 8, 24, 0},
             {"SIZE", 4, 10, 5},
             {"FROM", 13, 48, 1},
             {"TO", 13, 48, 2},
             {"SUBJECT", 12, kAny, 3}},
            2,
            style};
  return {{{"TIME", 20, 25, 0},
           {"ID", 12, 12, 0},
           {"REASON", 8, 24, 0},
           {"TRIED", 5, 6, 4},
           {"NEXT", 20, 25, 3},
           {"FROM", 13, 48, 2},
           {"TO", 13, kAny, 1}},
          2,
          style};
}

// A release that was begun is what a person must know first of all.
std::string reason_text(const held::Summary& one) {
  return one.begun ? fmt::format("release begun ({})", printable(one.reason)) : printable(one.reason);
}

class Printer {
 public:
  explicit Printer(const HeldOptions& options)
      : options_(options),
        style_(page_style(options.filter.colour)),
        table_(table_for(options.keep, style_)) {}

  void add(const held::Summary& one) {
    ++shown_;
    if (one.begun) ++begun_;
    if (options_.filter.json) {
      journal::JsonWriter json;
      held::write(json, one, options_.keep);
      fmt::print("{}\n", json.view());
      return;
    }
    std::vector<std::string> cells{time_cell(one.since, style_), printable(one.id), reason_text(one)};
    if (options_.keep == Keep::quarantine) {
      cells.push_back(size_text(one.octets));
    } else {
      cells.push_back(std::to_string(one.attempts));
      cells.push_back(time_cell(one.next, style_));
    }
    cells.push_back(one.sender.empty() ? "<>" : printable(one.sender));
    cells.push_back(recipients_text(one.recipients));
    if (options_.keep == Keep::quarantine) cells.push_back(printable(one.subject, 500));
    table_.add(std::move(cells), one.begun ? Table::Tone::bad : Table::Tone::doubtful);
    if (table_.waiting() >= kChunk) flush();
  }
  void end(const held::Totals& totals) {
    if (options_.filter.json) return;
    flush();
    if (begun_ > 0)
      fmt::print(
          stderr,
          "Of {} of them a release was begun and its end is not known: the mailstore may have the message. "
          "{} show ID tells more.\n",
          begun_, held_command(options_));
    if (totals.all > shown_)
      fmt::print(stderr, "The newest {} of {}; --limit 0 shows all.\n", shown_, totals.all);
  }
  std::size_t shown() const { return shown_; }

 private:
  void flush() {
    fmt::print("{}", table_.take());
    std::fflush(stdout);
  }

  const HeldOptions& options_;
  const journal::PageStyle style_;
  Table table_;
  std::size_t shown_ = 0;
  std::size_t begun_ = 0;
};

}  // namespace

int list_held(const HeldOptions& options) {
  std::signal(SIGPIPE, SIG_DFL);  // who reads us has seen enough
  const Time now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto query = log_query(options.filter, now);
  if (!query) return complain(options, 2, query.error().text());
  const auto limit = limit_of(options);
  if (!limit) return complain(options, 2, limit.error().text());
  policy::Diagnostics diagnostics;
  const auto settings = settings::Settings::read(options.filter.config, diagnostics);
  if (!settings) return complain(options, 1, trim(diagnostics.render()));

  const std::filesystem::path directory = delivery::held_directory(settings->state, options.keep);
  // What is skipped is said on standard error.
  spdlog::set_default_logger(
      std::make_shared<spdlog::logger>("postern", std::make_shared<spdlog::sinks::stderr_sink_st>()));
  Printer printer(options);
  const std::size_t most = options.filter.count ? 0 : *limit;
  const auto listed =
      held::list(directory, *query, 0, most, [&](const held::Summary& one) { printer.add(one); });
  if (!listed) return complain(options, 1, listed.error().text());
  const held::Totals& totals = *listed;
  if (options.filter.count) {
    if (options.filter.json)
      fmt::print("{{\"count\": {}, \"octets\": {}}}\n", totals.all, totals.octets);
    else
      fmt::print("{}\n", totals.all);
    return totals.all > 0 ? 0 : 1;
  }
  if (printer.shown() == 0) {
    const bool narrowed = query->since || query->until || !query->all_of.empty();
    fmt::print(
        options.filter.json ? stderr : stdout, "{}{}.\n",
        options.keep == Keep::quarantine ? "Nothing is in quarantine" : "Nothing waits for a mailstore",
        narrowed ? " that fits" : "");
    return 1;
  }
  printer.end(totals);
  return 0;
}

}  // namespace gateway::commands
