#include "tests/support/strict_desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <optional>
#include <stdexcept>

namespace support {

using gateway::Address;
using gateway::Envelope;
using gateway::asio::awaitable;
using gateway::smtp::Client;
using gateway::smtp::Received;
using gateway::smtp::Reply;

class StrictDesk::OneReception final : public gateway::smtp::Reception {
 public:
  OneReception(StrictDesk& desk, gateway::asio::any_io_executor executor)
      : desk_(desk), gate_(std::move(executor)) {
    desk_.gate_ = &gate_;
  }
  ~OneReception() override {
    if (desk_.gate_ == &gate_) desk_.gate_ = nullptr;
  }

  awaitable<std::optional<Reply>> connected(const Client&) override {
    if (transaction_) desk_.complain("a client is named within a transaction");
    const DeskAnswer* const said = co_await answer(DeskCall::connected);
    co_return permission(said);
  }

  awaitable<Reply> sender(const Client& client, const Envelope&) override {
    if (transaction_) desk_.complain("a sender within a transaction");
    if (client.helo.empty()) desk_.complain("a sender before HELO");
    const DeskAnswer* const said = co_await answer(DeskCall::sender);
    transaction_ = said->code == 250;
    co_return reply(*said);
  }

  awaitable<Reply> recipient(const gateway::smtp::Recipient&) override {
    if (!transaction_ || data_) desk_.complain("a recipient out of order");
    const DeskAnswer* const said = co_await answer(DeskCall::recipient);
    if (said->code == 250) ++recipients_;
    co_return reply(*said);
  }

  awaitable<std::optional<Reply>> data() override {
    if (!transaction_ || data_ || recipients_ == 0) desk_.complain("data out of order");
    const DeskAnswer* const said = co_await answer(DeskCall::data);
    data_ = said->code == 0;
    co_return permission(said);
  }

  void header_complete(std::string header) override {
    if (!data_ || header_) desk_.complain("a header section out of order");
    header_ = std::move(header);
  }

  awaitable<Reply> message(Received received) override {
    if (!data_) desk_.complain("a message out of order");
    const std::string text = read(*received.octets);
    look_at(received, text);
    end();
    DeskAnswer* const said = co_await answer(DeskCall::message);
    said->text = text;
    co_return reply(*said);
  }

  void refused(std::string_view what, const Reply& reply, bool ends) override {
    if (what.empty()) desk_.complain("a refusal without a name");
    if (reply.positive()) desk_.complain("a refusal that refuses nothing");
    if (ends) end();
  }

  void abandoned(std::string_view) override { end(); }
  void cut_off(const Reply&) override { end(); }

  void closed(const gateway::smtp::SessionEnd&) override {
    if (transaction_) desk_.complain("the connection is over within a transaction");
    if (++desk_.endings != 1) desk_.complain("the connection is over twice");
  }

  std::string id() const override { return "0123456789AB"; }

 private:
  awaitable<DeskAnswer*> answer(DeskCall call) {
    if (desk_.manner.slow) {
      gate_.expires_at(gateway::asio::steady_timer::time_point::max());
      boost::system::error_code ignored;
      co_await gate_.async_wait(gateway::asio::redirect_error(gateway::asio::use_awaitable, ignored));
    }
    co_return &desk_.answer(call);  // good until the next call: the session makes one at a time
  }

  static Reply reply(const DeskAnswer& answer) {
    const std::string_view detail = answer.code == 250 ? "0.0" : "7.1";
    return {answer.code, detail, fmt::format("the desk's answer #{}", answer.number)};
  }

  static std::optional<Reply> permission(const DeskAnswer* answer) {
    if (answer->code == 0) return std::nullopt;
    return reply(*answer);
  }

  static std::string read(const gateway::Octets& octets) {
    std::string text;
    std::string room(1000, '\0');
    while (text.size() < octets.size()) text += octets.read(text.size(), room);
    return text;
  }

  void look_at(const Received& received, const std::string& text) {
    if (!header_) return desk_.complain("the header section was not told");
    if (!text.starts_with(*header_)) desk_.complain("the header section is not that of the message");
    const bool ends_there = received.body_offset == text.size() && header_->size() == text.size();
    const bool goes_on =
        received.body_offset == header_->size() + 2 && text.compare(header_->size(), 2, "\r\n") == 0;
    if (!ends_there && !goes_on) desk_.complain("the body begins elsewhere");
  }

  void end() {
    transaction_ = data_ = false;
    recipients_ = 0;
    header_.reset();
  }

  StrictDesk& desk_;
  gateway::asio::steady_timer gate_;
  bool transaction_ = false;
  bool data_ = false;  // permitted: the message is coming in
  unsigned recipients_ = 0;
  std::optional<std::string> header_;
};

std::unique_ptr<gateway::smtp::Reception> StrictDesk::open(gateway::asio::any_io_executor executor) {
  return std::make_unique<OneReception>(*this, std::move(executor));
}

void StrictDesk::turned_away(gateway::asio::any_io_executor, const gateway::smtp::SessionEnd&) {
  if (!answers.empty()) complain("a client is turned away that was let in");
  if (++endings != 1) complain("the connection is over twice");
}

void StrictDesk::go_on() {
  if (gate_ != nullptr) gate_->cancel();
}

DeskAnswer& StrictDesk::answer(DeskCall call) {
  const bool permits = call == DeskCall::connected || call == DeskCall::data;
  DeskAnswer& answer = answers.emplace_back();
  answer.call = call;
  answer.number = static_cast<unsigned>(answers.size());
  answer.threw = manner.throws.contains(call) && answer.number > manner.spared;
  if (answer.threw) throw std::runtime_error("the desk was told to fail");
  answer.code = permits ? 0 : 250;
  const bool this_time = !manner.every_other || answer.number % 2 == 1;
  if (manner.refuses.contains(call) && this_time) {
    answer.code = manner.for_now ? 451 : 550;
    if (call == DeskCall::connected) answer.code = manner.for_now ? 421 : 554;
  }
  return answer;
}

void StrictDesk::complain(std::string_view what) {
  if (complaint.empty()) complaint = what;
}

}  // namespace support
