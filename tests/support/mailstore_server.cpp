#include "tests/support/mailstore_server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

namespace support {

struct MailstoreServer::Connection {
  int socket = -1;
  gateway::net::SslPtr ssl;
  std::string input;
  std::thread thread;

  ~Connection() { ::close(socket); }

  bool say(const std::string& text) {
    if (ssl) return SSL_write(ssl.get(), text.data(), static_cast<int>(text.size())) > 0;
    return ::send(socket, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
  }
  std::optional<std::string> line() {
    for (;;) {
      const std::size_t end = input.find("\r\n");
      if (end != std::string::npos) {
        std::string text = input.substr(0, end);
        input.erase(0, end + 2);
        return text;
      }
      if (!more()) return std::nullopt;
    }
  }
  bool more() {
    char room[16384];
    const auto got = ssl ? SSL_read(ssl.get(), room, sizeof room) : ::recv(socket, room, sizeof room, 0);
    if (got > 0) input.append(room, static_cast<std::size_t>(got));
    return got > 0;
  }
  std::optional<std::string> octets(std::size_t count) {
    while (input.size() < count)
      if (!more()) return std::nullopt;
    std::string text = input.substr(0, count);
    input.erase(0, count);
    return text;
  }
  void end() { ::shutdown(socket, SHUT_RDWR); }
  // False when the connection is over.
  bool answer(const ServerManner& manner, const std::vector<std::string>& keys, const std::string& usual) {
    std::string text = usual;
    for (const std::string& key : keys) {
      const auto found = manner.answers.find(key);
      if (found == manner.answers.end()) continue;
      text = found->second;
      break;
    }
    if (text == kHangUp) {
      end();
      return false;
    }
    if (text == kStall) {
      while (line()) {
      }
      return false;
    }
    return say(text + "\r\n");
  }
};

MailstoreServer::MailstoreServer(std::vector<ServerManner> manners) : manners_(std::move(manners)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("the mailstore double cannot listen");
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept(); });
}

MailstoreServer::~MailstoreServer() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  hang_up();
  for (const auto& connection : open_) connection->thread.join();
}

std::string MailstoreServer::address() const { return "127.0.0.1:" + std::to_string(port_); }

std::vector<MailstoreServer::Stored> MailstoreServer::stored() const {
  const std::lock_guard lock(mutex_);
  return stored_;
}

std::vector<std::string> MailstoreServer::commands() const {
  const std::lock_guard lock(mutex_);
  return commands_;
}

void MailstoreServer::hang_up() {
  const std::lock_guard lock(mutex_);
  for (const auto& connection : open_) connection->end();
}

void MailstoreServer::accept() {
  for (;;) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const std::size_t number = connections_++;
    const ServerManner& manner = manners_[std::min(number, manners_.size() - 1)];
    const std::lock_guard lock(mutex_);
    open_.push_back(std::make_unique<Connection>());
    Connection& connection = *open_.back();
    connection.socket = socket;
    connection.thread = std::thread([this, &connection, &manner] {
      serve(connection, manner);
      connection.end();
    });
  }
}

void MailstoreServer::serve(Connection& connection, const ServerManner& manner) {
  Stored message;
  if (!connection.answer(manner, {"greeting"}, "220 mailstore")) return;
  while (const std::optional<std::string> command = connection.line()) {
    const std::string verb = command->substr(0, command->find(' '));
    {
      const std::lock_guard lock(mutex_);
      commands_.push_back(*command);
    }
    const std::vector<std::string> keys{*command, verb};
    std::string usual = "250 Ok";
    if (verb == "EHLO" || verb == "LHLO") {
      usual = "250-mailstore";
      for (const std::string& feature : manner.features) usual += "\r\n250-" + feature;
      if (manner.tls && !connection.ssl) usual += "\r\n250-STARTTLS";
      usual += "\r\n250 HELP";
    }
    if (verb == "QUIT") usual = "221 bye";
    if (verb == "STARTTLS") usual = "220 go on";
    if (verb == "DATA") usual = message.recipients.empty() ? "503 no recipient" : "354 go on";
    if (verb == "BDAT") {  // one chunk, the last
      std::optional<std::string> chunk = connection.octets(std::stoul(command->substr(5)));
      if (!chunk) return;
      message.text = *std::move(chunk);
      message.in_chunks = true;
      if (!finish(connection, manner, message)) return;
      continue;
    }
    const bool refused = manner.answers.contains(*command) || manner.answers.contains(verb);
    if (!connection.answer(manner, keys, usual)) return;
    if (verb == "QUIT") return;
    if (verb == "STARTTLS" && manner.tls && !refused) {
      connection.ssl = manner.tls->accept_on(connection.socket);
      if (SSL_accept(connection.ssl.get()) != 1) return;
    }
    if (verb == "RSET") message = {};
    if (verb == "MAIL" && !refused) message.sender = *command;
    if (verb == "RCPT" && !refused) message.recipients.push_back(command->substr(8));
    const bool data = verb == "DATA" &&
                      (refused ? manner.answers.at("DATA").starts_with("354") : !message.recipients.empty());
    if (!data) continue;
    for (bool first = true;; first = false) {
      std::optional<std::string> line = connection.line();
      if (!line) return;
      if (first && manner.answers.contains("data") && !connection.answer(manner, {"data"}, "")) return;
      if (*line == ".") break;
      message.text += (line->starts_with('.') ? line->substr(1) : *line) + "\r\n";
    }
    if (!finish(connection, manner, message)) return;
  }
}

bool MailstoreServer::finish(Connection& connection, const ServerManner& manner, Stored& message) {
  message.under_tls = connection.ssl != nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (!message.recipients.empty()) stored_.push_back(message);
  }
  const std::vector<std::string> recipients = std::exchange(message, {}).recipients;
  if (!manner.lmtp) return connection.answer(manner, {"dot"}, "250 2.0.0 queued as Q1");
  return std::all_of(recipients.begin(), recipients.end(), [&](const std::string& recipient) {
    return connection.answer(manner, {"dot " + recipient, "dot"}, "250 2.0.0 queued");
  });
}

}  // namespace support
