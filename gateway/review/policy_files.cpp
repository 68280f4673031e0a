#include "gateway/review/policy_files.h"

#include <fmt/format.h>

#include <map>

#include "policy/language/toml_file.h"
#include "policy/ordinary_file.h"

namespace gateway::review {
namespace {

using policy::language::ListFile;
using policy::language::ListFileSource;

// A hundred thousand terms take some ten MB; each pattern may take 4 MiB.
constexpr policy::language::Budget kDraftBudget{.nodes = 100'000, .patterns = 200};

policy::Ingredients::Text read_text(const std::filesystem::path& path, policy::Diagnostics& diagnostics) {
  auto read =
      policy::read_ordinary_file(path, policy::language::TomlFile::kMostOctets / (1 << 20) * (1 << 20));
  if (!read)
    diagnostics.add(
        {.file = path.string(), .message = "cannot be read: " + read.error().text(), .source = {}});
  return {path, std::make_shared<const std::string>(read ? std::move(read->text) : std::string())};
}

// The list files of the policy in force, each as often as it names it, and no other.
class KnownLists {
 public:
  KnownLists(const policy::Policy& policy, Time now) : now_(now) {
    for (const policy::ListFileState& one : policy.list_files()) {
      ++left_[one.file.lexically_normal()];
      names_ += (names_.empty() ? "" : ", ") + one.file.filename().string();
    }
  }

  Result<std::shared_ptr<ListFile>> read(const std::filesystem::path& file) {
    const auto found = left_.find(file.lexically_normal());
    if (found == left_.end())
      return Error(fmt::format(
          "a draft can name the list files of the policy in force{}, and no other file is read for it",
          names_.empty() ? ", which has none" : " (" + names_ + ")"));
    if (found->second == 0) return Error("a draft can name a list file as often as the policy in force does");
    --found->second;
    return ListFile::read(file, now_);
  }

 private:
  const Time now_;
  std::map<std::filesystem::path, std::size_t> left_;
  std::string names_;
};

}  // namespace

PolicyFiles read_policy_files(const pipeline::InForce& in_force, Time now) {
  PolicyFiles files;
  for (const settings::Path& path : in_force.settings->policy_files)
    files.texts.push_back(read_text(path, files.diagnostics));
  if (files.diagnostics.has_errors()) return files;
  files.in_force = policy::is_made_of(*in_force.policy, files.texts);
  const ListFileSource beginnings = [now](const std::string&, const std::filesystem::path& file) {
    return ListFile::read_beginning(file, now);
  };
  policy::load_texts(files.texts, beginnings, in_force.vocabulary,
                     {in_force.settings->policy_default, &in_force.facts}, now, files.diagnostics);
  return files;
}

std::shared_ptr<pipeline::InForce> with_draft(const pipeline::InForce& in_force, std::size_t place,
                                              std::string draft, Time now, policy::Diagnostics& diagnostics) {
  const auto& paths = in_force.settings->policy_files;
  std::vector<policy::Ingredients::Text> texts;
  for (std::size_t i = 0; i < paths.size(); ++i)
    texts.push_back(i == place ? policy::Ingredients::Text{paths[i], std::make_shared<const std::string>(
                                                                         std::move(draft))}
                               : read_text(paths[i], diagnostics));
  if (diagnostics.has_errors()) return nullptr;
  KnownLists lists(*in_force.policy, now);
  auto next = std::make_shared<pipeline::InForce>(in_force.settings);
  next->policy = policy::load_texts(
      std::move(texts),
      [&](const std::string&, const std::filesystem::path& file) { return lists.read(file); },
      next->vocabulary, {in_force.settings->policy_default, &next->facts}, now, diagnostics, kDraftBudget);
  return next->policy ? next : nullptr;
}

}  // namespace gateway::review
