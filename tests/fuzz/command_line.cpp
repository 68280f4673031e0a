// SMTP command lines and the chunks behind them: parsed to steps or refusals, whatever their octets; the
// enhanced code's class is the code's; chunks come only where a recipient is, never more than a message may
// hold, and leave no lone CR or LF.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/smtp/data_reader.h"
#include "gateway/smtp/protocol.h"

namespace {

using namespace gateway::smtp;

gateway::settings::Limits limits() {
  gateway::settings::Limits small;
  small.message_size = 200;
  small.header_size = 100;
  return small;
}

void look(const gateway::smtp::Reply& reply) {
  if (reply.code() < 200 || reply.code() > 599) __builtin_trap();
  const std::string enhanced = reply.enhanced();
  if (!enhanced.empty() && enhanced.front() - '0' != reply.code() / 100) __builtin_trap();
  std::string wire;
  reply.append_to(wire);
  if (!wire.ends_with("\r\n")) __builtin_trap();
  for (const char c : wire)
    if (c != '\r' && c != '\n' && (c < ' ' || c > '~')) __builtin_trap();
}

// A client, and a session that takes whatever it may.
class Conversation {
 public:
  Conversation(std::string_view octets, gateway::settings::Syntax syntax, const Offers& offers)
      : rest_(octets),
        protocol_(
            {"mx.example.com", limits_, gateway::settings::ListenerTls::starttls, true, syntax, offers}) {}

  void run() {
    for (int lines = 0; lines < 50 && !rest_.empty() && !closed_; ++lines) {
      const std::size_t end = std::min(rest_.find('\n'), rest_.size());
      Line line;
      line.text = rest_.substr(0, end);
      rest_.remove_prefix(std::min(end + 1, rest_.size()));
      Step step = protocol_.on_line(line);
      std::visit([this](auto& one) { on(one); }, step);
    }
  }

 private:
  void on(const Say& say) { look(say.reply); }
  void on(const Close& close) {
    look(close.reply);
    closed_ = true;
  }
  void on(const Hello& hello) {
    look(hello.reply);
    begin();
  }
  void on(const Reset& reset) {
    look(reset.reply);
    begin();
  }
  void on(const AskSender& ask) {
    protocol_.sender_answered(ask.envelope, Reply(250, "1.0", "ok"));
    begin();
  }
  void on(const AskRecipient&) {
    if (started_) __builtin_trap();  // no recipient between chunks
    protocol_.recipient_answered(Reply(250, "1.5", "ok"), false);
    recipient_ = true;
  }
  void on(const AskData&) {
    if (!recipient_ || started_) __builtin_trap();
    protocol_.data_refused(Reply(451, "3.0", "no"));
  }
  void on(const BeginTls&) {
    if (started_) __builtin_trap();
  }
  void on(const Impersonate&) {
    if (started_) __builtin_trap();
  }

  void on(const TakeChunk& take) {
    if (!recipient_ || take.octets > limits_.message_size - taken_) __builtin_trap();
    if (!started_ && take.binary)
      data_ = DataReader(gateway::settings::BareNewline::normalize, limits_, DataReader::Framing::binary);
    started_ = true;
    binary_ = take.binary;
    taken_ += take.octets;
    if (take.octets > rest_.size()) return leave();
    if (data_.read(rest_.substr(0, take.octets), text_) != take.octets) __builtin_trap();
    rest_.remove_prefix(take.octets);
    if (!take.last && data_.fault() == DataReader::Fault::none) return;
    if (take.last) data_.end_chunks(text_);
    if (data_.fault() == DataReader::Fault::none) look_at_message();
    protocol_.data_ended(!take.last);
    begin();
  }

  void on(const SkipChunk& skip) {
    look(skip.say.reply);
    if (skip.say.reply.positive()) __builtin_trap();
    if (skip.octets > limits_.message_size + limits_.header_size) __builtin_trap();
    if (started_ && !skip.ends) __builtin_trap();  // a message that lacks a chunk is none
    if (skip.ends) begin();
    if (skip.octets > rest_.size()) return leave();
    rest_.remove_prefix(skip.octets);
  }

  void begin() {
    recipient_ = false;
    started_ = false;
    taken_ = 0;
    text_.clear();
    data_ = DataReader(gateway::settings::BareNewline::normalize, limits_, DataReader::Framing::chunks);
  }

  void leave() { rest_ = {}; }

  void look_at_message() const {
    if (!data_.ended() || !data_.header_complete() || data_.octets() != text_.size()) __builtin_trap();
    if (text_.size() > limits_.message_size) __builtin_trap();
    if (binary_) return;  // its body stays as it is
    if (!text_.empty() && !text_.ends_with("\r\n")) __builtin_trap();
    for (std::size_t at = 0; at < text_.size(); ++at) {
      if (text_[at] == '\n' && (at == 0 || text_[at - 1] != '\r')) __builtin_trap();
      if (text_[at] == '\r' && text_[at + 1] != '\n') __builtin_trap();
    }
  }

  std::string_view rest_;
  const gateway::settings::Limits limits_ = limits();
  Protocol protocol_;
  DataReader data_{gateway::settings::BareNewline::normalize, limits_, DataReader::Framing::chunks};
  std::string text_;
  std::uint64_t taken_ = 0;
  bool recipient_ = false;
  bool started_ = false;
  bool binary_ = false;
  bool closed_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  Conversation(octets, gateway::settings::Syntax::strict, {}).run();
  Conversation(octets, gateway::settings::Syntax::lenient, {0, true, true, true}).run();
  return 0;
}
