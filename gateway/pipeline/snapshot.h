#pragma once
// Facts and answers as they stand now, owned: what a worker examines while the session goes on, or ends.

#include "gateway/vocabulary.h"

namespace gateway::pipeline {

class Snapshot {
 public:
  Snapshot(const Facts& facts, const Answers& answers);
  const Facts& facts() const { return facts_; }
  const Answers& answers() const { return answers_; }

 private:
  const Vocabulary vocabulary_;
  Envelope envelope_;
  Facts facts_;  // one layer that holds those of all
  const Answers answers_;
};

}  // namespace gateway::pipeline
