#include "gateway/commands/outgoing.h"

#include <fmt/format.h>

#include <random>

#include "gateway/delivery/deliver_or_hold.h"
#include "gateway/delivery/factory.h"

namespace gateway::commands {
namespace {

held::KeepTerms keep_terms(const settings::Settings& settings) {
  return {settings.quarantine_keep_days, settings.quarantine_max_size};
}

}  // namespace

Outgoing::Outgoing(asio::io_context& main, const settings::Settings& settings, delivery::Disk& disk,
                   asio::any_io_executor workers, Recorder record)
    : main_(main),
      disk_(disk),
      workers_(std::move(workers)),
      hostname_(settings.hostname),
      record_(std::move(record)),
      held_(settings.state, disk, workers_, settings.limits.min_free) {}

Result<void> Outgoing::prepare() {
  if (const Result<void> ready = held_.prepare(); !ready)
    return Error(fmt::format("held messages: {}", ready.error().text()));
  return {};
}

Result<void> Outgoing::equip(pipeline::InForce& in_force) {
  const settings::Settings& settings = *in_force.settings;
  auto mailstores = delivery::make_mailstores(settings, disk_, workers_, servers_);
  if (!mailstores) return mailstores.error();
  in_force.delivery = std::make_shared<delivery::Handler>(*mailstores, held_, settings.when_unreachable);
  if (!retrier_) {
    begin(*mailstores, settings);
    return {};
  }
  retrier_->use(*mailstores);
  desk_->use(*mailstores);
  retention_->use(keep_terms(settings));
  probe_->look_again();
  return {};
}

void Outgoing::begin(const delivery::Mailstores& mailstores, const settings::Settings& settings) {
  const auto now = delivery::Handler::system_time;
  retrier_ = std::make_unique<delivery::Retrier>(
      main_, held_, mailstores, now, [random = std::mt19937(std::random_device{}())]() mutable {
        return std::uniform_real_distribution<double>(0, 1)(random);
      });
  desk_ = std::make_unique<held::Desk>(main_, held_, *retrier_, mailstores, hostname_, now, record_);
  door_ = std::make_unique<held::Door>(main_, *desk_);
  retention_ = std::make_unique<held::Retention>(main_, held_, workers_, keep_terms(settings), hostname_, now,
                                                 record_);
  probe_ = std::make_unique<delivery::OfferProbe>(main_, servers_);
  retrier_->run();
  retention_->run();
  probe_->run();
}

void Outgoing::stop(const std::function<void()>& one_done) {
  retrier_->stop(one_done);
  desk_->stop(one_done);
  retention_->stop(one_done);
}

std::size_t Outgoing::at_work() const {
  return (retrier_->at_work() ? 1 : 0) + (desk_->at_work() ? 1 : 0) + (retention_->at_work() ? 1 : 0);
}

void Outgoing::close_door() {
  if (door_) door_->close();
}

void Outgoing::take_apart() {
  retention_.reset();
  door_.reset();
  desk_.reset();
  retrier_.reset();
}

}  // namespace gateway::commands
