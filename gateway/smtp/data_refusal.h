#pragma once
// What is answered to a message that the data reader could not take.

#include <string_view>

#include "gateway/smtp/data_reader.h"
#include "gateway/smtp/reply.h"

namespace gateway::smtp {

struct DataRefusal {
  std::string_view name;  // as the record has it: "@size"
  Reply reply;
};

// The fault must not be `none`.
DataRefusal refusal_of(DataReader::Fault fault, const settings::Limits& limits);

}  // namespace gateway::smtp
