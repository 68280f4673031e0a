// [policy]: which files judge, and how much their verdicts count.

#include <fmt/format.h>

#include <algorithm>

#include "gateway/settings/sections.h"

namespace gateway::settings {
namespace {

using namespace std::chrono_literals;

// A reply line has 512 octets with the code, RFC 5321 §4.5.3.1.5; text and transaction id need theirs.
constexpr std::size_t kLongestFooter = 200;

void load_files(TableReader& table, Settings& settings) {
  const toml::node* node = table.node("files");
  if (node == nullptr) {
    settings.policy_files = {table.file().resolve("policy.toml")};
    return;
  }
  const auto add = [&](const toml::node& one, const std::string& text) {
    const Path path = table.file().resolve(text);
    if (std::ranges::find(settings.policy_files, path) != settings.policy_files.end())
      return table.error(one, fmt::format("'{}' is named already", printable(text, 80)));
    settings.policy_files.push_back(path);
  };
  if (table.each_text("files", "a policy file, such as \"policy.toml\"", add) && node->as_array()->empty())
    table.error(*node, "expected at least one policy file, such as \"policy.toml\"");
}

}  // namespace

void load_policy(TableReader& root, Settings& settings) {
  auto table = root.table("policy");
  if (!table) {
    settings.policy_files = {root.file().resolve("policy.toml")};
    return;
  }
  load_files(*table, settings);
  table->choice<Mode>("mode", settings.mode,
                      {{"enforce", Mode::enforce}, {"observe", Mode::observe}, {"soft", Mode::soft}});
  using policy::Disposition;
  table->choice<Disposition>("default", settings.policy_default,
                             {{"accept", Disposition::accept},
                              {"quarantine", Disposition::quarantine},
                              {"defer", Disposition::defer},
                              {"reject", Disposition::reject}});
  table->duration("trouble_for", settings.trouble_for, 0s, 24h * 30);
  table->flag("split_recipients", settings.split_recipients);
  if (table->text("footer", settings.footer) &&
      (!is_ascii(settings.footer) || settings.footer.size() > kLongestFooter))
    table->error(*table->node("footer"),
                 fmt::format("expected at most {} ASCII characters: it ends every refusal", kLongestFooter));
  table->done();
}

}  // namespace gateway::settings
