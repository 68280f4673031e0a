#pragma once
// One client connection, from greeting to close.  Holds a Protocol and performs its steps; what is behind the
// protocol is asked of the Reception.  RFC 5321 §3.1

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/net/connection_count.h"
#include "gateway/net/tls.h"
#include "gateway/net/watch.h"
#include "gateway/settings/settings.h"
#include "gateway/smtp/channel.h"
#include "gateway/smtp/intake.h"
#include "gateway/smtp/line_reader.h"
#include "gateway/smtp/protocol.h"
#include "gateway/smtp/reception.h"

namespace gateway::smtp {

// What the sessions of one listener share.  Immutable: a reload makes another, sessions keep theirs.
struct SessionSettings {
  std::string hostname;
  std::string name;  // of the listener: "0.0.0.0:25"
  settings::Listener listener;
  settings::Limits limits;
  std::vector<Network> trusted;
  std::vector<Network> relays;
  std::shared_ptr<const net::TlsServer> tls;  // may be null where listener.tls is off
};

constexpr std::size_t kInputOctets = 64 << 10;  // the most of one read; no command line is longer
constexpr std::size_t kInputBlocksKept = 16;    // of a loop, when nobody reads

// What a session needs of the loop it runs on.
struct SessionWorld {
  asio::any_io_executor executor;
  net::Watch& watch;
  net::BlockPool& blocks;  // of kInputOctets
  ReceptionDesk& desk;
  std::shared_ptr<const Spool> spool;
};

class Session {
 public:
  Session(std::shared_ptr<const SessionSettings> settings, SessionWorld world,
          std::unique_ptr<net::Stream> stream, const IpAddress& peer, unsigned port,
          net::ConnectionCount::Slot slot = {});

  asio::awaitable<void> run();

  // Graceful stop: closes when the client is idle; a message on its way in is finished first.
  void finish() { channel_.interrupt(); }
  // The end of patience: the client is told, and what is known of its transaction recorded.  False when
  // others than the client are waited for: then there is nothing left to come, but run() may not have ended.
  bool cut_short();

 private:
  asio::awaitable<void> converse();
  asio::awaitable<bool> enter();
  asio::awaitable<bool> meet_proxy();
  asio::awaitable<bool> admit();
  asio::awaitable<std::optional<Line>> next_line();

  asio::awaitable<void> on(Say& step);
  asio::awaitable<void> on(Close& step);
  asio::awaitable<void> on(Hello& step);
  asio::awaitable<void> on(Reset& step);
  asio::awaitable<void> on(AskSender& step);
  asio::awaitable<void> on(AskRecipient& step);
  asio::awaitable<void> on(AskData& step);
  asio::awaitable<void> on(TakeChunk& step);
  asio::awaitable<void> on(SkipChunk& step);
  asio::awaitable<void> on(BeginTls& step);
  asio::awaitable<void> on(Impersonate& step);

  asio::awaitable<bool> receive(Intake& intake);
  asio::awaitable<bool> receive_chunk(std::uint64_t octets, Intake* intake);
  asio::awaitable<bool> more_data();
  std::chrono::seconds patience(std::chrono::seconds usual) const;
  bool digest(Intake& intake);
  asio::awaitable<Reply> hand_over(Intake& intake);
  Reply refuse(std::string_view what, Reply reply);
  void give(const Answer& answer);
  void close(const Close& step);
  bool is_proxy() const;
  void identify(const IpAddress& ip, unsigned port);
  asio::awaitable<bool> greeting_pause();
  asio::awaitable<bool> shake_hands();
  std::optional<Reply> parting() const;
  SessionEnd::How how_it_ended() const;
  void tell_how_it_ended(SessionEnd::How how, std::string_view detail);

  std::shared_ptr<const SessionSettings> settings_;
  SessionWorld world_;
  net::ConnectionCount::Slot slot_;
  Channel channel_;
  LineReader lines_;
  std::optional<Protocol> protocol_;
  std::unique_ptr<Reception> reception_;
  std::unique_ptr<Intake> chunks_;    // of the message that BDAT brings
  std::uint64_t declared_bytes_ = 0;  // of this transaction's MAIL; 0: not said
  net::Watch::Time chunks_since_;
  Client client_;
  bool closing_ = false;

  // For the record.
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::optional<SessionEnd::How> how_;  // where the channel does not know it
  std::string why_;
};

}  // namespace gateway::smtp
