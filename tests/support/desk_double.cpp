#include "tests/support/desk_double.h"

#include <stdexcept>
#include <utility>

#include "gateway/smtp/replies.h"

namespace support {
namespace {

using gateway::Address;
using gateway::Envelope;
using gateway::asio::awaitable;
using gateway::smtp::Client;
using gateway::smtp::Received;
using gateway::smtp::Recipient;
using gateway::smtp::Reply;
namespace replies = gateway::smtp::replies;

class ReceptionDouble final : public gateway::smtp::Reception {
 public:
  explicit ReceptionDouble(DeskDouble& desk) : desk_(desk) {}

  awaitable<std::optional<Reply>> connected(const Client& client) override {
    called("connected", client.ip.text());
    desk_.record.client = client;
    co_return desk_.behaviour.connected;
  }

  awaitable<Reply> sender(const Client& client, const Envelope& envelope) override {
    called("sender", envelope.sender.text());
    if (envelope.requiretls) called("requiretls", "");
    if (!envelope.ret.empty()) called("ret", envelope.ret);
    if (!envelope.envid.empty()) called("envid", envelope.envid);
    desk_.record.client = client;
    envelope_ = envelope;
    header_.reset();
    co_return replies::sender_accepted();
  }

  awaitable<Reply> recipient(const Recipient& said) override {
    const Address& address = said.address;
    called("recipient", address.text());
    if (!said.notify.empty()) called("notify", said.notify);
    if (!said.original.empty()) called("original", said.original);
    const bool ours =
        address.domain().empty() ? !address.is_literal() : address.domain().text() == "example.com";
    if (!ours) co_return Reply(550, "7.1", "Relaying denied");
    if (address.local() == "nobody") co_return Reply(550, "1.1", "No such user");
    envelope_.recipients.push_back(address);
    co_return replies::recipient_accepted();
  }

  bool refused_by_verdict() const override { return desk_.behaviour.verdicts; }

  awaitable<std::optional<Reply>> data() override {
    called("data", "");
    co_return desk_.behaviour.data;
  }

  void header_complete(std::string header) override {
    called("header_complete", "");
    header_ = std::move(header);
  }

  awaitable<Reply> message(Received received) override {
    called("message", "");
    if (!header_) throw std::logic_error("the header section was not told");
    std::string text;
    std::string room(4096, '\0');
    while (text.size() < received.octets->size()) text += received.octets->read(text.size(), room);
    desk_.record.messages.push_back({envelope_, *std::exchange(header_, std::nullopt), std::move(text)});
    envelope_ = {};
    co_return Reply(250, "0.0", "Accepted as " + id());
  }

  void refused(std::string_view what, const Reply& reply, bool) override {
    called("refused", std::string(what) + " " + std::to_string(reply.code()));
  }

  void abandoned(std::string_view why) override { called("abandoned", std::string(why)); }
  void cut_off(const Reply& reply) override { called("cut off", std::to_string(reply.code())); }

  void closed(const gateway::smtp::SessionEnd& end) override {
    called("closed", std::string(gateway::smtp::name(end.how)));
    desk_.record.ends.push_back(support::end_of(end));
  }

  std::string id() const override { return "0123456789AB"; }

 private:
  void called(const std::string& name, const std::string& what) {
    desk_.record.calls.push_back(what.empty() ? name : name + " " + what);
    if (desk_.behaviour.throw_at == name) throw std::runtime_error("the double was told to fail");
  }

  DeskDouble& desk_;
  Envelope envelope_;
  std::optional<std::string> header_;
};

}  // namespace

EndRecord end_of(const gateway::smtp::SessionEnd& end) {
  return {std::string(gateway::smtp::name(end.how)),
          end.client.ip.text(),
          end.commands,
          end.errors,
          std::string(end.last_command),
          std::string(end.last_reply),
          std::string(end.detail)};
}

std::unique_ptr<gateway::smtp::Reception> DeskDouble::open(gateway::asio::any_io_executor) {
  return std::make_unique<ReceptionDouble>(*this);
}

void DeskDouble::turned_away(gateway::asio::any_io_executor, const gateway::smtp::SessionEnd& end) {
  record.calls.push_back("turned away " + std::string(gateway::smtp::name(end.how)));
  record.ends.push_back(end_of(end));
}

}  // namespace support
