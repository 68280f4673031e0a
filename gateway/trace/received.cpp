#include "gateway/trace/received.h"

#include <fmt/compile.h>

#include <array>

#include "policy/facts/octet_block.h"
#include "policy/facts/word_folder.h"

#include "gateway/remembered_time.h"

namespace gateway::trace {
namespace {

constexpr std::size_t kNameLength = 255;
constexpr std::size_t kUsualOctets = 320;  // of the field, and more: room is made at once

// All but letters, digits and .-_
OctetBlock not_plain(OctetBlock block) {
  return below_or_above_ascii(block, '-') | equal_to(block, '/') | within(block, ':', '@') |
         within(block, '[', '^') | equal_to(block, '`') | within(block, '{', 0x7f);
}
bool is_plain(std::string_view text) { return none_odd(text, not_plain); }

// A name from outside as one word that can neither open a comment nor end the line: as it is, mostly; else
// what is made of it in `room`.  Not inlined: of what is done a few times for a message, code costs most.
[[gnu::noinline]] std::string_view tame(std::string_view text, std::string& room) {
  if (text.empty()) return "unknown";
  text = text.substr(0, kNameLength);
  if (is_plain(text)) return text;
  room = text;
  const bool literal = room.size() > 2 && room.front() == '[' && room.back() == ']';
  for (std::size_t i = 0; i < room.size(); ++i) {
    const bool bracket = literal && (i == 0 || i + 1 == room.size());
    if (!bracket && !is_plain({&room[i], 1}) && !(literal && room[i] == ':')) room[i] = '?';
  }
  return room;
}

// RFC 5322 §3.3
std::string date_time(Time when) {
  constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto midnight = std::chrono::floor<std::chrono::days>(when);
  const std::chrono::year_month_day date(midnight);
  const std::chrono::hh_mm_ss clock(when - midnight);
  return fmt::format(FMT_COMPILE("{}, {} {} {:04} {:02}:{:02}:{:02} +0000"),
                     kDays[std::chrono::weekday(midnight).c_encoding()], static_cast<unsigned>(date.day()),
                     kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

// RFC 3848 §1, RFC 6531 §4.3.  There is no registered word for HELO under TLS.
std::string_view protocol(const ReceivedInfo& info) {
  const bool tls = !info.client.tls.version.empty();
  if (info.smtputf8) return tls ? "UTF8SMTPS" : "UTF8SMTP";
  if (!info.client.esmtp) return "SMTP";
  return tls ? "ESMTPS" : "ESMTP";
}

// Who is named, if anybody.  RFC 5321 §4.4
const Address* named_recipient(const ReceivedInfo& info) {
  const Address* one = info.recipient;
  const bool tellable = one && !one->is_null() && (info.smtputf8 || !one->needs_utf8());
  return tellable ? one : nullptr;
}

}  // namespace

void append_date_time(std::string& text, Time when) { text += remembered<date_time>(when); }

// Each clause on its own line, or on several when it is long.
std::string received_field(const ReceivedInfo& info) {
  const smtp::Client& client = info.client;
  const Address* const recipient = named_recipient(info);
  const bool tls = !client.tls.version.empty();
  std::string room;
  std::string more_room;
  std::string field;
  field.reserve(kUsualOctets);
  field = "Received:";
  WordFolder words(field, {.fold = "\r\n\t", .indent = 8});  // a tab, as it is shown
  const auto say = [&](std::initializer_list<std::string_view> pieces) __attribute__((noinline)) {
    words.word(pieces);
  };

  // RFC 5321 §4.1.3
  const std::string ip = client.ip.text();
  const std::string_view family = client.ip.is_v4() ? "" : "IPv6:";
  say({"from ", tame(client.helo, room)});
  if (info.client_name.empty())
    say({"([", family, ip, "])"});
  else
    say({"(", tame(info.client_name, room), " [", family, ip, "])"});

  words.end_line();
  say({"by ", tame(info.hostname, room)});
  say({"with ", protocol(info)});
  say({"id ", tame(info.id, room), tls || recipient ? "" : ";"});
  if (tls) {
    words.end_line();
    say({"(", tame(client.tls.version, room), " ", tame(client.tls.cipher, more_room), ")",
         recipient ? "" : ";"});
  }
  if (recipient) {
    words.end_line();
    say({"for"});
    say({"<", recipient->text(), ">;"});
  }
  words.end_line();
  say({});
  append_date_time(field, info.when);
  field += "\r\n";
  return field;
}

}  // namespace gateway::trace
