#include "gateway/trace/received.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace gateway::trace {
namespace {

constexpr std::size_t kLineLength = 78;  // RFC 5322 §2.1.1, CRLF not counted
constexpr std::size_t kNameLength = 255;

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
         c == '_';
}

// A name from outside as one word that can neither open a comment nor end the line.
std::string tame(std::string_view text) {
  if (text.empty()) return "unknown";
  std::string word(text.substr(0, kNameLength));
  const bool literal = word.size() > 2 && word.front() == '[' && word.back() == ']';
  for (std::size_t i = 0; i < word.size(); ++i) {
    const bool bracket = literal && (i == 0 || i + 1 == word.size());
    if (!bracket && !is_plain(word[i]) && !(literal && word[i] == ':')) word[i] = '?';
  }
  return word;
}

// RFC 5321 §4.1.3
std::string address_literal(const IpAddress& ip) {
  return fmt::format("[{}{}]", ip.is_v4() ? "" : "IPv6:", ip.text());
}

// RFC 3848 §1, RFC 6531 §4.3.  There is no registered word for HELO under TLS.
std::string_view protocol(const ReceivedInfo& info) {
  const bool tls = !info.client.tls.version.empty();
  if (info.smtputf8) return tls ? "UTF8SMTPS" : "UTF8SMTP";
  if (!info.client.esmtp) return "SMTP";
  return tls ? "ESMTPS" : "ESMTP";
}

using Clause = std::vector<std::string>;  // words between which it may be folded

// Each clause on its own line, or on several when it is long.
std::string folded(const std::vector<Clause>& clauses) {
  constexpr std::string_view kFold = "\r\n\t";
  constexpr std::size_t kTab = 8;  // as it is shown
  std::string field = "Received:";
  std::size_t column = field.size();
  for (const Clause& clause : clauses) {
    if (&clause != &clauses.front()) column = kLineLength;
    for (const std::string& word : clause) {
      const bool fits = column + 1 + word.size() <= kLineLength;
      field += fits ? " " : kFold;
      field += word;
      column = (fits ? column + 1 : kTab) + word.size();
    }
  }
  return field += "\r\n";
}

}  // namespace

std::string date_time(Time when) {
  constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto midnight = std::chrono::floor<std::chrono::days>(when);
  const std::chrono::year_month_day date(midnight);
  const std::chrono::hh_mm_ss clock(when - midnight);
  return fmt::format("{}, {} {} {:04} {:02}:{:02}:{:02} +0000",
                     kDays[std::chrono::weekday(midnight).c_encoding()], static_cast<unsigned>(date.day()),
                     kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::string received_field(const ReceivedInfo& info) {
  const std::string literal = address_literal(info.client.ip);
  const std::string seen =
      info.client_name.empty() ? literal : fmt::format("{} {}", tame(info.client_name), literal);
  std::vector<Clause> clauses{{fmt::format("from {}", tame(info.client.helo)), fmt::format("({})", seen)},
                              {fmt::format("by {}", tame(info.hostname)),
                               fmt::format("with {}", protocol(info)), fmt::format("id {}", tame(info.id))}};
  const smtp::TlsInfo& tls = info.client.tls;
  if (!tls.version.empty()) clauses.push_back({fmt::format("({} {})", tame(tls.version), tame(tls.cipher))});
  if (info.recipients.size() == 1) {
    const Address& recipient = info.recipients.front();
    if (!recipient.is_null() && (info.smtputf8 || !recipient.needs_utf8()))
      clauses.push_back({"for", fmt::format("<{}>", recipient.text())});
  }
  clauses.back().back() += ';';
  clauses.push_back({date_time(info.when)});
  return folded(clauses);
}

}  // namespace gateway::trace
