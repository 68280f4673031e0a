#pragma once
// The shared state as its words say, without bounds: every mark and every amount is kept as it came.  For
// filters, and to compare the real one with.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "policy/facts/question.h"

namespace support {

class NaiveState {
 public:
  std::string failed;  // not empty: nothing is answered, and nothing learnt

  policy::StateAnswer answer(const policy::StateQuestion& question, policy::Time now);
  void learn(const policy::StateUpdate& update, policy::Time now);

 private:
  using Key = std::pair<std::string, std::string>;
  struct Kept {
    policy::Mark mark;
    std::chrono::seconds keep;
  };
  std::map<Key, Kept> marks_;
  std::map<Key, std::vector<std::pair<policy::Time, double>>> amounts_;
};

}  // namespace support
