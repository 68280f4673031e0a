#pragma once
// postern show --as-test: a record of the journal as a policy test.

#include <string>
#include <string_view>

#include "gateway/rehearsal/test_writer.h"
#include "gateway/vocabulary.h"

namespace gateway::commands {

// The [[test]], under the configuration and policy of that file.  `as_is`: real names and addresses stay. The
// error is what is wrong with the configuration, or a sentence.
Result<rehearsal::WrittenTest> as_test(const std::string& config, std::string_view record, bool as_is);

}  // namespace gateway::commands
