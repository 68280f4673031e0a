#pragma once
// What a policy is made of, and the making of it: from files, or again from what an earlier one was made of.

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "policy/language/checker.h"
#include "policy/language/list_file.h"
#include "policy/language/named_list.h"
#include "policy/policy.h"

namespace policy {

struct Ingredients {
  struct Text {
    std::filesystem::path path;
    std::shared_ptr<const std::string> text;
  };
  using ListFiles = std::map<std::string, std::shared_ptr<language::ListFile>, std::less<>>;

  std::vector<Text> texts;  // policy files, in order
  ListFiles list_files;     // by the names of the lists
};

struct Loaded {
  std::shared_ptr<const Policy> policy;  // null: there were mistakes
  // The first mistake in the entries of each list that has one.
  std::map<std::string, std::string> list_mistakes;
};

// Reads no file.
Loaded load_again(const Ingredients& from, const Vocabulary& vocabulary, const PolicyOptions& options,
                  Time today, Diagnostics& diagnostics);

// A policy of texts that may stand in no file yet; list files are read by `source` alone, which decides
// which.  With a budget its conditions are bounded: for texts of somebody who may be wrong or mean ill.
std::shared_ptr<const Policy> load_texts(std::vector<Ingredients::Text> texts,
                                         const language::ListFileSource& source, const Vocabulary& vocabulary,
                                         const PolicyOptions& options, Time today, Diagnostics& diagnostics,
                                         std::optional<language::Budget> budget = std::nullopt);

// Whether the policy was made of these texts, in that order.
bool is_made_of(const Policy& policy, const std::vector<Ingredients::Text>& texts);

}  // namespace policy
