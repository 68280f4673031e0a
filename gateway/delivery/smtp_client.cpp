#include "gateway/delivery/smtp_client.h"

#include <charconv>

namespace gateway::delivery {

SmtpClient::SmtpClient(std::shared_ptr<const SmtpManner> manner, std::string host,
                       asio::any_io_executor executor, net::Descriptor connected)
    : manner_(std::move(manner)),
      host_(std::move(host)),
      conversation_(std::move(executor), std::move(connected)) {}

SmtpClient::~SmtpClient() { conversation_.close(usable_ ? "QUIT\r\n" : ""); }

Opening SmtpClient::refused(const ServerReply& reply) {
  refusal_ = reply;
  if (!reply.temporary() && !reply.permanent()) {
    refusal_.reset();
    trouble_ = "an answer that makes no sense";
    return Opening::unreachable;
  }
  return reply.permanent() ? Opening::refuses_us : Opening::refused_for_now;
}

asio::awaitable<Opening> SmtpClient::open(bool with_tls) {
  const std::optional<ServerReply> greeting = co_await conversation_.reply(manner_->patience.answer);
  if (!greeting) {
    trouble_ = "greeting: " + conversation_.trouble();
    co_return Opening::unreachable;
  }
  if (greeting->code != 220) {
    trouble_ = "greeting: " + greeting->text();
    co_return refused(*greeting);
  }
  Opening opening = co_await say_hello();
  if (opening == Opening::ready && with_tls && manner_->tls != settings::MailstoreTls::off)
    opening = co_await secure();
  usable_ = opening == Opening::ready;
  co_return opening;
}

asio::awaitable<Opening> SmtpClient::say_hello() {
  const std::string hello = (manner_->lmtp ? "LHLO " : "EHLO ") + manner_->our_name + "\r\n";
  const bool sent = co_await conversation_.send(hello, manner_->patience.answer);
  std::optional<ServerReply> reply;
  if (sent) reply = co_await conversation_.reply(manner_->patience.answer);
  if (!reply) {
    trouble_ = "EHLO: " + conversation_.trouble();
    co_return Opening::unreachable;
  }
  if (!reply->positive()) {
    trouble_ = "EHLO: " + reply->text();
    co_return refused(*reply);
  }
  features_ = read_features(*reply);
  co_return Opening::ready;
}

asio::awaitable<Opening> SmtpClient::secure() {
  const bool must = manner_->tls == settings::MailstoreTls::verify;
  if (!features_.starttls) {
    if (!must) co_return Opening::ready;
    trouble_ = "the mailstore offers no STARTTLS";
    co_return Opening::refuses_us;
  }
  const bool sent = co_await conversation_.send("STARTTLS\r\n", manner_->patience.answer);
  std::optional<ServerReply> reply;
  if (sent) reply = co_await conversation_.reply(manner_->patience.answer);
  if (!reply) {
    trouble_ = "STARTTLS: " + conversation_.trouble();
    co_return Opening::unreachable;
  }
  if (reply->temporary() && !must) co_return Opening::ready;  // 454: not now, RFC 3207 §4
  if (!reply->positive()) {
    trouble_ = "STARTTLS: " + reply->text();
    co_return refused(*reply);
  }
  const std::string name = host_.empty() ? "localhost" : host_;
  const bool encrypted = manner_->tls_client && co_await conversation_.start_tls(*manner_->tls_client, name,
                                                                                 manner_->patience.answer);
  if (!encrypted) {
    trouble_ = conversation_.trouble();
    if (conversation_.timed_out()) co_return Opening::unreachable;
    co_return must ? Opening::refuses_us : Opening::tls_failed;
  }
  encrypted_ = true;
  co_return co_await say_hello();  // what was said in clear is forgotten, RFC 3207 §4.2
}

smtp::Offers SmtpClient::offers() const {
  smtp::Offers offers;
  offers.most_octets = features_.most_octets;
  offers.dsn = features_.dsn;
  // Only to a server that proved to be the one that is meant.  RFC 8689 §4.2.1
  offers.requiretls = features_.requiretls && encrypted_ && manner_->tls == settings::MailstoreTls::verify;
  offers.binary = features_.binary && features_.chunking;  // RFC 3030 §3
  return offers;
}

SmtpClient::Features SmtpClient::read_features(const ServerReply& reply) {
  Features features;
  for (std::size_t i = 1; i < reply.lines.size(); ++i) {  // the first line names the server
    const std::string_view line = reply.lines[i];
    const std::string_view keyword = line.substr(0, line.find(' '));
    if (equal_nocase(keyword, "PIPELINING")) features.pipelining = true;
    if (equal_nocase(keyword, "STARTTLS")) features.starttls = true;
    if (equal_nocase(keyword, "8BITMIME")) features.eight_bit = true;
    if (equal_nocase(keyword, "SMTPUTF8")) features.smtputf8 = true;
    if (equal_nocase(keyword, "DSN")) features.dsn = true;
    if (equal_nocase(keyword, "REQUIRETLS")) features.requiretls = true;
    if (equal_nocase(keyword, "CHUNKING")) features.chunking = true;
    if (equal_nocase(keyword, "BINARYMIME")) features.binary = true;
    if (!equal_nocase(keyword, "SIZE")) continue;
    features.size = true;
    const std::string_view number = trim(line.substr(keyword.size()));
    std::from_chars(number.data(), number.data() + number.size(), features.most_octets);
  }
  return features;
}

}  // namespace gateway::delivery
