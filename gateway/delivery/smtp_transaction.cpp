// SmtpClient: one message, from MAIL to the answer after the dot.
#include <algorithm>
#include <exception>

#include "gateway/delivery/disk.h"
#include "gateway/delivery/dot_stuffing.h"
#include "gateway/delivery/smtp_client.h"

namespace gateway::delivery {
namespace {

constexpr std::size_t kCommandsAtOnce = 50;  // their replies must fit in the socket's buffers, RFC 2920 §3.1
constexpr std::size_t kSliceOctets = 64 << 10;
constexpr std::uint64_t kReadOnLoop = 256 << 10;  // of what lies in a file
constexpr std::size_t kMostWords = 512;           // of the mailstore, that we keep

Delivered judged(Fate fate, const ServerReply& reply) {
  return {fate, reply.code, reply.enhanced, reply.text().substr(0, kMostWords)};
}

// The recipient's fault, to be passed on; any other 5xx to RCPT is our trouble.  DESIGN §9
bool about_the_recipient(const ServerReply& reply) {
  if (reply.enhanced.empty()) return reply.code >= 550 && reply.code <= 553;
  return reply.enhanced.starts_with("5.1.") || reply.enhanced.starts_with("5.2.");
}

// RFC 6531 §3.2 asks SMTPUTF8 of addresses and header fields; what was announced without need goes anywhere.
bool needs_smtputf8(const Parcel& parcel) {
  const auto is_international = [](const smtp::Recipient& one) { return one.address.needs_utf8(); };
  return parcel.smtputf8 &&
         (parcel.sender.needs_utf8() || !is_ascii(parcel.header) ||
          std::any_of(parcel.recipients.begin(), parcel.recipients.end(), is_international));
}

struct Slice {
  std::string octets;
  bool failed = false;
};

Slice read_slice(const Octets& octets, std::uint64_t at) {
  try {
    std::vector<char> room(kSliceOctets);
    return {std::string(octets.read(at, room)), false};
  } catch (const std::exception&) {  // the disk under the message failed
    return {{}, true};
  }
}

}  // namespace

struct SmtpClient::Transaction {
  explicit Transaction(const Parcel& the_parcel) : parcel(the_parcel) {
    report.recipients.resize(parcel.recipients.size());
  }
  void all(const Delivered& copy) { report.recipients.assign(parcel.recipients.size(), copy); }
  void accepted(const Delivered& copy) {
    for (const std::size_t i : taken) report.recipients[i] = copy;
  }

  const Parcel& parcel;
  DeliveryReport report;
  std::vector<std::size_t> taken;  // recipients whose RCPT was accepted
};

asio::awaitable<DeliveryReport> SmtpClient::deliver(const Parcel& parcel) {
  Transaction transaction(parcel);
  ended_early_ = false;
  lacking_ = false;
  if (!can_be_sent(transaction)) {
    lacking_ = !parcel.recipients.empty();
    co_return transaction.report;
  }
  usable_ = false;  // until the transaction has come to its end
  Step step = co_await envelope(transaction);
  if (step == Step::go_on) step = co_await message(transaction);
  if (step == Step::go_on) co_await outcome(transaction);
  if (step == Step::lost) lost(transaction);
  co_return transaction.report;
}

bool SmtpClient::can_be_sent(Transaction& transaction) const {
  const std::optional<Delivered> copy = lack(transaction.parcel);
  if (copy) {
    transaction.all(*copy);
    transaction.report.detail = copy->text;
  }
  return !copy && !transaction.parcel.recipients.empty();
}

// What becomes of a message that needs what this server does not offer.
std::optional<Delivered> SmtpClient::lack(const Parcel& parcel) const {
  const smtp::Offers offers = this->offers();
  if (parcel.requiretls && !offers.requiretls)  // RFC 8689 §4.2.1
    return Delivered{Fate::failed_for_good, 0, "5.7.30", "the mailstore does not promise to require TLS"};
  if (needs_smtputf8(parcel) && !features_.smtputf8)  // RFC 6531 §3.5
    return Delivered{Fate::failed_for_good, 0, "5.6.7", "the mailstore does not offer SMTPUTF8"};
  // Its sender was told otherwise, and has the message in a form that can be sent, too.  RFC 3030 §3
  if (parcel.binary && !offers.binary)
    return Delivered{Fate::failed_for_now, 0, "4.6.3", "the mailstore does not offer BINARYMIME"};
  if (features_.most_octets > 0 && whole_size(parcel) > features_.most_octets)  // RFC 1870 §6.1
    return Delivered{Fate::failed_for_good, 0, "5.3.4", "larger than the mailstore takes"};
  return std::nullopt;
}

std::string SmtpClient::mail_command(const Transaction& transaction) const {
  const Parcel& parcel = transaction.parcel;
  std::string command = "MAIL FROM:<" + parcel.sender.text() + ">";
  if (features_.size) command += " SIZE=" + std::to_string(whole_size(parcel));
  if (parcel.binary)
    command += " BODY=BINARYMIME";
  else if (parcel.eight_bit && features_.eight_bit)
    command += " BODY=8BITMIME";
  if (parcel.smtputf8 && features_.smtputf8) command += " SMTPUTF8";
  if (parcel.requiretls) command += " REQUIRETLS";
  if (features_.dsn && !parcel.ret.empty()) command += " RET=" + parcel.ret;
  if (features_.dsn && !parcel.envid.empty()) command += " ENVID=" + parcel.envid;
  return command + "\r\n";
}

std::string SmtpClient::rcpt_command(const smtp::Recipient& recipient) const {
  std::string command = "RCPT TO:<" + recipient.address.text() + ">";
  if (features_.dsn && !recipient.notify.empty()) command += " NOTIFY=" + recipient.notify;
  if (features_.dsn && !recipient.original.empty()) command += " ORCPT=" + recipient.original;
  return command + "\r\n";
}

// A reply for each command; false when the connection ended before the last.  Behind a 421 nothing follows:
// it answers all that were still open.
asio::awaitable<bool> SmtpClient::exchange(const std::vector<std::string>& commands,
                                           std::vector<ServerReply>& replies) {
  const std::size_t at_once = features_.pipelining ? kCommandsAtOnce : 1;
  const std::size_t all_answered = replies.size() + commands.size();
  for (std::size_t begin = 0; begin < commands.size(); begin += at_once) {
    const std::size_t end = std::min(commands.size(), begin + at_once);
    std::string batch;
    for (std::size_t i = begin; i < end; ++i) batch += commands[i];
    const bool sent = co_await conversation_.send(batch, manner_->patience.answer);
    if (!sent) co_return false;
    for (std::size_t i = begin; i < end; ++i) {
      const std::optional<ServerReply> reply = co_await conversation_.reply(manner_->patience.answer);
      if (!reply) co_return false;
      replies.push_back(*reply);
      if (reply->code != 421) continue;
      ended_early_ = true;
      replies.resize(all_answered, *reply);
      co_return true;
    }
  }
  co_return true;
}

asio::awaitable<SmtpClient::Step> SmtpClient::envelope(Transaction& transaction) {
  const Parcel& parcel = transaction.parcel;
  DeliveryReport& report = transaction.report;
  std::vector<std::string> commands{mail_command(transaction)};
  for (const smtp::Recipient& recipient : parcel.recipients) commands.push_back(rcpt_command(recipient));
  // With several recipients their answers are awaited: who was refused must not stop the others.
  const bool all_at_once = features_.pipelining && parcel.recipients.size() == 1 && !parcel.binary;
  if (all_at_once) commands.emplace_back("DATA\r\n");
  std::vector<ServerReply> replies;
  const bool answered = co_await exchange(commands, replies);
  if (!answered) co_return Step::lost;

  const ServerReply& mail = replies[0];
  const bool makes_sense = std::none_of(replies.begin(), replies.end() - (all_at_once ? 1 : 0),
                                        [](const ServerReply& reply) { return reply.code / 100 == 3; });
  if (!makes_sense) co_return Step::lost;
  if (!mail.positive()) {
    const bool too_large = mail.enhanced == "5.3.4" || (mail.code == 552 && mail.enhanced.empty());
    report.refuses_us = mail.permanent() && !too_large;
    report.detail = "MAIL: " + mail.text();
    transaction.all(judged(too_large ? Fate::failed_for_good : Fate::failed_for_now, mail));
  }
  for (std::size_t i = 0; mail.positive() && i < parcel.recipients.size(); ++i) {
    const ServerReply& reply = replies[i + 1];
    const bool good = reply.permanent() && about_the_recipient(reply);
    report.recipients[i] = judged(good ? Fate::failed_for_good : Fate::failed_for_now, reply);
    if (reply.positive()) transaction.taken.push_back(i);
    if (!reply.permanent() || good) continue;
    report.refuses_us = true;
    report.detail = "RCPT: " + reply.text();
  }
  if (ended_early_) {
    transaction.accepted(judged(Fate::failed_for_now, replies.back()));
    co_return Step::over;
  }
  if (transaction.taken.empty() && !all_at_once) {
    co_await reset();
    co_return Step::over;
  }

  if (parcel.binary) co_return Step::go_on;  // never DATA: its octets would be read as lines
  if (!all_at_once) {
    const std::vector<std::string> data_command{"DATA\r\n"};
    const bool data_answered = co_await exchange(data_command, replies);
    if (!data_answered) co_return Step::lost;
  }
  const ServerReply& data = replies.back();
  if (data.code == 354) co_return Step::go_on;
  if (data.code < 400) co_return Step::lost;
  if (!transaction.taken.empty()) {  // before it saw the message: about us, not about the message
    report.refuses_us = report.refuses_us || data.permanent();
    report.detail = "DATA: " + data.text();
    transaction.accepted(judged(Fate::failed_for_now, data));
  }
  if (!ended_early_) co_await reset();
  co_return Step::over;
}

// Everything up to and with the final dot, or all octets that BDAT counted.  When it is lost here, the
// mailstore cannot have seen the end.
asio::awaitable<SmtpClient::Step> SmtpClient::message(Transaction& transaction) {
  const Parcel& parcel = transaction.parcel;
  const std::chrono::milliseconds patience = manner_->patience.answer;  // for each slice
  DotStuffing stuffing;
  std::string wire;
  if (transaction.taken.empty()) {  // 354 for nobody: an empty message that goes nowhere, RFC 2920 §3.1
    stuffing.finish(wire);
    const bool ended = co_await conversation_.send(wire, patience);
    std::optional<ServerReply> reply;
    if (ended) reply = co_await conversation_.reply(patience);
    if (reply && reply->code != 421) co_await reset();
    co_return Step::over;
  }
  const auto add = [&](std::string_view part) {
    if (parcel.binary)
      wire += part;
    else
      stuffing.add(part, wire);
  };
  if (parcel.binary) wire = "BDAT " + std::to_string(whole_size(parcel)) + " LAST\r\n";
  add(parcel.header);
  add("\r\n");
  const std::shared_ptr<const Octets> octets = parcel.octets;
  const std::uint64_t size = octets ? octets->size() : 0;
  const std::string_view known = octets ? octets->in_memory() : std::string_view();
  for (std::uint64_t at = parcel.body_offset; at < size;) {
    Slice slice;
    if (known.empty() && size <= kReadOnLoop) {
      slice = read_slice(*octets, at);
    } else if (known.empty()) {
      const auto read = [octets, at] { return read_slice(*octets, at); };
      slice = co_await off_loop(manner_->workers, read);
    }
    const std::string_view part = known.empty() ? slice.octets : known.substr(at, kSliceOctets);
    if (slice.failed || part.empty()) {
      transaction.report.detail = "the message cannot be read back";
      transaction.accepted({Fate::failed_for_now, 0, {}, transaction.report.detail});
      co_return Step::over;  // without the dot: the mailstore forgets it when the connection ends
    }
    add(part);
    at += part.size();
    if (wire.size() < kSliceOctets) continue;
    const bool sent = co_await conversation_.send(wire, patience);
    if (!sent) co_return Step::lost;
    wire.clear();
  }
  if (!parcel.binary) stuffing.finish(wire);
  const bool sent = co_await conversation_.send(wire, patience);
  co_return sent ? Step::go_on : Step::lost;
}

// The answer after the dot: one, or with LMTP one for each recipient taken.  RFC 2033 §4.2
asio::awaitable<void> SmtpClient::outcome(Transaction& transaction) {
  DeliveryReport& report = transaction.report;
  const Delivered unknown{Fate::perhaps_delivered, 0, {}, "no answer after the final dot"};
  transaction.accepted(unknown);
  const std::size_t answers = manner_->lmtp ? transaction.taken.size() : 1;
  bool ended = false;
  for (std::size_t i = 0; i < answers; ++i) {
    const std::optional<ServerReply> reply = co_await conversation_.reply(manner_->patience.after_dot);
    const bool makes_sense = reply && reply->code / 100 != 3;
    if (!makes_sense) {
      report.detail = reply ? "an answer to the message that makes no sense" : conversation_.trouble();
      co_return;
    }
    const Fate fate = reply->positive()    ? Fate::taken
                      : reply->permanent() ? Fate::failed_for_good
                                           : Fate::failed_for_now;
    if (fate == Fate::taken && report.queue_id.empty()) report.queue_id = reply->text().substr(0, kMostWords);
    if (fate != Fate::taken) report.detail = "message: " + reply->text().substr(0, kMostWords);
    const Delivered copy = judged(fate, *reply);
    if (manner_->lmtp)
      report.recipients[transaction.taken[i]] = copy;
    else
      transaction.accepted(copy);
    ended = ended || reply->code == 421;
  }
  usable_ = !ended;
}

asio::awaitable<void> SmtpClient::reset() {
  const bool sent = co_await conversation_.send("RSET\r\n", manner_->patience.answer);
  std::optional<ServerReply> reply;
  if (sent) reply = co_await conversation_.reply(manner_->patience.answer);
  usable_ = reply && reply->positive();
}

void SmtpClient::lost(Transaction& transaction) {
  const std::string why =
      conversation_.trouble().empty() ? "an answer that makes no sense" : conversation_.trouble();
  ended_early_ = true;
  transaction.report = DeliveryReport();
  transaction.all({Fate::failed_for_now, 0, {}, why});
  transaction.report.unreachable = true;
  transaction.report.detail = why;
}

}  // namespace gateway::delivery
