#include "gateway/commands/gateway_server.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <random>

#include "gateway/capture/capture.h"
#include "gateway/commands/descriptor_need.h"
#include "gateway/commands/event_loops.h"
#include "gateway/commands/outgoing.h"
#include "gateway/commands/preparation.h"
#include "gateway/commands/resolver_choice.h"
#include "gateway/commands/restart_needs.h"
#include "gateway/commands/state_lock.h"
#include "gateway/journal/index/indexer.h"
#include "gateway/journal/verdict_log.h"
#include "gateway/lists/configured.h"
#include "gateway/lists/list_probe.h"
#include "gateway/lists/list_watch.h"
#include "gateway/metrics/gauges.h"
#include "gateway/review/web_server.h"
#include "gateway/state/embedded_store.h"
#include "gateway/status/gather.h"

namespace gateway::commands {
namespace {

using settings::Settings;

constexpr unsigned kWorkers = 4;  // disk and large messages
constexpr std::chrono::seconds kFirstTests{
    1};  // what a start waits for the DNS lists to show that they are in order

constexpr std::chrono::seconds kLastWords{1};  // for what sessions have to say that are cut short

Time system_now() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

class Running final : public GatewayServer {
 public:
  Running(asio::io_context& main, std::shared_ptr<pipeline::InForce> in_force)
      : main_(main),
        settings_(in_force->settings),
        first_(std::move(in_force)),
        workers_(kWorkers),
        ids_(settings_->gateway),
        deadline_(main),
        outgoing_(main, *settings_, disk_, workers_.get_executor(), [this](const journal::Audit& audit) {
          journal_->post(main_.get_executor(), {journal::encode_audit(audit), {}});
        }) {}

  ~Running() override {
    loops_.stop();
    outgoing_.close_door();
    web_.reset();
    workers_.join();
    list_probe_.reset();
    resolver_.reset();
    outgoing_.take_apart();
    standing_.reset();
    first_.reset();
  }

  Result<void> open() {
    auto lock = StateLock::take(settings_->state);
    if (!lock) return lock.error();
    lock_ = std::move(*lock);
    auto tls = load_tls(*settings_);
    if (!tls) return tls.error();
    auto resolver = make_resolver(*settings_);
    if (!resolver) return resolver.error();
    resolver_ = std::make_unique<lists::ListWatch>(std::move(*resolver), list_health_);
    if (const Result<void> bound = loops_.bind(*settings_); !bound) return bound.error();
    if (const Result<void> ready = outgoing_.prepare(); !ready) return ready.error();
    if (const Result<void> ready = outgoing_.equip(*first_); !ready) return ready.error();
    state_ = std::make_unique<state::EmbeddedStore>(settings_->state, disk_, system_now);
    if (const Result<void> ready = prepare_journal(settings_->journal_directory); !ready)
      return ready.error();
    journal_ = std::make_unique<journal::Journal>(
        settings_->journal_directory,
        journal::Keep(settings_->journal_keep_days, settings_->journal_max_size), journal::log_lines);
    if (settings_->journal_index)
      indexer_ = std::make_unique<journal::index::Indexer>(settings_->journal_directory);
    capture_ = std::make_unique<capture::Capture>(settings_->capture);
    journal_->tell_gaps([this] { return ids_.next(); });
    standing_ = std::make_unique<pipeline::Standing>(std::move(first_));
    memory_ = std::make_shared<smtp::MemoryBudget>(settings_->limits.memory);
    connections_ = std::make_shared<net::ConnectionCount>(settings_->limits.connections,
                                                          settings_->limits.connections_per_network);
    see_to_descriptors(*settings_);
    if (const Result<void> open = open_pages(*tls); !open) return open.error();
    test_lists();
    run_loops(*tls);  // last: behind a start that fails no mail is taken
    return {};
  }

  std::vector<std::string> addresses() const override {
    std::vector<std::string> all;
    for (const EventLoops::Listening& one : loops_.listening()) all.push_back(one.address);
    return all;
  }
  std::string review_address() const override {
    if (!web_) return {};
    return settings::Endpoint{settings_->review_listen->ip, web_->port()}.text();
  }

  Result<std::string> reload(std::shared_ptr<pipeline::InForce> next) override {
    const Settings& now = *standing_->now()->settings;
    const Settings& then = *next->settings;
    auto tls = load_tls(then);
    if (!tls) return tls.error();
    if (const Result<void> ready = outgoing_.equip(*next); !ready) return ready.error();
    const std::string restart = restart_needs(now, then);
    review_tls_.store(*tls);
    standing_->replace(next);
    list_news_.all_taken(system_now());
    list_health_->use(lists::configured_lists(then));
    capture_->use(then.capture);
    memory_->resize(then.limits.memory);
    connections_->limit(then.limits.connections, then.limits.connections_per_network);
    see_to_descriptors(then);
    loops_.reload(then, *tls);
    return Result<std::string>(boost::system::in_place_value, restart);
  }

  std::shared_ptr<const pipeline::InForce> in_force() const override { return standing_->now(); }

  bool renew(const std::weak_ptr<const pipeline::InForce>& from,
             std::shared_ptr<pipeline::InForce> next) override {
    const auto now = standing_->now();
    if (from.lock() != now) return false;
    next->delivery = now->delivery;
    standing_->replace(std::move(next));
    return true;
  }

  void finish(std::chrono::seconds patience, std::function<void()> done) override {
    finishing_ = true;
    finished_ = std::move(done);
    unfinished_ = loops_.size() + Outgoing::kEnds;
    deadline_.expires_after(patience);
    deadline_.async_wait([this](boost::system::error_code error) {
      if (!error && finished_) std::exchange(finished_, nullptr)();
    });
    loops_.finish([this] { asio::post(main_, [this] { one_finished(); }); });
    outgoing_.stop([this] { one_finished(); });
  }

  std::size_t busy() const override { return outgoing_.at_work() + loops_.sessions(); }

  status::Status status() override {
    status::Status now = gather_status();
    status::count_today(now, settings_->journal_directory);
    return now;
  }

  list_files::News& list_news() override { return list_news_; }
  held::Desk& held() override { return outgoing_.desk(); }
  asio::any_io_executor workers() override { return workers_.get_executor(); }

  void cut() override {
    loops_.cut_short(kLastWords);
    loops_.stop();
    outgoing_.close_door();
    web_.reset();  // it tells figures of all the others
    workers_.stop();
    workers_.join();
    journal_.reset();
    capture_.reset();
    indexer_.reset();
    state_.reset();
  }

 private:
  status::Status gather_status() {
    const auto in_force = standing_->now();
    std::vector<status::ListenerSource> listeners;
    for (const EventLoops::Listening& one : loops_.listening())
      listeners.push_back({one.address, one.count.get()});
    return status::gather({.start = *settings_,
                           .in_force = *in_force,
                           .started = started_,
                           .listeners = std::move(listeners),
                           .connections = *connections_,
                           .memory = *memory_,
                           .resolver = *resolver_,
                           .lists = *list_health_,
                           .list_files = list_news_,
                           .journal = *journal_,
                           .index = indexer_.get(),
                           .servers = outgoing_.servers(),
                           .waiting = outgoing_.directory(delivery::Keep::retry),
                           .quarantine = outgoing_.directory(delivery::Keep::quarantine)});
  }

  // For /metrics, on a thread of the review pages.
  std::string figures() {
    metrics::Exposition text;
    metrics::tell(gather_status(), text);
    metrics::Tally::tell(loops_.tallies(), text);
    return std::move(text).done();
  }

  Result<void> open_pages(const std::shared_ptr<const net::TlsServer>& tls) {
    if (!settings_->review_listen) return {};
    review_tls_.store(tls);
    review::Entrance entrance{.listen = *settings_->review_listen,
                              .passwords = settings_->review_passwords,
                              .names = settings_->review_names,
                              .proxies = settings_->review_proxies};
    if (settings_->review_tls) entrance.tls = [this] { return review_tls_.load(); };
    auto web = review::WebServer::start(
        std::move(entrance),
        {{settings_->journal_directory, [this] { return gather_status(); },
          [this] { return standing_->now(); }, system_now, outgoing_.directory(delivery::Keep::quarantine),
          outgoing_.door(), [this] { return finishing_.load(); }},
         [this] { return !finishing_; },
         [this] { return figures(); }});
    if (!web) return web.error();
    web_ = std::move(*web);
    return {};
  }

  void see_to_descriptors(const Settings& settings) {
    const net::DescriptorNeed need = descriptor_need(settings, loops_.size());
    const net::DescriptorPlan plan = net::raise_descriptor_limit(need);
    connections_->descriptors(plan.ceiling);
    if (plan.enough) return;
    spdlog::warn(
        "event=descriptors_few limit={} needed={} what=\"limits.connections = {} cannot be reached: "
        "raise the hard limit of open files (LimitNOFILE in the systemd unit) or lower it\"",
        plan.limit, need.connections + need.besides, need.connections);
  }

  // The first messages are judged with the lists, too, where these answer in time.
  void test_lists() {
    list_health_->use(lists::configured_lists(*settings_));
    list_probe_ = std::make_unique<lists::ListProbe>(
        main_.get_executor(),
        lists::ListProbe::World{.resolver = *resolver_,
                                .health = list_health_,
                                .random =
                                    [random = std::mt19937(std::random_device{}())]() mutable {
                                      return static_cast<std::uint32_t>(random());
                                    },
                                .from_file = !settings_->dns_zone.empty()});
    list_probe_->run();
    bool done = false;
    asio::co_spawn(main_, list_probe_->first_round(kFirstTests),
                   [&done](std::exception_ptr) { done = true; });
    while (!done && main_.run_one() > 0) {
    }
    main_.restart();
  }

  void run_loops(const std::shared_ptr<const net::TlsServer>& tls) {
    const pipeline::Works works{.standing = *standing_,
                                .resolver = *resolver_,
                                .state = *state_,
                                .workers = &workers_,
                                .ids = ids_,
                                .journal = *journal_,
                                .trouble = trouble_,
                                .session_limiter = session_limiter_,
                                .lists = list_health_.get(),
                                .capture = capture_.get()};
    const auto spool = std::make_shared<const smtp::Spool>(
        smtp::Spool{settings_->state / "incoming", workers_.get_executor(), memory_});
    loops_.run(*settings_, tls, works, spool, connections_);
  }

  void one_finished() {
    if (--unfinished_ > 0 || !finished_) return;
    deadline_.cancel();
    std::exchange(finished_, nullptr)();
  }

  asio::io_context& main_;
  const std::shared_ptr<const Settings> settings_;  // of the start
  std::shared_ptr<pipeline::InForce> first_;
  std::unique_ptr<StateLock> lock_;
  delivery::RealDisk disk_;
  // Its jobs end with the join above, while those they go back to are there.  It goes last of all that may
  // still hold a message, whose file is closed here.
  asio::thread_pool workers_;
  journal::IdMaker ids_;
  std::unique_ptr<state::Store> state_;
  state::TroubleMemory trouble_;
  journal::SessionLimiter session_limiter_{std::random_device{}()};
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<capture::Capture> capture_;
  std::unique_ptr<journal::index::Indexer> indexer_;  // null: [journal] index = false
  const std::shared_ptr<lists::ListHealth> list_health_ = std::make_shared<lists::ListHealth>();
  list_files::News list_news_{system_now()};
  std::unique_ptr<dns::Resolver> resolver_;
  std::unique_ptr<lists::ListProbe> list_probe_;
  std::shared_ptr<smtp::MemoryBudget> memory_;
  std::shared_ptr<net::ConnectionCount> connections_;
  const Time started_ = system_now();
  std::atomic<bool> finishing_{false};
  std::function<void()> finished_;
  std::size_t unfinished_ = 0;  // loops, and the ends of what goes out
  asio::steady_timer deadline_;
  EventLoops loops_;
  Outgoing outgoing_;
  std::unique_ptr<pipeline::Standing> standing_;
  std::atomic<std::shared_ptr<const net::TlsServer>> review_tls_;  // of the last reload
  std::unique_ptr<review::WebServer> web_;
};

}  // namespace

Result<std::unique_ptr<GatewayServer>> GatewayServer::start(asio::io_context& main,
                                                            std::shared_ptr<pipeline::InForce> in_force) {
  auto server = std::make_unique<Running>(main, std::move(in_force));
  const Result<void> opened = server->open();
  if (!opened) return opened.error();
  return std::unique_ptr<GatewayServer>(std::move(server));
}

}  // namespace gateway::commands
