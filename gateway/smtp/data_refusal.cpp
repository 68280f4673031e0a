#include "gateway/smtp/data_refusal.h"

#include "gateway/smtp/replies.h"

namespace gateway::smtp {

DataRefusal refusal_of(DataReader::Fault fault, const settings::Limits& limits) {
  switch (fault) {
    case DataReader::Fault::bare_newline: return {"@bare-newline", replies::bare_newline_in_message()};
    case DataReader::Fault::message_size: return {"@size", replies::too_big(limits.message_size)};
    case DataReader::Fault::text_line: return {"@limit", replies::text_line_too_long()};
    default: return {"@limit", replies::header_too_big()};
  }
}

}  // namespace gateway::smtp
