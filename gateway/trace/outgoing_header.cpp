#include "gateway/trace/outgoing_header.h"

#include <algorithm>
#include <utility>

#include "policy/facts/word_folder.h"

#include "gateway/trace/authentication_results.h"
#include "gateway/trace/encoded_word.h"
#include "gateway/trace/field_name.h"

namespace gateway::trace {
namespace {

constexpr std::size_t kLongestLine = 998;  // RFC 5322 §2.1.1, CRLF not counted
constexpr std::size_t kLongestWord = 900;  // of a field that a rule adds
constexpr std::string_view kOurs = "x-postern-";
constexpr std::string_view kSubject = "subject";
constexpr char kLooked[] = {kOurs.front(), kResultsName.front(), kSubject.front(), '\0'};  // how they begin

bool is_blank(char c) { return c == ' ' || c == '\t'; }

void append_line_end(std::string& header) {
  if (!header.empty() && !header.ends_with("\r\n")) header += "\r\n";
}

// Name, colon and value as they were, with the prefix between.
void append_prefixed(std::string& header, std::string_view raw, std::string_view prefix) {
  const auto colon = raw.find(':');
  const std::string_view value = raw.substr(colon + 1);
  header.append(raw, 0, colon + 1);
  // White space between two encoded words is not shown.  RFC 2047 §6.2
  const bool before_encoded = trim(value).starts_with("=?");
  header.append(" ").append(encode_words(prefix, before_encoded));
  const bool empty = trim(value).empty();
  const std::size_t line = colon + 1 + prefix.size() + std::min(value.size(), value.find("\r\n"));
  if (!empty && !value.starts_with("\r\n") && line > kLongestLine) header += "\r\n";
  if (!empty && !value.starts_with("\r\n") && !is_blank(value.front())) header += ' ';
  header += value;
}

}  // namespace

std::string rule_field(std::string_view text) {
  const std::string whole = printable(unfold(text), 4 * kLongestLine);
  const std::size_t colon = std::min(whole.find(':'), whole.size());
  const std::string_view name = trim(std::string_view(whole).substr(0, colon));
  if (colon == whole.size() || name.empty() || name.size() > kLineLength ||
      !std::all_of(name.begin(), name.end(), is_visible))
    return {};
  const std::string_view value = std::string_view(whole).substr(colon + 1);
  // Encoded words come folded.
  if (!is_ascii(value)) return std::string(name) + ": " + encode_words(value) + "\r\n";
  const std::string line = std::string(name) + ": " + std::string(trim(value));
  std::string field;
  std::size_t column = 0;
  for (std::string_view rest = line; !rest.empty();) {
    const std::string_view word = rest.substr(0, std::min(rest.find(' '), kLongestWord));
    rest.remove_prefix(word.size());
    if (!field.empty() && !word.empty()) {
      const bool fits = column + 1 + word.size() <= kLineLength;
      field += fits ? " " : "\r\n ";
      column = fits ? column + 1 : 1;
    }
    field += word;
    column += word.size();
    while (rest.starts_with(' ')) rest.remove_prefix(1);
  }
  return field += "\r\n";
}

std::string outgoing_header(const Message& message, const TraceInfo& trace) {
  std::string header;
  constexpr std::size_t kPrefix = 200;  // a prefix, and folds
  std::size_t ours = 0;
  for (const std::string& field : trace.fields) ours += field.size();
  header.reserve(ours + message.header().size() + kPrefix);
  for (const std::string& field : trace.fields) header += field;
  if (!trace.subject_prefix.empty() && message.count("Subject") == 0)
    header.append("Subject: ").append(encode_words(trace.subject_prefix)).append("\r\n");
  bool first = true;
  for (const Field& field : message.fields()) {
    // A line that continues nothing would continue the last of ours.
    const bool stray = std::exchange(first, false) && is_blank(field.raw.front());
    if (!stray && !LenientName::may_begin(field, kLooked)) {
      header += field.raw;
      append_line_end(header);
      continue;
    }
    const LenientName lenient(field);
    const std::string_view name = lenient.text();
    if (name.starts_with(kOurs) || (name == kResultsName && claims(field, trace.authserv_id))) continue;
    if (stray) header += "X-Postern-Stray-Line:";
    if (!trace.subject_prefix.empty() && name == kSubject && !stray) {
      append_prefixed(header, field.raw, trace.subject_prefix);
    } else {
      header += field.raw;
    }
    append_line_end(header);
  }
  return header;
}

}  // namespace gateway::trace
