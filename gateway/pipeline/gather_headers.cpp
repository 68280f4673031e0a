// What the header section says, as far as it is the gateway's business; the author is the from filter's.
#include <algorithm>

#include "filters/from/mailbox_list.h"
#include "filters/mime/encoded_word.h"

#include "gateway/pipeline/gather.h"

namespace gateway::pipeline {
namespace {

// What is read of a field on the session's loop: longer ones are made to cost time, and no reader shows so
// much.
constexpr std::size_t kMostRead = 8 * 1024;

std::string_view read_part(const Field* field) {
  return field ? std::string_view(field->value).substr(0, kMostRead) : std::string_view();
}

// As far as whole addresses go.
std::string_view read_addresses(const Field* field) {
  const std::string_view part = read_part(field);
  const bool cut = field && part.size() < field->value.size();
  return cut ? part.substr(0, part.rfind(',')) : part;
}

// Reads MIME parameters: tokens and quoted strings, with comments and white space between them.  RFC 2045
// §5.1
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool take(char wanted) {
    skip();
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string_view token() {
    skip();
    const std::size_t length = std::min(rest_.find_first_of(" \t\r\n()<>@,;:\\\"/[]?="), rest_.size());
    const std::string_view found = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return found;
  }

  std::string value() {
    if (!take('"')) return std::string(token());
    std::string text;
    while (!rest_.empty()) {
      const char c = next();
      if (c == '"') break;
      if (c != '\\')
        text += c;
      else if (!rest_.empty())
        text += next();
    }
    return text;
  }

 private:
  char next() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  void skip() {
    for (unsigned depth = 0; !rest_.empty();) {
      const char c = rest_.front();
      if (c == '(') ++depth;
      if (depth == 0 && std::string_view(" \t\r\n").find(c) == std::string_view::npos) return;
      if (c == ')') --depth;
      rest_.remove_prefix(c == '\\' && rest_.size() > 1 ? 2 : 1);
    }
  }

  std::string_view rest_;
};

}  // namespace

void learn_headers(Facts& transaction, std::shared_ptr<const Message> message) {
  const Field* subject = message->first("Subject");
  const Field* reply_to = message->first("Reply-To");
  const Field* type = message->first("Content-Type");
  const Address address = reply_to ? filters::from::first_address(read_addresses(reply_to)) : Address();
  transaction.set("subject", filters::mime::display_text(unfold(read_part(subject))));
  transaction.set("reply_to.address", address);
  transaction.set("reply_to.domain", address.domain());
  transaction.set("message.is_dsn", is_delivery_report(read_part(type)));
  transaction.set_message(std::move(message));
}

bool is_delivery_report(std::string_view content_type) {
  Scanner scan(content_type);
  if (!equal_nocase(scan.token(), "multipart") || !scan.take('/') || !equal_nocase(scan.token(), "report"))
    return false;
  while (scan.take(';')) {
    const std::string_view name = scan.token();
    if (!scan.take('=')) continue;
    const std::string value = scan.value();
    if (equal_nocase(name, "report-type")) return equal_nocase(value, "delivery-status");
  }
  return false;
}

}  // namespace gateway::pipeline
