#pragma once
// The client's side of SMTP (RFC 5321) and LMTP (RFC 2033) on one connection: greeting, EHLO, STARTTLS, then
// one transaction after the other.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/delivery/conversation.h"
#include "gateway/delivery/mailstore.h"
#include "gateway/net/tls.h"
#include "gateway/settings/settings.h"

namespace gateway::delivery {

struct Patience {                            // DESIGN §9
  std::chrono::milliseconds answer{30'000};  // before the final dot
  std::chrono::milliseconds after_dot{300'000};
};

struct SmtpManner {  // how we speak to the servers of one mailstore
  bool lmtp = false;
  std::string our_name;
  settings::MailstoreTls tls = settings::MailstoreTls::may;
  std::shared_ptr<const net::TlsClient> tls_client;  // null when tls is off
  Patience patience;
  asio::any_io_executor workers;  // large messages in files are read there
};

enum class Opening {
  ready,
  unreachable,      // no answer, or none that makes sense
  refused_for_now,  // 4xx
  refuses_us,       // 5xx, or no TLS where it is a must
  tls_failed,       // tls = may: the connection is spent, one in clear may do
};

class SmtpClient {
 public:
  SmtpClient(std::shared_ptr<const SmtpManner> manner, std::string host, asio::any_io_executor executor,
             net::Descriptor connected);
  ~SmtpClient();

  asio::awaitable<Opening> open(bool with_tls);
  const std::optional<ServerReply>& refusal() const { return refusal_; }  // what open() was told
  const std::string& trouble() const { return trouble_; }                 // what went wrong, for the log

  asio::awaitable<DeliveryReport> deliver(const Parcel& parcel);
  // After open(): what the server promised, under TLS where that is on.
  smtp::Offers offers() const;

  // After deliver(): another transaction may follow.
  bool usable() const { return usable_; }
  // After deliver(): nothing was sent, for the server does not offer what the message needs.
  bool lacking() const { return lacking_; }
  // After deliver(): the connection ended before the dot, or with 421; nothing was delivered.
  bool ended_early() const { return ended_early_; }
  // An idle connection that is still as we left it.
  bool fresh() { return usable_ && !conversation_.unexpected(); }

 private:
  struct Features {
    bool pipelining = false;
    bool starttls = false;
    bool eight_bit = false;
    bool smtputf8 = false;
    bool dsn = false;
    bool requiretls = false;
    bool chunking = false;
    bool binary = false;
    bool size = false;
    std::uint64_t most_octets = 0;  // 0: not said
  };
  struct Transaction;
  enum class Step { go_on, over, lost };

  asio::awaitable<Opening> say_hello();
  asio::awaitable<Opening> secure();
  Opening refused(const ServerReply& reply);
  static Features read_features(const ServerReply& reply);

  bool can_be_sent(Transaction& transaction) const;
  std::optional<Delivered> lack(const Parcel& parcel) const;
  std::string mail_command(const Transaction& transaction) const;
  std::string rcpt_command(const smtp::Recipient& recipient) const;
  asio::awaitable<bool> exchange(const std::vector<std::string>& commands, std::vector<ServerReply>& replies);
  asio::awaitable<Step> envelope(Transaction& transaction);
  asio::awaitable<Step> message(Transaction& transaction);
  asio::awaitable<void> outcome(Transaction& transaction);
  asio::awaitable<void> reset();
  void lost(Transaction& transaction);

  std::shared_ptr<const SmtpManner> manner_;
  std::string host_;
  Conversation conversation_;
  Features features_;
  std::optional<ServerReply> refusal_;
  std::string trouble_;
  bool usable_ = false;
  bool ended_early_ = false;
  bool lacking_ = false;
  bool encrypted_ = false;
};

}  // namespace gateway::delivery
