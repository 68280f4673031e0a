#pragma once
// A Mailstore that speaks SMTP or LMTP to its servers, in order of preference.  Loops share it; it must be
// destroyed before they are.

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "gateway/delivery/connection_pool.h"
#include "gateway/delivery/server_book.h"

namespace gateway::delivery {

class SmtpMailstore final : public Mailstore {
 public:
  // `connections`: at most, to each server.
  SmtpMailstore(const std::vector<ServerAddress>& servers, SmtpManner manner, unsigned connections,
                ServerBook& book);
  ~SmtpMailstore() override;

  asio::awaitable<DeliveryReport> deliver(const Parcel& parcel) override;
  smtp::Offers offers() const override;
  std::map<std::string, PoolCounts> connections() const override;

 private:
  struct Server;
  struct Attempt {
    DeliveryReport report;
    bool ask_next = false;  // nothing can have been delivered, another server may do better
  };
  asio::awaitable<Attempt> try_server(Server& server, const Parcel& parcel);
  asio::awaitable<Attempt> try_afresh(Server& server, const Parcel& parcel);
  static Attempt not_opened(const Parcel& parcel, const KnownServer::Opened& opened);

  std::shared_ptr<const SmtpManner> manner_;
  std::vector<std::unique_ptr<Server>> servers_;
};

}  // namespace gateway::delivery
