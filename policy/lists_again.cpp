// A policy with its list files read again.
#include <fmt/format.h>

#include <algorithm>

#include "policy/lists.h"
#include "policy/rule_policy.h"

namespace policy {
namespace {

constexpr std::size_t kMayAlwaysGo = 2;  // entries: people take out one or two

// One file as it is now, if it is to be taken.
std::shared_ptr<language::ListFile> read_one(const language::ListFile& before, std::size_t taken_out,
                                             Time now, ListReading& reading) {
  const auto read = language::ListFile::read(before.path(), now);
  if (!read) {
    reading.kept = fmt::format("it cannot be read: {}", read.error().text());
    return nullptr;
  }
  reading.found = (*read)->count();
  if ((*read)->unsettled())
    reading.kept = "it changed while it was read";
  else
    reading.kept =
        why_not_taken(reading.before - std::min(taken_out, reading.before), reading.found, (*read)->blank());
  return reading.kept.empty() ? *read : nullptr;
}

}  // namespace

std::string why_not_taken(std::size_t before, std::size_t found, bool blank) {
  if (blank && before > 0) return "it is empty";
  if (found <= before / 2 && before - found > kMayAlwaysGo)
    return fmt::format("it has shrunk by half or more, from {} to {}", before, found);
  return {};
}

ListsRead RulePolicy::with_lists_read_again(std::span<const std::filesystem::path> files,
                                            std::size_t taken_out, const Vocabulary& vocabulary,
                                            const Facts* configuration, Time now) const {
  ListsRead result;
  // An entry that has ended does not count any more, whatever has become of its file.
  Ingredients base = made_of_;
  bool ended = false;
  for (auto& [name, file] : base.list_files) {
    const bool read = std::ranges::find(files, file->path()) != files.end();
    if (read) result.lists.push_back({.list = name, .file = file->path(), .before = file->count_at(now)});
    if (!file->next_end() || *file->next_end() > now) continue;
    if (!read)
      result.ended.push_back({.list = name,
                              .file = file->path(),
                              .before = file->count(),
                              .found = file->count_at(now),
                              .kept = {}});
    file = file->at(now);
    ended = true;
  }
  Ingredients next = base;
  std::vector<ListReading*> taken;
  for (ListReading& reading : result.lists)
    if (auto fresh = read_one(*made_of_.list_files.at(reading.list), taken_out, now, reading)) {
      next.list_files[reading.list] = std::move(fresh);
      taken.push_back(&reading);
    }
  const auto put_back = [&](ListReading& reading, std::string why) {
    reading.kept = std::move(why);
    next.list_files[reading.list] = base.list_files.at(reading.list);
  };
  while (!taken.empty() || ended) {
    Diagnostics diagnostics;
    Loaded loaded = load_again(next, vocabulary, {book_.by_default, configuration}, now, diagnostics);
    if (loaded.policy) {
      result.policy = std::move(loaded.policy);
      break;
    }
    if (taken.empty()) break;
    const std::size_t before = taken.size();
    std::erase_if(taken, [&](ListReading* reading) {
      const auto mistake = loaded.list_mistakes.find(reading->list);
      if (mistake == loaded.list_mistakes.end()) return false;
      put_back(*reading, mistake->second);
      return true;
    });
    if (taken.size() < before) continue;
    // A mistake that stands elsewhere, such as a rule that the entries no longer fit: all stay as they were.
    const auto error =
        std::ranges::find(diagnostics.all(), Diagnostic::Severity::error, &Diagnostic::severity);
    for (ListReading* reading : taken)
      put_back(*reading, error == diagnostics.all().end() ? "no policy can be made with it" : error->message);
    taken.clear();
  }
  return result;
}

}  // namespace policy
