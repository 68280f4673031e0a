// [journal], [quarantine] and [capture]: what is kept, where and for how long.

#include "gateway/settings/sections.h"

namespace gateway::settings {
namespace {

constexpr std::uint64_t kMostDays = 36'500;
constexpr std::uint64_t kLeastSize = 1'000'000;  // less would throw away what was just written

}  // namespace

void load_records(TableReader& root, Settings& settings) {
  settings.journal_directory = settings.state / "journal";
  if (auto table = root.table("journal")) {
    table->path("directory", settings.journal_directory);
    table->number("keep_days", settings.journal_keep_days, 1, kMostDays);
    table->size("max_size", settings.journal_max_size, kLeastSize);
    table->choice<std::string>("subject", settings.journal_subject,
                               {{"keep", "keep"}, {"hash", "hash"}, {"omit", "omit"}});
    table->flag("index", settings.journal_index);
    read_networks(*table, "ignore", settings.journal_ignore);
    table->done();
  }
  settings.capture.directory = settings.state / "capture";
  if (auto table = root.table("capture")) {
    table->each_text("rules", "the id of a rule", [&](const toml::node& node, const std::string& id) {
      settings.capture.rules.push_back(id);
      settings.capture.rule_spots.push_back(table->file().spot(node));
    });
    table->share("sample", settings.capture.sample);
    table->number("keep_days", settings.capture.keep_days, 1, kMostDays);
    table->size("max_size", settings.capture.max_size, kLeastSize);
    table->path("directory", settings.capture.directory);
    table->done();
  }
  if (auto table = root.table("quarantine")) {
    table->number("keep_days", settings.quarantine_keep_days, 1, kMostDays);
    table->size("max_size", settings.quarantine_max_size, kLeastSize);
    table->done();
  }
}

}  // namespace gateway::settings
