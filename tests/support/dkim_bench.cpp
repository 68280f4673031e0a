#include "tests/support/dkim_bench.h"

#include <stdexcept>
#include <utility>

#include "filters/dkim/dkim_filter.h"
#include "filters/registry.h"

namespace support {

const DkimKey& rsa_key() {
  static const DkimKey key = DkimKey::rsa();
  return key;
}

const DkimKey& ed25519_key() {
  static const DkimKey key = DkimKey::ed25519();
  return key;
}

std::string judged(const std::string& message, const std::function<void(AnswerBook&)>& publish) {
  AnswerBook book;
  publish(book);
  const policy::Vocabulary vocabulary = filters::make_vocabulary();
  policy::Facts facts{vocabulary};
  policy::Answers answers;
  facts.set("now", policy::Time(std::chrono::seconds(kDkimNow)));
  facts.set_message(policy::Message::parse(message));
  const filters::Finding finding = examine(*filters::dkim::make_dkim({}), facts, book, answers);
  std::string text;
  for (const policy::Evidence& evidence : finding.evidence) {
    text.append(text.empty() ? "" : "; ").append(name(evidence.outcome));
    if (!evidence.reason.empty()) text.append(": ").append(evidence.reason);
    if (const std::string* weak = evidence.detail("weak")) text.append(" (weak: ").append(*weak).append(")");
  }
  return text;
}

std::string judged(const std::string& message) {
  return judged(message, [](AnswerBook& book) { book.txt(kDkimKeyName, rsa_key().record()); });
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  if (at == text.npos) throw std::logic_error("nothing to replace: " + what);
  return text.replace(at, what.size(), with);
}

DkimSigning dkim_forms(bool relaxed_header, bool relaxed_body) {
  DkimSigning how;
  how.relaxed = relaxed_header;
  how.relaxed_body = relaxed_body;
  return how;
}

DkimSigning dkim_over(std::vector<std::string> fields) {
  DkimSigning how;
  how.fields = std::move(fields);
  return how;
}

DkimSigning dkim_octets(std::size_t length) {
  DkimSigning how;
  how.length = length;
  return how;
}

}  // namespace support
