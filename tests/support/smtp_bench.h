#pragma once
// An SMTP mailstore client on a loop of its own, and its report in a line.

#include <boost/asio/thread_pool.hpp>
#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "gateway/delivery/smtp_mailstore.h"
#include "tests/support/parcels.h"

namespace support {

constexpr std::chrono::milliseconds kShort{150};    // where a test waits for the end of patience
constexpr std::chrono::milliseconds kLong{20'000};  // where it must not

class SmtpBench {
 public:
  explicit SmtpBench(std::chrono::milliseconds answer = kLong, std::chrono::milliseconds after_dot = kLong) {
    std::signal(SIGPIPE, SIG_IGN);
    manner_.our_name = "mx.example.com";
    manner_.tls = gateway::settings::MailstoreTls::off;
    manner_.patience = {answer, after_dot};
    manner_.workers = pool_.get_executor();
  }
  gateway::delivery::SmtpManner& manner() { return manner_; }
  gateway::asio::io_context& loop() { return loop_; }

  void open(const std::vector<std::string>& servers, unsigned connections = 10) {
    std::vector<gateway::delivery::ServerAddress> addresses;
    for (const std::string& server : servers)
      addresses.push_back(gateway::delivery::ServerAddress::parse(server).value());
    mailstore_ = std::make_unique<gateway::delivery::SmtpMailstore>(addresses, manner_, connections, book_);
  }
  void close() { mailstore_.reset(); }
  gateway::delivery::DeliveryReport deliver(const gateway::delivery::Parcel& parcel) {
    return await(loop_, mailstore_->deliver(parcel));
  }
  gateway::delivery::ServerBook& book() { return book_; }
  gateway::delivery::SmtpMailstore& mailstore() { return *mailstore_; }

 private:
  gateway::asio::io_context loop_;
  gateway::asio::thread_pool pool_{1};
  gateway::delivery::SmtpManner manner_;
  gateway::delivery::ServerBook book_;
  std::unique_ptr<gateway::delivery::SmtpMailstore> mailstore_;
};

inline std::string fates(const gateway::delivery::DeliveryReport& report) {
  std::string text;
  for (const gateway::delivery::Delivered& copy : report.recipients) {
    if (!text.empty()) text += ", ";
    text += name(copy.fate);
    if (copy.code != 0) text += " " + std::to_string(copy.code);
  }
  if (report.unreachable) text += "; unreachable";
  if (report.refuses_us) text += "; refuses us";
  return text;
}

}  // namespace support
