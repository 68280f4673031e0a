#pragma once
// The settings, policy, lists and filters that are in force together.  A transaction keeps the ones it began
// with; a reload puts others in their place.

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "gateway/pipeline/examination.h"
#include "gateway/settings/settings.h"
#include "gateway/vocabulary.h"
#include "policy/policy.h"

namespace gateway::delivery {
class Handler;
}

namespace gateway::pipeline {

struct InForce {
  std::shared_ptr<const settings::Settings> settings;
  Vocabulary vocabulary;        // facts refer to it: whoever keeps facts keeps this object
  std::vector<FactId> enabled;  // of it, in its order: what is recorded of a transaction
  Facts facts;                  // of the configuration; those of sessions stand on them
  std::shared_ptr<const FilterSet> filters;
  std::shared_ptr<const policy::Policy> policy;
  std::shared_ptr<delivery::Handler> delivery;  // null where nothing is delivered: check, explain

  // Without a policy yet.
  explicit InForce(std::shared_ptr<const settings::Settings> with);
  InForce(const InForce&) = delete;
  InForce& operator=(const InForce&) = delete;

  // Reads and checks everything; all mistakes are reported.  Null when one is an error.  `mode` and
  // `policy_files`, unless there are none, stand in the place of what the settings say.
  static std::shared_ptr<InForce> load(const settings::Path& file, Time today,
                                       policy::Diagnostics& diagnostics,
                                       std::optional<settings::Mode> mode = std::nullopt,
                                       const std::vector<settings::Path>& policy_files = {});

  // The same settings, filters and rules with these list files as they are now: see
  // Policy::with_lists_read_again().  Null when no list was taken; `readings` tells of each.  Nothing is
  // delivered to yet.
  std::shared_ptr<InForce> with_lists_read_again(std::span<const settings::Path> files, std::size_t taken_out,
                                                 Time now, std::vector<policy::ListReading>& readings) const;

 private:
  InForce(std::shared_ptr<const settings::Settings> with, std::shared_ptr<const FilterSet> its_filters);
  void make_filters();
};

// What is in force now.  Thread-safe.
class Standing {
 public:
  explicit Standing(std::shared_ptr<const InForce> first) : current_(std::move(first)) {}
  std::shared_ptr<const InForce> now() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }
  void replace(std::shared_ptr<const InForce> next) {
    const std::lock_guard lock(mutex_);
    current_.swap(next);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const InForce> current_;
};

}  // namespace gateway::pipeline
