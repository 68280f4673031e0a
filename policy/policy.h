#pragma once
// A compiled policy: rules read from files, checked against the vocabulary, judged against facts.  Immutable;
// any number of threads may ask it.

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "policy/diagnostic.h"
#include "policy/facts/facts.h"
#include "policy/lists.h"
#include "policy/prospect.h"
#include "policy/verdict.h"

namespace policy {

struct PolicyOptions {
  Disposition by_default = Disposition::accept;
  // The facts of the configuration the policy will be judged under, so that what it compares with them is
  // prepared once.  They must outlive the policy.
  const Facts* configuration = nullptr;
};

// When a rule that decides can do so at the earliest.
struct Stage {
  std::string rule;
  std::string where;           // "policy.toml:24"
  std::optional<Phase> at;     // nothing: never
  std::optional<Phase> alone;  // if nothing above it made it wait
  std::string because;         // the rule that makes it wait; empty when none does
  std::string because_where;
};

// What can be told of a rule besides how it came out.
struct RuleInfo {
  std::string id;
  std::string where;               // "policy.toml:24"
  std::string action;              // its `then`
  std::vector<std::string> facts;  // what its condition names, in order: "from.domain", "header(\"List-Id\")"
  std::string off;                 // the filter it needs and that is switched off; empty: none
  bool decides = false;            // accept, reject, defer or quarantine
  bool trial = false;
  bool ended = false;  // its `until` had passed when the policy was loaded
};

class Policy {
 public:
  virtual ~Policy() = default;

  // Reads and checks all files in that order.  All mistakes are reported; nullptr when one is an error.
  // `today` ends rules and entries of list files whose `until` has passed and is the only clock.
  static std::shared_ptr<const Policy> load(std::span<const std::filesystem::path> files,
                                            const Vocabulary& vocabulary, const PolicyOptions& options,
                                            Time today, Diagnostics& diagnostics);

  // The lists of these files, in the order of their names; of files with mistakes, too, as far as they can be
  // read.  Of long list files the first lines are looked at.
  static std::vector<ListInfo> lists_in(std::span<const std::filesystem::path> files,
                                        const Vocabulary& vocabulary, Time today, Diagnostics& diagnostics);

  // The same facts give the same verdict, however early it is asked; `at_end`: the message is complete and no
  // fact will be known later, so the verdict is settled.  `trouble_passed`: the trouble has lasted longer
  // than trouble_for, and a deciding rule that is unknown for good counts as not held.  `outcomes` asks for
  // Verdict::rules.  `applied` is a rule on trial, by its place, that is taken as if it were not.
  struct Moment {
    bool at_end = false;
    bool trouble_passed = false;
    bool outcomes = false;
    std::optional<std::size_t> applied = std::nullopt;
  };
  virtual Verdict decide(const Facts& recipient, Moment moment) const = 0;

  // What it can come to at the end where some of what the rules ask was never told; see Prospect.
  virtual Prospect prospect(const Facts& recipient, const Missing& missing, Moment moment) const = 0;

  // The filters whose facts could settle a rule at that phase, so that the session waits for them there.
  virtual const std::vector<std::string>& awaited(Phase phase) const = 0;

  // Some rule asks to refuse at the earliest moment, so that it is worth asking before RCPT.
  virtual bool refuses_early() const = 0;

  virtual std::string_view version() const = 0;  // short and stable: a digest of the files and lists
  virtual const std::vector<std::string>& header_names()
      const = 0;  // header fields the rules name, for the journal
  // The facts that a condition or a reply names, of rules on trial too; not of those that are off.
  virtual std::set<std::string, std::less<>> facts_named() const = 0;
  virtual std::vector<std::string> rule_ids() const = 0;  // in order
  virtual std::vector<RuleInfo> rules() const = 0;        // likewise
  virtual std::vector<Stage> stages() const = 0;          // of the rules that decide, in order

  virtual std::vector<ListFileState> list_files() const = 0;  // in the order of the lists' names

  // The same rules with these list files as they are now; the policy files are not read, nor other lists.  A
  // file that cannot be read, has an entry that is none, or is not to be taken (see why_not_taken()) keeps
  // its old entries and is told; `taken_out` entries of each went on purpose.  Takes a second for some
  // million entries.
  virtual ListsRead with_lists_read_again(std::span<const std::filesystem::path> files, std::size_t taken_out,
                                          const Vocabulary& vocabulary, const Facts* configuration,
                                          Time now) const = 0;
};

}  // namespace policy
