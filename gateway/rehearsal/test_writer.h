#pragma once
// A recorded transaction as a policy test: what was claimed and found then, as far as the policy asks for it,
// and what it must come to.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/journal/recorded.h"
#include "gateway/pipeline/in_force.h"

namespace gateway::rehearsal {

struct TestWriting {
  // Real names and addresses stay.  Without it they are replaced by examples wherever no rule comes out
  // otherwise for that.
  bool as_is = false;
};

struct WrittenTest {
  std::string text;                  // ended by LF
  std::vector<std::string> remarks;  // what a person should know of it; they stand in the text as comments
};

// A [[test]] about the recipient whose verdict stands for the whole.  It passes under the policy that gave
// the verdict; where the one in force comes to another, a remark says so.  Where it cannot pass, as what the
// verdict hangs on was not recorded, the test itself is a comment.  What is real in spite of the disguise is
// remarked, too.  The error is a sentence: nothing was decided, or the gateway itself refused.  The record
// must have been read whole, with this vocabulary.
Result<WrittenTest> write_test(const journal::Recorded& recorded,
                               const std::shared_ptr<const pipeline::InForce>& in_force,
                               const TestWriting& writing = {});

}  // namespace gateway::rehearsal
