#pragma once
// A draft policy tried on what is recorded: one at a time for all users, on a thread of its own at the lowest
// priority.  It writes nothing and changes nothing.

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gateway/pipeline/in_force.h"
#include "gateway/replay/differences.h"
#include "gateway/replay/run.h"
#include "policy/diagnostic.h"

namespace gateway::review {

class PolicyTrial {
 public:
  struct Bounds {
    std::chrono::seconds time{600};
  };
  struct Order {
    std::string by;         // who asked for it
    std::size_t place = 0;  // of the policy file that it stands for
    std::string draft;
    unsigned days = 7;
  };
  enum class Stage { none, running, done, wrong, cancelled, failed };  // wrong: the draft has mistakes
  struct State {
    Stage stage = Stage::none;
    Order order;
    double share = 0;  // of the lines, that was read
    bool stopped_early = false;
    replay::Period period;
    policy::Diagnostics diagnostics;
    std::string failure;
    std::string version;                  // of the draft
    std::vector<policy::RuleInfo> rules;  // likewise
    std::shared_ptr<const replay::Differences> differences;
  };

  PolicyTrial() : PolicyTrial(Bounds{}) {}
  explicit PolicyTrial(Bounds bounds) : bounds_(bounds) {}
  ~PolicyTrial();

  // False when one is running.
  bool start(Order order, std::shared_ptr<const pipeline::InForce> in_force,
             const std::filesystem::path& journal, Time now);
  void cancel();
  State state() const;

 private:
  void run(const std::shared_ptr<const pipeline::InForce>& in_force, const std::filesystem::path& journal,
           Time now);
  void change(const std::function<void(State&)>& how);

  const Bounds bounds_;
  std::atomic<bool> cancelled_{false};
  mutable std::mutex mutex_;
  State state_;
  std::thread thread_;
};

}  // namespace gateway::review
