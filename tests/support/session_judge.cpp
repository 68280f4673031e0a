#include "tests/support/session_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

#include "tests/support/dialogue.h"
#include "tests/support/heard_reply.h"
#include "tests/support/naive_data.h"

namespace support {
namespace {

using Framing = gateway::smtp::DataReader::Framing;

constexpr int kLeaving = 421;
constexpr int kNoRoom = 452;

// The positive reply to each command.  RFC 5321 §4.3.2
const std::map<std::string, int, std::less<>> kPositive{
    {"EHLO", 250},     {"HELO", 250},    {"MAIL", 250}, {"RCPT", 250}, {"DATA", 354},
    {"BDAT", 250},     {"RSET", 250},    {"NOOP", 250}, {"VRFY", 252}, {"HELP", 214},
    {"STARTTLS", 220}, {"XCLIENT", 220}, {"QUIT", 221}};

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return result;
}

std::string_view without_spaces(std::string_view text, std::string_view spaces) {
  const std::size_t first = std::min(text.find_first_not_of(spaces), text.size());
  return text.substr(first, text.find_last_not_of(spaces) + 1 - first);
}

std::optional<std::uint64_t> number(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

class Judge {
 public:
  explicit Judge(const SessionStory& story) : story_(story), heard_(read_replies(story.server)) {}

  std::string run() {
    if (!heard_.complaint.empty() && !story_.broken) return heard_.complaint;
    greeting();
    while (complaint_.empty() && next_ < heard_.replies.size()) command();
    if (complaint_.empty()) look_at_the_end();
    return complaint_;
  }

 private:
  const HeardReply& take() {
    const HeardReply& reply = heard_.replies[next_++];
    const bool last = next_ == heard_.replies.size();
    if (ended_) complain("something is said behind the end", reply);
    if (reply.code == kLeaving || reply.code == 221) ended_ = true;
    if (ended_ && !last) complain("leaving, and going on", reply);
    return reply;
  }

  void greeting() {
    if (heard_.replies.empty()) return;
    if (story_.proxied) at_ = after_proxy_header();
    const HeardReply& reply = take();
    if (reply.code == kLeaving && !number_in(reply)) return;
    greeted(reply);
  }

  // At the beginning, and behind XCLIENT.
  void greeted(const HeardReply& reply) {
    if (reply.code == 220 ? !permitted(DeskCall::connected)
                          : passed_on(reply, DeskCall::connected) == nullptr)
      complain("the desk did not answer so", reply);
  }

  std::size_t after_proxy_header() const {
    const std::string& all = story_.client;
    if (all.starts_with("PROXY")) return std::min(all.find("\r\n"), all.size() - 2) + 2;
    if (all.size() < 16) return all.size();
    const auto octet = [&](std::size_t at) { return std::size_t{static_cast<unsigned char>(all[at])}; };
    return std::min(16 + octet(14) * 256 + octet(15), all.size());
  }

  std::optional<std::string_view> next_line() {
    const std::string_view rest = std::string_view(story_.client).substr(at_);
    const std::size_t end = rest.find("\r\n");
    if (end == rest.npos) return std::nullopt;
    at_ += end + 2;
    return rest.substr(0, end);
  }

  void command() {
    const HeardReply& reply = take();
    const auto line = next_line();
    if (reply.code == kLeaving && !number_in(reply)) return;
    if (!line) return complain("a reply that nobody asked for", reply);
    // How many octets follow a BDAT that cannot be read is not known: the session may close.
    may_end_ = upper(without_spaces(*line, " \t").substr(0, 4)) == "BDAT" && reply.code == 500;
    if (line->size() + 2 > story_.limits.command_line) return must_be(500, reply);
    if (line->find_first_of("\r\n") != line->npos) return must_be(500, reply);
    const std::string text = meant(*line);
    const std::string verb = upper(text.substr(0, text.find(' ')));
    const std::string_view argument = without_spaces(std::string_view(text).substr(verb.size()), " ");
    const auto positive = kPositive.find(verb);
    if (reply.code < 400 && (positive == kPositive.end() || positive->second != reply.code))
      return complain("this command cannot have that reply", reply);
    answered(verb, argument, reply);
  }

  // Without white space at its end, which nobody minds, and as a lenient listener reads it.
  std::string meant(std::string_view line) const {
    std::string text(line.substr(0, line.find_last_not_of(" \t") + 1));
    if (!story_.lenient) return text;
    std::replace(text.begin(), text.end(), '\t', ' ');
    return std::string(without_spaces(text, " "));
  }

  void answered(const std::string& verb, std::string_view argument, const HeardReply& reply) {
    const bool well = reply.code < 400;
    const bool bare = well && (verb == "EHLO" || verb == "HELO" || verb == "DATA" || verb == "XCLIENT");
    if (reply.enhanced.empty() != bare && !number_in(reply))
      complain("an enhanced code too many or too few", reply);
    if (verb == "BDAT") return chunk(argument, reply);
    if (verb == "MAIL" && well) binary_ = upper(argument).find(" BODY=BINARYMIME") != argument.npos;
    if (verb == "MAIL") return asked(DeskCall::sender, reply);
    if (verb == "RCPT") return asked(DeskCall::recipient, reply);
    if (verb == "DATA") return well ? data(reply) : asked(DeskCall::data, reply);
    if (verb == "XCLIENT" && (well || number_in(reply))) greeted(reply);
    if (verb == "STARTTLS" && well && !story_.borders.contains(at_))
      complain("clear text would be read under TLS", reply);
    if (well && (verb == "EHLO" || verb == "HELO" || verb == "RSET")) forget_chunks();
  }

  void asked(DeskCall call, const HeardReply& reply) {
    if (passed_on(reply, call) == nullptr && reply.code < 400) complain("a promise nobody made", reply);
  }

  void data(const HeardReply& go_ahead) {
    if (!permitted(DeskCall::data)) return complain("nobody permitted that", go_ahead);
    const std::string_view rest = std::string_view(story_.client).substr(at_);
    const auto end = naive_end_of_data(rest);
    at_ += end.value_or(rest.size());
    if (next_ == heard_.replies.size()) {
      unanswered_ = end.has_value();
      return;
    }
    const HeardReply& reply = take();
    if (reply.code == kLeaving) return;
    if (!end) return complain("a reply before the end of data", reply);
    message(rest.substr(0, *end - 3), Framing::dots, reply);
  }

  void chunk(std::string_view argument, const HeardReply& reply) {
    const std::string_view digits = argument.substr(0, argument.find(' '));
    const auto announced = number(digits);
    const std::string_view rest = std::string_view(story_.client).substr(at_);
    const bool closes = !argument.empty() && (!announced || *announced > rest.size());
    if (closes) {
      ended_ = true;
      if (reply.code < 400) complain("a chunk that did not come is taken", reply);
      return;
    }
    const std::uint64_t octets = announced.value_or(0);
    at_ += octets;
    if (!chunks_ && permitted(DeskCall::data)) chunks_.emplace();
    const std::string_view mark = without_spaces(argument.substr(digits.size()), " ");
    const bool last = upper(mark) == "LAST";
    if (reply.code < 400 && (!chunks_ || !(last || mark.empty())))
      return complain("no chunk could be taken", reply);
    if (chunks_) chunks_->append(rest.substr(0, octets));
    if (last && chunks_)
      message(*chunks_, binary_ ? Framing::binary : Framing::chunks, reply);
    else if (reply.code >= 400)
      passed_on(reply, DeskCall::data);
    if (last || reply.code >= 400) forget_chunks();
  }

  // All of a message was there, and this is what was said to it.
  void message(std::string_view octets, Framing framing, const HeardReply& reply) {
    const NaiveMessage wanted = naive_message(octets, framing, story_.bare_newline, story_.limits);
    const DeskAnswer* const answer = passed_on(reply, DeskCall::message);
    if (answer == nullptr) {
      if (reply.code < 400) return complain("a message is promised that the desk has not", reply);
      // An order that cannot be is answered so too: then the desk permitted nothing, and we are not here.
      if (wanted.faults.empty() && reply.code != kNoRoom) complain("a sound message is refused", reply);
      return;
    }
    if (!wanted.faults.empty()) return complain("a message is passed on that has a fault", reply);
    if (answer->text != wanted.text)
      complain("the desk got\n" + escaped(answer->text) + "\nand not\n" + escaped(wanted.text), reply);
  }

  // Whether this is a BDAT, just read, and its octets have not all come.
  bool waits_for_chunk(std::string_view line) const {
    const std::string text = meant(line);
    if (upper(text.substr(0, 5)) != "BDAT ") return false;
    const std::string_view argument = without_spaces(std::string_view(text).substr(5), " ");
    const auto announced = number(argument.substr(0, argument.find(' ')));
    return announced && *announced > story_.client.size() - at_;
  }

  void forget_chunks() { chunks_.reset(); }

  void must_be(int code, const HeardReply& reply) {
    if (reply.code != code) complain(fmt::format("{} was expected", code), reply);
  }

  static std::optional<unsigned> number_in(const HeardReply& reply) {
    constexpr std::string_view kMark = "the desk's answer #";
    const std::size_t at = reply.text.find(kMark);
    if (at == reply.text.npos) return std::nullopt;
    return static_cast<unsigned>(std::stoul(reply.text.substr(at + kMark.size())));
  }

  // The desk's answer that this reply passes on; null when the session speaks for itself.
  const DeskAnswer* passed_on(const HeardReply& reply, DeskCall call) {
    const auto number = number_in(reply);
    if (!number) return nullptr;
    if (asked_ == story_.answers.size()) return complain("the desk never said that", reply), nullptr;
    const DeskAnswer& answer = story_.answers[asked_++];
    if (answer.number == *number && answer.call == call && answer.code == reply.code) return &answer;
    complain("the answer to something else", reply);
    return nullptr;
  }

  // Whether the desk has permitted this next.
  bool permitted(DeskCall call) {
    if (asked_ == story_.answers.size()) return false;
    const DeskAnswer& answer = story_.answers[asked_];
    const bool so = answer.call == call && answer.code == 0 && !answer.threw;
    if (so) ++asked_;
    return so;
  }

  void look_at_the_end() {
    if (story_.broken) return;
    if (!heard_.rest.empty()) return complain("a reply without an end: " + escaped(heard_.rest));
    for (std::size_t i = asked_; i < story_.answers.size(); ++i)
      if (story_.answers[i].call == DeskCall::message && story_.answers[i].code == 250)
        return complain("a message is taken, and the client does not know");
    if (ended_ || (may_end_ && story_.over)) return;
    if (heard_.replies.empty() && (story_.proxied || story_.finished || story_.gone)) return;
    const auto line = next_line();
    const bool begins_tls = line && upper(meant(*line)) == "STARTTLS";
    if (story_.over && begins_tls && !story_.borders.contains(at_)) return;
    if (unanswered_ || (line && !waits_for_chunk(*line)))
      return complain("no reply to what the client said last");
    if (story_.over && !story_.gone) complain("the session left without a word");
  }

  void complain(std::string what) {
    if (complaint_.empty()) complaint_ = std::move(what);
  }
  void complain(std::string_view what, const HeardReply& reply) {
    complain(fmt::format("reply {}, {} {} {}: {}", next_, reply.code, reply.enhanced, reply.text, what));
  }

  const SessionStory& story_;
  const HeardReplies heard_;
  std::size_t next_ = 0;   // reply
  std::size_t asked_ = 0;  // answers of the desk that are accounted for
  std::size_t at_ = 0;     // in what the client said
  std::optional<std::string> chunks_;
  bool binary_ = false;  // the transaction's message is
  bool ended_ = false;
  bool may_end_ = false;
  bool unanswered_ = false;
  std::string complaint_;
};

}  // namespace

std::string judge(const SessionStory& story) { return Judge(story).run(); }

}  // namespace support
