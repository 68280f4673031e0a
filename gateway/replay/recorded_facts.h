#pragma once
// The facts of a recorded transaction as a policy asks them, and which of those that it names are missing.

#include <memory>
#include <string>
#include <vector>

#include "gateway/journal/decode.h"
#include "gateway/pipeline/in_force.h"
#include "policy/prospect.h"

namespace gateway::replay {

// What a policy asks of records.  One for all that are judged by it.
class Wanted {
 public:
  explicit Wanted(const pipeline::InForce& in_force);
  Wanted(const Wanted&) = delete;
  Wanted& operator=(const Wanted&) = delete;

  const journal::DecodeOptions& options() const { return options_; }
  const std::vector<FactId>& named() const { return named_; }  // by the policy, as far as records tell them
  const std::vector<std::string>& headers() const { return headers_; }

 private:
  std::vector<FactId> named_;
  std::vector<std::string> headers_;
  std::vector<bool> read_;
  journal::DecodeOptions options_;
};

// Those of one recipient.  The record and what is in force must outlive it.
class RecordedFacts {
 public:
  // `recipient` is null for a verdict that was given before there was one.
  RecordedFacts(const pipeline::InForce& in_force, const Wanted& wanted, const journal::Recorded& recorded,
                const journal::RecordedRecipient* recipient);

  // What is missing is open.  While a header field is, all of them are, until show_header(): then those that
  // are told are known, and one that is missing looks as if the message had none.
  const Facts& facts() const { return recipient_; }
  void show_header();
  const policy::Missing& missing() const { return missing_; }
  bool any_missing() const { return any_missing_; }
  bool complete() const { return complete_; }  // the whole message came

 private:
  void take(const journal::Recorded& recorded, const journal::RecordedRecipient* recipient);
  void take_client(const journal::Recorded& recorded);
  void put(FactId id, const Fact& fact);
  void rebuild_header(const journal::Recorded& recorded, const Wanted& wanted);
  void look_for_missing(const Wanted& wanted);

  const Vocabulary& vocabulary_;
  Facts session_;
  Facts transaction_;
  Facts recipient_;
  std::vector<bool> told_;  // by FactId
  std::shared_ptr<const Message> header_;
  policy::Missing missing_;
  bool any_missing_ = false;
  bool complete_ = false;
};

}  // namespace gateway::replay
