#include "gateway/smtp/session.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "gateway/net/networks.h"
#include "gateway/net/proxy_protocol.h"
#include "gateway/smtp/replies.h"

namespace gateway::smtp {
namespace {

constexpr std::chrono::seconds kProxyWait{30};

}  // namespace

Session::Session(std::shared_ptr<const SessionSettings> settings, SessionWorld world,
                 std::unique_ptr<net::Stream> stream, const IpAddress& peer, unsigned port,
                 net::ConnectionCount::Slot slot)
    : settings_(std::move(settings)),
      world_(std::move(world)),
      slot_(std::move(slot)),
      channel_(std::move(stream), world_.watch, world_.blocks, net::Turns::of(world_.executor),
               settings_->limits),
      lines_(std::min<std::size_t>(settings_->limits.command_line, kInputOctets)) {
  client_.peer = peer;
  client_.listener = settings_->name;
  client_.connected = began_;
  identify(peer, port);
}

bool Session::is_proxy() const { return net::contains(settings_->listener.proxy_from, client_.peer); }

void Session::identify(const IpAddress& ip, unsigned port) {
  client_.ip = ip;
  client_.port = port;
  client_.trusted = net::contains(settings_->trusted, ip);
  client_.relay = net::contains(settings_->relays, ip);
}

asio::awaitable<void> Session::run() {
  std::string bug;
  try {
    co_await converse();
  } catch (const std::exception& error) {
    bug = error.what();
  }
  try {
    if (!bug.empty()) {
      spdlog::error("event=session_failed client=[{}] error=\"{}\"", client_.ip.text(), printable(bug));
      channel_.last_words(replies::internal_trouble(settings_->hostname));
      if (reception_) reception_->abandoned("internal trouble");
    } else if (const std::optional<Reply> reply = parting()) {
      channel_.last_words(*reply);
      if (reception_) reception_->cut_off(*reply);
    } else if (reception_) {
      reception_->abandoned("connection closed");
    }
    if (bug.empty())
      tell_how_it_ended(how_it_ended(), why_);
    else
      tell_how_it_ended(SessionEnd::How::internal_trouble, bug);
  } catch (const std::exception& error) {
    spdlog::error("event=session_failed client=[{}] error=\"{}\"", client_.ip.text(),
                  printable(error.what()));
  }
  channel_.close();
}

asio::awaitable<void> Session::converse() {
  const auto perform = [this](auto& step) { return on(step); };
  if (!co_await enter()) co_return;
  while (!closing_) {
    std::optional<Line> line = lines_.next(channel_.input());
    if (!line) line = co_await next_line();
    if (!line) co_return;
    Step step = protocol_->on_line(*line);
    co_await std::visit(perform, step);
  }
  co_await channel_.flush();
}

// Everything before the first command.  False when there will be none.
asio::awaitable<bool> Session::enter() {
  if (is_proxy() && !co_await meet_proxy()) co_return false;
  if (settings_->listener.tls == settings::ListenerTls::implicit) {
    if (!settings_->tls || !co_await shake_hands()) co_return false;
    const net::TlsSession tls = channel_.tls();
    client_.tls = {tls.version, tls.cipher, tls.peer_name};
  }
  if (!co_await greeting_pause()) co_return false;
  client_.early_talker = channel_.peek();  // RFC 5321 §3.1: the server speaks first
  const bool tls_offered = settings_->tls != nullptr;
  const Offers offers = world_.desk.offers();
  settings::Limits limits = settings_->limits;
  if (offers.most_octets > 0) limits.message_size = std::min(limits.message_size, offers.most_octets);
  protocol_.emplace(Protocol::Options{
      settings_->hostname, limits, tls_offered ? settings_->listener.tls : settings::ListenerTls::off,
      net::contains(settings_->listener.xclient_from, client_.ip), settings_->listener.syntax, offers});
  protocol_->restart(!client_.tls.version.empty());
  co_return co_await admit();
}

// The load balancer names the client before anything else; without that there is no session.
asio::awaitable<bool> Session::meet_proxy() {
  channel_.due_in(std::min(kProxyWait, settings_->limits.command_wait));
  net::ProxyHeader header = net::parse_proxy_header(channel_.input().pending());
  const bool tls_follows = settings_->listener.tls == settings::ListenerTls::implicit;
  while (header.state == net::ProxyHeader::State::incomplete) {
    const std::size_t most =
        tls_follows ? net::proxy_header_missing(channel_.input().pending()) : Channel::kAny;
    if (!co_await channel_.fill(Channel::Interruptible::yes, most)) co_return false;
    header = net::parse_proxy_header(channel_.input().pending());
  }
  if (header.state == net::ProxyHeader::State::malformed) {
    how_ = SessionEnd::How::proxy_header;
    co_return false;
  }
  channel_.input().consume(header.octets);
  if (!header.client) co_return true;
  identify(*header.client, header.port);
  if (slot_.move_to(client_.ip, client_.trusted || client_.relay)) co_return true;
  how_ = SessionEnd::How::too_many_connections;
  channel_.say(replies::too_many_connections(settings_->hostname));
  co_await channel_.flush();
  co_return false;
}

// Clients that do not wait for us show it.  Those known as good need not prove it, nor does a proxy that asks
// for itself whether we are well.
asio::awaitable<bool> Session::greeting_pause() {
  const std::chrono::milliseconds delay = settings_->listener.greeting_delay;
  const bool proxy_itself = client_.ip == client_.peer && is_proxy();
  const bool known = client_.trusted || client_.relay || proxy_itself;
  if (delay.count() == 0 || known || !channel_.input().empty()) co_return true;
  co_return co_await channel_.listen_for(delay);
}

// Asks whether this client may come in, and greets it.  False when the connection ends at once.
asio::awaitable<bool> Session::admit() {
  reception_ = world_.desk.open(world_.executor);
  const std::optional<Reply> refusal = co_await reception_->connected(client_);
  channel_.say(refusal ? *refusal : replies::greeting(settings_->hostname));
  if (refusal) protocol_->refuse();
  if (!refusal || refusal->code() != 421) co_return true;
  how_ = SessionEnd::How::refused;
  co_await channel_.flush();
  co_return false;
}

// Of a client that has not said it yet.
asio::awaitable<std::optional<Line>> Session::next_line() {
  channel_.due_in(patience(settings_->limits.command_wait));
  const auto interruptible = chunks_ ? Channel::Interruptible::no : Channel::Interruptible::yes;
  while (co_await channel_.fill(interruptible))
    if (auto line = lines_.next(channel_.input())) co_return line;
  co_return std::nullopt;
}

asio::awaitable<void> Session::on(Say& step) {
  if (!step.refusal.empty()) reception_->refused(step.refusal, step.reply, false);
  channel_.say(step.reply);
  co_return;
}

asio::awaitable<void> Session::on(Close& step) {
  if (!step.refusal.empty()) reception_->refused(step.refusal, step.reply, true);
  channel_.say(step.reply);
  close(step);
  co_return;
}

asio::awaitable<void> Session::on(Hello& step) {
  chunks_.reset();
  reception_->abandoned("a new HELO");
  client_.helo = protocol_->helo();
  client_.esmtp = protocol_->esmtp();
  channel_.say(step.reply);
  co_return;
}

asio::awaitable<void> Session::on(Reset& step) {
  chunks_.reset();
  reception_->abandoned("RSET");
  channel_.say(step.reply);
  co_return;
}

asio::awaitable<void> Session::on(AskSender& step) {
  declared_bytes_ = step.envelope.declared_bytes.value_or(0);
  channel_.rest();
  client_.helo = protocol_->helo();  // a lenient listener may not have heard a HELO
  client_.esmtp = protocol_->esmtp();
  Reply reply = co_await reception_->sender(client_, step.envelope);
  give(protocol_->sender_answered(step.envelope, std::move(reply)));
}

asio::awaitable<void> Session::on(AskRecipient& step) {
  channel_.rest();
  Reply reply = co_await reception_->recipient(step.recipient);
  give(protocol_->recipient_answered(std::move(reply), reception_->refused_by_verdict()));
}

asio::awaitable<void> Session::on(BeginTls&) {
  // Anything already buffered was said in clear and must not be read under TLS: no 220.  RFC 3207 §4.2
  if (!channel_.input().empty()) {
    closing_ = true;
    how_ = SessionEnd::How::tls_failed;
    why_ = "octets in clear behind STARTTLS";
    co_return;
  }
  channel_.say(replies::ready_for_tls());
  channel_.due_in(settings_->limits.command_wait);
  const bool told = co_await channel_.flush();
  if (!told || !co_await shake_hands()) {
    closing_ = true;
    co_return;
  }
  reception_->abandoned("STARTTLS");
  const net::TlsSession tls = channel_.tls();
  client_.tls = {tls.version, tls.cipher, tls.peer_name};
  client_.helo.clear();
  client_.esmtp = false;
  protocol_->restart(true);
}

asio::awaitable<bool> Session::shake_hands() {
  const bool done = co_await channel_.handshake(*settings_->tls);
  if (done || channel_.end() != Channel::End::lost) co_return done;
  how_ = SessionEnd::How::tls_failed;
  why_ = channel_.tls_error();
  co_return false;
}

// A front end names the client it speaks for: the session begins again, with a reception of its own.
asio::awaitable<void> Session::on(Impersonate& step) {
  reception_->abandoned("XCLIENT");
  const Xclient& said = step.client;
  client_.connected = std::chrono::steady_clock::now();
  identify(said.address.value_or(client_.ip), said.port.value_or(static_cast<std::uint16_t>(client_.port)));
  client_.helo = said.helo.value_or("");
  client_.esmtp = said.esmtp.value_or(false);
  protocol_->restart(!client_.tls.version.empty());
  if (said.helo) protocol_->assume_hello(*said.helo, client_.esmtp);
  const bool has_room = !said.address || slot_.move_to(client_.ip, client_.trusted || client_.relay);
  if (!has_room) {
    how_ = SessionEnd::How::too_many_connections;
    channel_.say(replies::too_many_connections(settings_->hostname));
    closing_ = true;
    co_return;
  }
  closing_ = !co_await admit();
}

void Session::give(const Answer& answer) {
  const Close* const last = std::get_if<Close>(&answer);
  const Say* const say = std::get_if<Say>(&answer);
  const Reply& reply = last != nullptr ? last->reply : say->reply;
  if (last != nullptr) {
    close(*last);
    reception_->refused(last->refusal, reply, true);
  }
  channel_.say(reply);
}

void Session::close(const Close& step) {
  closing_ = true;
  how_ = step.refusal.empty()       ? SessionEnd::How::quit
         : step.refusal == "@limit" ? SessionEnd::How::limit
                                    : SessionEnd::How::refused;
}

// What the client is told when it is not the one that ended the connection.
std::optional<Reply> Session::parting() const {
  switch (channel_.end()) {
    case Channel::End::timed_out: return replies::timed_out(settings_->hostname);
    case Channel::End::too_slow: return replies::too_slow(settings_->hostname);
    case Channel::End::finishing: return replies::shutting_down(settings_->hostname);
    case Channel::End::closed:
    case Channel::End::lost:
    case Channel::End::none: break;
  }
  return std::nullopt;
}

bool Session::cut_short() {
  if (channel_.cut()) return true;
  const Reply reply = replies::shutting_down(settings_->hostname);
  channel_.last_words(reply);
  channel_.close();
  if (reception_) reception_->cut_off(reply);
  return false;
}

SessionEnd::How Session::how_it_ended() const {
  if (how_) return *how_;
  switch (channel_.end()) {
    case Channel::End::timed_out: return SessionEnd::How::timed_out;
    case Channel::End::too_slow: return SessionEnd::How::too_slow;
    case Channel::End::finishing: return SessionEnd::How::stopping;
    case Channel::End::lost: return SessionEnd::How::lost;
    case Channel::End::closed:
    case Channel::End::none: break;
  }
  return SessionEnd::How::closed;
}

void Session::tell_how_it_ended(SessionEnd::How how, std::string_view detail) {
  SessionEnd end{.how = how, .client = client_, .duration = std::chrono::steady_clock::now() - began_};
  if (protocol_) {
    end.commands = protocol_->commands();
    end.errors = protocol_->errors();
    end.last_command = protocol_->last_command();
  }
  end.last_reply = channel_.last_said();
  end.detail = detail;
  if (reception_)
    reception_->closed(end);
  else
    world_.desk.turned_away(world_.executor, end);
}

}  // namespace gateway::smtp
