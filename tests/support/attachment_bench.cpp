#include "tests/support/attachment_bench.h"

#include <fmt/format.h>

#include "filters/attachments/attachments_filter.h"
#include "filters/registry.h"
#include "tests/support/answer_book.h"
#include "tests/support/archives.h"

namespace support {
namespace {

constexpr auto kHeader = "From: a@a.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n";

}  // namespace

MimePart attached(const std::string& name, const std::string& octets, const std::string& type) {
  return {"Content-Type: " + type + "; name=\"" + name + "\"\r\nContent-Transfer-Encoding: base64\r\n" +
              "Content-Disposition: attachment; filename=\"" + name + "\"\r\n",
          base64(octets)};
}

std::string multipart(const std::vector<MimePart>& parts, const std::string& boundary) {
  std::string out =
      std::string(kHeader) + "Content-Type: multipart/mixed; boundary=\"" + boundary + "\"\r\n\r\n";
  for (const MimePart& part : parts)
    out += "--" + boundary + "\r\n" + part.header + "\r\n" + part.body + "\r\n";
  return out + "--" + boundary + "--\r\n";
}

std::string with_attachment(const std::string& name, const std::string& octets) {
  return multipart({{"Content-Type: text/plain\r\n", "hello\r\n"}, attached(name, octets)});
}

std::string part_with(const std::string& header, const std::string& octets) {
  return multipart({{header + "Content-Transfer-Encoding: base64\r\n", base64(octets)}});
}

filters::Finding examined(const std::string& message, const filters::attachments::Limits& limits) {
  const policy::Vocabulary vocabulary = filters::make_vocabulary();
  policy::Facts facts(vocabulary);
  filters::Options options;
  options.attachments = limits;
  const auto filter = filters::attachments::make_attachments(options);
  facts.set_message(policy::Message::parse(message));
  return filter->examine(facts, {});
}

std::string found_in(const std::string& message, const filters::attachments::Limits& limits) {
  const filters::Finding finding = examined(message, limits);
  const policy::Fact* list = fact(finding, "message.attachments");
  std::string out = fmt::format("{}", fmt::join(std::get<policy::List>(list->value), " "));
  for (const auto& [name, word] :
       {std::pair{"attachments.encrypted", " | ENCRYPTED"}, {"attachments.macros", " | MACROS"}}) {
    const policy::Fact* flag = fact(finding, name);
    if (flag->known() && std::get<bool>(flag->value)) out += word;
    if (flag->troubled() != list->troubled() && !(flag->known() && std::get<bool>(flag->value)))
      out += " | at odds";
  }
  if (list->troubled()) out += " | ? " + list->because.front();
  return out;
}

std::string steps_of(const std::string& message) {
  std::string out;
  for (const policy::Evidence& evidence : examined(message).evidence)
    for (const policy::Step& step : evidence.steps)
      out += std::string(2 * step.depth, ' ') + step.meaning + "\n";
  return out;
}

}  // namespace support
