// Session: one message, behind DATA or in chunks, from the permission to send it to the reply.
#include <algorithm>

#include "gateway/smtp/data_refusal.h"
#include "gateway/smtp/replies.h"
#include "gateway/smtp/session.h"

namespace gateway::smtp {

asio::awaitable<void> Session::on(AskData&) {
  if (world_.spool->memory->exhausted()) {
    Say full{replies::no_storage(), "@limit"};
    co_await on(full);
    co_return;
  }
  const std::optional<Reply> refusal = co_await reception_->data();
  if (refusal) {
    give(protocol_->data_refused(*refusal));
    co_return;
  }
  channel_.say(replies::start_data());
  Intake intake(settings_->listener.bare_newline, protocol_->limits(), DataReader::Framing::dots,
                world_.spool);
  intake.message.expect(declared_bytes_);
  channel_.begin_data();
  const bool whole = co_await receive(intake);
  channel_.end_data();
  if (!whole) co_return;  // next_line() finds the end of the stream too
  const Reply reply = co_await hand_over(intake);
  protocol_->data_ended();
  channel_.say(reply);
}

// A chunk that is not the last is answered at once, and with a refusal if the message cannot be taken any
// more.
asio::awaitable<void> Session::on(TakeChunk& step) {
  const bool first = !chunks_;
  const bool room = !first || !world_.spool->memory->exhausted();
  std::optional<Reply> refusal;
  if (first && room) refusal = co_await reception_->data();
  if (first && room && !refusal) {
    chunks_since_ = world_.watch.now();
    chunks_ = std::make_unique<Intake>(
        settings_->listener.bare_newline, protocol_->limits(),
        step.binary ? DataReader::Framing::binary : DataReader::Framing::chunks, world_.spool);
    chunks_->message.expect(declared_bytes_);
  }
  if (!co_await receive_chunk(step.octets, chunks_.get())) co_return;
  if (!chunks_) {
    const Reply reply = refusal ? *refusal : refuse("@limit", replies::no_storage());
    reception_->abandoned("BDAT was refused");
    give(protocol_->chunks_refused(reply, !step.last));
    co_return;
  }
  if (!step.last && chunks_->sound()) {
    channel_.say(replies::chunk_taken(step.octets));
    co_return;
  }
  if (step.last) {
    chunks_->data.end_chunks(chunks_->message.tail());
    if (digest(*chunks_)) co_await chunks_->message.spill();
  }
  const Reply reply = co_await hand_over(*chunks_);
  chunks_.reset();
  protocol_->data_ended(!step.last);
  channel_.say(reply);
}

asio::awaitable<void> Session::on(SkipChunk& step) {
  if (step.ends) chunks_.reset();
  if (!co_await receive_chunk(step.octets, nullptr)) co_return;
  if (!step.say.refusal.empty()) reception_->refused(step.say.refusal, step.say.reply, step.ends);
  channel_.say(step.say.reply);
}

// How long the client may take now.  Chunks have the minimum rate of data too, however small they are and
// wherever between them the time goes; `command_wait` is given once for the whole message.
std::chrono::seconds Session::patience(std::chrono::seconds usual) const {
  const settings::Limits& limits = settings_->limits;
  if (!chunks_ || limits.data_rate == 0) return usual;
  const auto taken = std::chrono::duration_cast<std::chrono::seconds>(world_.watch.now() - chunks_since_);
  const auto earned = std::chrono::seconds(chunks_->data.octets() / limits.data_rate);
  return std::clamp(limits.command_wait + earned - taken, std::chrono::seconds(0), usual);
}

// Reads to the end of data.  False when the connection ends before.
asio::awaitable<bool> Session::receive(Intake& intake) {
  while (!intake.data.ended()) {
    if (channel_.input().empty() && !co_await more_data()) co_return false;
    channel_.input().consume(intake.data.read(channel_.input().pending(), intake.message.tail()));
    if (digest(intake)) co_await intake.message.spill();
  }
  co_return true;
}

// Reads a chunk; swallows it where there is no intake.  False when the connection ends before.
asio::awaitable<bool> Session::receive_chunk(std::uint64_t octets, Intake* intake) {
  const bool waits = octets > channel_.input().pending().size();
  if (waits) channel_.begin_data();
  while (octets > 0 && (!channel_.input().empty() || co_await more_data())) {
    const std::string_view text = channel_.input().pending().substr(0, octets);
    if (intake != nullptr) intake->data.read(text, intake->message.tail());
    octets -= text.size();
    channel_.input().consume(text.size());
    if (intake != nullptr && digest(*intake)) co_await intake->message.spill();
  }
  if (waits) channel_.end_data();
  co_return octets == 0;
}

asio::awaitable<bool> Session::more_data() {
  channel_.due_in(patience(settings_->limits.data_wait));
  return channel_.fill(Channel::Interruptible::no);
}

// Sees to what was read last.  True when it is so much that it belongs on the disk.
bool Session::digest(Intake& intake) {
  if (intake.data.fault() != DataReader::Fault::none) intake.message.drop();
  if (intake.sound() && intake.data.header_complete() && !intake.header_known) {
    intake.header_known = true;
    // Keys are asked for while the body streams in.
    reception_->header_complete(intake.message.tail().substr(0, intake.data.header_octets()));
  }
  if (!intake.message.grown() || !intake.header_known) return false;
  channel_.rest();
  return true;
}

asio::awaitable<Reply> Session::hand_over(Intake& intake) {
  if (intake.data.fault() != DataReader::Fault::none) {
    DataRefusal refusal = refusal_of(intake.data.fault(), protocol_->limits());
    co_return refuse(refusal.name, std::move(refusal.reply));
  }
  channel_.rest();
  Received received;
  received.octets = co_await intake.message.finish(intake.data.header_octets());
  if (!received.octets) {
    const bool disk = intake.message.trouble() == ReceivedMessage::Trouble::disk;
    co_return refuse(disk ? "@disk" : "@limit", replies::no_storage());
  }
  received.body_offset = intake.data.body_offset();
  co_return co_await reception_->message(std::move(received));
}

// A refusal of our own that ends the transaction.
Reply Session::refuse(std::string_view what, Reply reply) {
  reception_->refused(what, reply, true);
  return reply;
}

}  // namespace gateway::smtp
