#pragma once
// What came of many verdicts judged again, counted by rule and direction, with samples.  Each reader of the
// journal counts by itself; their counts are added up at the end.

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "gateway/replay/retrial.h"

namespace gateway::replay {

struct Sample {
  std::string id;
  Time when{};
  std::string sender;
  std::string recipient;
  std::string author;
  std::string subject;
};

// The newest ones, up to a number.
class Samples {
 public:
  void add(const Retried& retried, std::size_t most);
  void merge(Samples other, std::size_t most);
  const std::vector<Sample>& all() const { return all_; }  // the newest first

 private:
  std::vector<Sample> all_;
};

// What verdicts of one group have in common.
struct GroupKey {
  Retried::Kind kind = Retried::Kind::changed;
  policy::Disposition before = policy::Disposition::accept;
  policy::Disposition after = policy::Disposition::accept;
  std::string rule_before;
  std::string rule_after;
  std::vector<std::string> hangs_on;
  bool tags_hang = false;
  bool no_message = false;
  std::string tags;

  friend auto operator<=>(const GroupKey&, const GroupKey&) = default;
};

struct Group {
  std::uint64_t count = 0;
  Samples samples;
};

struct TrialCount {
  std::uint64_t recorded = 0;  // verdicts whose record says that the rule, on trial then, held
  std::uint64_t held = 0;      // on trial in this policy, it holds
  // Of these, by the action it would make of which; what differs in tags alone stands under the same two.
  std::map<std::pair<policy::Disposition, policy::Disposition>, std::uint64_t> would;
  std::uint64_t no_difference = 0;
  Samples samples;  // of those with a difference
};

struct Differences {
  explicit Differences(std::size_t samples = 3) : most_samples(samples) {}

  void add(const Retried& retried);
  void merge(Differences other);

  std::size_t most_samples;
  std::uint64_t transactions = 0;
  std::uint64_t sessions = 0;    // connections without a transaction, whether or not a rule refused them
  std::uint64_t unreadable = 0;  // lines that are no record
  std::uint64_t judged = 0;      // verdicts: those that follow, but for `undecided` and `outside`
  std::uint64_t same = 0;
  std::uint64_t changed = 0;
  std::uint64_t other_rule = 0;
  std::uint64_t other_tags = 0;
  std::uint64_t cannot_tell = 0;
  std::uint64_t undecided = 0;
  std::uint64_t asked_again = 0;                 // transactions for which the DNS was asked once more
  std::uint64_t answered_otherwise = 0;          // of these, those with other facts than recorded
  std::map<std::string, std::uint64_t> outside;  // by what refused
  std::map<GroupKey, Group> groups;
  std::map<std::string, TrialCount> trials;
};

}  // namespace gateway::replay
