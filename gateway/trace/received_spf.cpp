#include "gateway/trace/received_spf.h"

#include <algorithm>

#include "policy/facts/word_folder.h"

namespace gateway::trace {
namespace {

constexpr std::size_t kLongestValue = 320;
constexpr std::size_t kLongestReason = 240;

std::string safe(std::string_view text, std::size_t most, bool utf8) {
  std::string out = printable(text, most);
  const auto is_eight_bit = [](char c) { return static_cast<unsigned char>(c) >= 0x80; };
  if (!utf8) std::ranges::replace_if(out, is_eight_bit, '?');
  return out;
}

std::string escaped(std::string_view text, std::string_view special) {
  std::string out;
  for (const char c : text) {
    if (special.find(c) != special.npos) out += '\\';
    out += c;
  }
  return out;
}

// Between its words the comment may be folded.
void add_comment(WordFolder& words, std::string_view hostname, std::string_view reason, bool utf8) {
  std::string text = std::string(hostname) + ": " + std::string(reason);
  text = "(" + escaped(trim(safe(text, kLongestReason, utf8)), "()\\") + ")";
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    if (!word.empty()) words.word({word});
  }
}

}  // namespace

std::string received_spf_field(const ReceivedSpfInfo& info) {
  const Evidence& evidence = info.evidence;
  std::string field = "Received-SPF:";
  WordFolder words(field, {.fold = "\r\n\t", .indent = 8});
  words.word({name(evidence.outcome)});
  if (!trim(evidence.reason).empty()) add_comment(words, info.hostname, evidence.reason, info.utf8);
  bool first = true;
  const auto pair = [&](std::string_view key, std::string_view value) {
    if (!first) field += ';';
    first = false;
    words.end_line();
    words.word({key, "=\"", escaped(safe(value, kLongestValue, info.utf8), "\"\\"), "\""});
  };
  pair("receiver", info.hostname);
  pair("client-ip", info.client.text());
  pair("identity", evidence.property == "smtp.helo" ? "helo" : "mailfrom");
  pair("envelope-from", info.envelope_from.empty() ? "<>" : info.envelope_from);
  pair("helo", info.helo);
  if (const std::string* mechanism = evidence.detail("mechanism")) pair("mechanism", *mechanism);
  if (evidence.outcome == Outcome::temperror || evidence.outcome == Outcome::permerror)
    pair("problem", evidence.reason);
  return field += "\r\n";
}

}  // namespace gateway::trace
