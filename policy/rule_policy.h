#pragma once
// The policy that rules make.

#include <array>

#include "policy/decide.h"
#include "policy/load.h"
#include "policy/policy.h"

namespace policy {

class RulePolicy final : public Policy {
 public:
  RulePolicy(RuleBook book, const Vocabulary& vocabulary, Ingredients made_of);

  Verdict decide(const Facts& recipient, Moment moment) const override {
    return judge_.decide(recipient, moment);
  }
  Prospect prospect(const Facts& recipient, const Missing& missing, Moment moment) const override {
    return judge_.prospect(recipient, missing, moment);
  }
  const std::vector<std::string>& awaited(Phase phase) const override {
    return awaited_[static_cast<std::size_t>(phase)];
  }
  bool refuses_early() const override;
  std::string_view version() const override { return version_; }
  const std::vector<std::string>& header_names() const override { return header_names_; }
  std::set<std::string, std::less<>> facts_named() const override;
  std::vector<std::string> rule_ids() const override;
  std::vector<RuleInfo> rules() const override;
  std::vector<Stage> stages() const override;
  std::vector<ListFileState> list_files() const override;
  const Ingredients& made_of() const { return made_of_; }
  ListsRead with_lists_read_again(std::span<const std::filesystem::path> files, std::size_t taken_out,
                                  const Vocabulary& vocabulary, const Facts* configuration,
                                  Time now) const override;

 private:
  std::string digest() const;

  const RuleBook book_;
  const Judge judge_;
  const Vocabulary& vocabulary_;
  const Ingredients made_of_;
  const std::string version_;
  std::array<std::vector<std::string>, kPhases> awaited_;
  std::vector<std::string> header_names_;
};

}  // namespace policy
