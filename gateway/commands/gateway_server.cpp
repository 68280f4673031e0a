#include "gateway/commands/gateway_server.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <random>
#include <system_error>
#include <thread>

#include "filters/dnsxl/set_aside.h"
#include "gateway/capture/capture.h"
#include "gateway/commands/descriptor_need.h"
#include "gateway/commands/resolver_choice.h"
#include "gateway/delivery/deliver_or_hold.h"
#include "gateway/delivery/factory.h"
#include "gateway/delivery/offer_probe.h"
#include "gateway/delivery/retrier.h"
#include "gateway/held/door.h"
#include "gateway/held/retention.h"
#include "gateway/journal/day_file.h"
#include "gateway/journal/index/indexer.h"
#include "gateway/journal/note.h"
#include "gateway/journal/verdict_log.h"
#include "gateway/lists/configured.h"
#include "gateway/lists/list_probe.h"
#include "gateway/lists/list_watch.h"
#include "gateway/metrics/gauges.h"
#include "gateway/metrics/tally.h"
#include "gateway/net/run_loop.h"
#include "gateway/pipeline/desk.h"
#include "gateway/review/web_server.h"
#include "gateway/smtp/server.h"
#include "gateway/state/embedded_store.h"
#include "gateway/status/gather.h"

namespace gateway::commands {
namespace {

using settings::Settings;

constexpr unsigned kMostLoops = 16;
constexpr unsigned kWorkers = 4;  // disk and large messages
constexpr std::chrono::seconds kFirstTests{
    1};  // what a start waits for the DNS lists to show that they are in order

Time system_now() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

// The state directory belongs to one gateway at a time.
class StateLock {
 public:
  static Result<std::unique_ptr<StateLock>> take(const settings::Path& state) {
    const auto failed = [&](int code) {
      return Error(
          fmt::format("state directory {}: {}", state.string(), std::generic_category().message(code)), code);
    };
    std::error_code error;
    std::vector<settings::Path> above;  // what gets a new entry: a held message is as safe as the way to it
    for (settings::Path at = std::filesystem::absolute(state); !std::filesystem::exists(at, error);
         at = at.parent_path())
      above.push_back(at.parent_path());
    std::filesystem::create_directories(state / "incoming", error);
    if (error) return failed(error.value());
    for (const settings::Path& directory : above)
      if (const Result<void> synced = delivery::RealDisk().fsync_dir(directory); !synced)
        return synced.error();
    auto lock = std::make_unique<StateLock>();
    lock->file_ = net::Descriptor(::open((state / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (lock->file_.get() < 0) return failed(errno);
    if (::flock(lock->file_.get(), LOCK_EX | LOCK_NB) != 0)
      return Error(fmt::format("state directory {} is in use by another gateway", state.string()));
    return lock;
  }

 private:
  net::Descriptor file_;
};

Result<std::shared_ptr<const net::TlsServer>> load_tls(const Settings& settings) {
  const bool wanted = std::ranges::any_of(settings.listeners, [](const settings::Listener& one) {
    return one.tls != settings::ListenerTls::off;
  });
  if (!wanted && !settings.review_tls) return std::shared_ptr<const net::TlsServer>();
  if (!settings.certificates.empty())
    return net::TlsServer::load(settings.certificates, settings.tls_ciphers);
  const auto made = net::self_signed_certificate(settings.state, settings.hostname);
  if (!made) return made.error();
  return net::TlsServer::load(std::span(&*made, 1), settings.tls_ciphers);
}

// What cannot be written is told now, not with the first record.
Result<void> prepare_journal(const settings::Path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return Error(fmt::format("journal directory {}: {}", directory.string(), error.message()));
  try {
    journal::DayFile(directory, 0).append(system_now(), {});
  } catch (const std::exception& failed) {
    return Error(fmt::format("journal: {}", failed.what()));
  }
  return {};
}

// One event loop with its thread.  Members go in the reverse order: what sessions use ends after the loop
// that owns them.
struct Loop {
  explicit Loop(const pipeline::Works& works) : desk(works), loop(std::make_unique<asio::io_context>(1)) {}
  ~Loop() {
    server.reset();
    watch.stop();
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  net::Watch watch;
  net::BlockPool blocks{smtp::kInputOctets, smtp::kInputBlocksKept};
  pipeline::FrontDesk desk;
  std::unique_ptr<asio::io_context> loop;
  std::unique_ptr<smtp::Server> server;
  std::thread thread;
};

class Running final : public GatewayServer {
 public:
  Running(asio::io_context& main, std::shared_ptr<pipeline::InForce> in_force)
      : main_(main),
        settings_(in_force->settings),
        first_(std::move(in_force)),
        ids_(settings_->gateway),
        deadline_(main),
        workers_(kWorkers) {}

  ~Running() override {
    stop_loops();
    if (door_) door_->close();
    web_.reset();
    workers_.join();
    list_probe_.reset();
    resolver_.reset();
    retention_.reset();
    door_.reset();
    desk_.reset();
    retrier_.reset();
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
    const unsigned loops = std::clamp(std::thread::hardware_concurrency(), 1u, kMostLoops);
    std::vector<net::BoundSockets> bound;
    for (const settings::Listener& listener : settings_->listeners)
      for (const settings::Endpoint& endpoint : listener.address) {
        auto sockets = net::bind_listener(endpoint, loops);
        if (!sockets) return sockets.error();
        bound.push_back(std::move(*sockets));
      }
    held_ = std::make_unique<delivery::FileHeldStore>(settings_->state, disk_, workers_.get_executor(),
                                                      settings_->limits.min_free);
    if (const Result<void> ready = held_->prepare(); !ready)
      return Error(fmt::format("held messages: {}", ready.error().text()));
    if (const Result<void> ready = equip(*first_); !ready) return ready.error();
    state_ = std::make_unique<state::EmbeddedStore>(settings_->state, disk_, system_now);
    if (const Result<void> ready = prepare_journal(settings_->journal_directory); !ready)
      return ready.error();
    journal_ = std::make_unique<journal::Journal>(
        settings_->journal_directory,
        journal::Keep(settings_->journal_keep_days, settings_->journal_max_size), journal::log_lines);
    if (settings_->journal_index)
      indexer_ = std::make_unique<journal::index::Indexer>(settings_->journal_directory);
    if (settings_->capture.on()) capture_ = std::make_unique<capture::Capture>(settings_->capture);
    journal_->tell_gaps([this] { return ids_.next(); });
    standing_ = std::make_unique<pipeline::Standing>(std::move(first_));
    memory_ = std::make_shared<smtp::MemoryBudget>(settings_->limits.memory);
    connections_ = std::make_shared<net::ConnectionCount>(settings_->limits.connections,
                                                          settings_->limits.connections_per_network);
    see_to_descriptors(*settings_, loops);
    for (unsigned i = 0; i < loops; ++i) tallies_.push_back(std::make_unique<metrics::Tally>());
    if (settings_->review_listen) {
      review_tls_.store(*tls);
      auto web = review::WebServer::start(
          entrance(),
          {{settings_->journal_directory, [this] { return page_status(); },
            [this] { return standing_->now(); }, system_now, held_->directory(delivery::Keep::quarantine),
            door_.get(), [this] { return finishing_.load(); }},
           [this] { return !finishing_; },
           [this] { return figures(); }});
      if (!web) return web.error();
      web_ = std::move(*web);
    }
    test_lists();
    run_loops(loops, std::move(bound), *tls);  // last: behind a start that fails no mail is taken
    return {};
  }

  std::vector<std::string> addresses() const override { return addresses_; }
  std::string review_address() const override {
    if (!web_) return {};
    return settings::Endpoint{settings_->review_listen->ip, web_->port()}.text();
  }

  Result<std::string> reload(std::shared_ptr<pipeline::InForce> next) override {
    const Settings& now = *standing_->now()->settings;
    const Settings& then = *next->settings;
    auto tls = load_tls(then);
    if (!tls) return tls.error();
    if (const Result<void> ready = equip(*next); !ready) return ready.error();
    const std::string restart = needs_restart(now, then);
    review_tls_.store(*tls);
    standing_->replace(next);
    list_health_->use(lists::configured_lists(then));
    if (capture_) capture_->use(then.capture);
    memory_->resize(then.limits.memory);
    connections_->limit(then.limits.connections, then.limits.connections_per_network);
    see_to_descriptors(then, static_cast<unsigned>(loops_.size()));
    for (const auto& session : session_settings(then, *tls))
      for (const auto& loop : loops_) loop->server->reload(session);
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
    unfinished_ = loops_.size() + 2;
    retention_->stop();
    deadline_.expires_after(patience);
    deadline_.async_wait([this](boost::system::error_code error) {
      if (!error && finished_) std::exchange(finished_, nullptr)();
    });
    for (const auto& loop : loops_)
      loop->server->finish([this] { asio::post(main_, [this] { one_finished(); }); });
    retrier_->stop([this] { one_finished(); });
    desk_->stop([this] { one_finished(); });
  }

  std::size_t busy() const override {
    std::size_t all = (retrier_->at_work() ? 1 : 0) + (desk_->at_work() ? 1 : 0);
    for (const auto& loop : loops_) all += loop->server->sessions();
    return all;
  }

  status::Status status() override {
    const auto in_force = standing_->now();
    const Settings& settings = *in_force->settings;
    status::Status now{.version = POSTERN_VERSION,
                       .hostname = settings.hostname,
                       .mode = std::string(name(settings.mode)),
                       .now = system_now(),
                       .started = started_,
                       .memory = status::resident_memory(),
                       .listeners = addresses_,
                       .connections = connections_->now(),
                       .most_connections = settings.limits.connections,
                       .mailstores = status::mailstores_of(settings, servers_),
                       .dns_servers = settings.dns_servers,
                       .dns = resolver_->counts(),
                       .waiting = status::store_in(held_->directory(delivery::Keep::retry)),
                       .quarantine = status::store_in(held_->directory(delivery::Keep::quarantine)),
                       .quarantine_most = settings.quarantine_max_size,
                       .min_free = settings_->limits.min_free,
                       .disks = status::disks_of({settings_->state, settings_->journal_directory}),
                       .journal = journal_->counts(),
                       .index = indexer_ ? std::optional(indexer_->state()) : std::nullopt,
                       .certificates = status::certificates_of(settings),
                       .policy_version = std::string(in_force->policy->version()),
                       .rules = in_force->policy->rule_ids().size()};
    for (auto& [id, why] : list_health_->states()) now.lists.push_back({id, why});
    for (const policy::ListFileState& list : in_force->policy->list_files())
      now.list_files.push_back({list.list, list.file.string(), list.entries});
    std::vector<std::string> on_trial;
    for (const policy::RuleInfo& rule : in_force->policy->rules())
      if (rule.trial && !rule.ended && rule.off.empty()) on_trial.push_back(rule.id);
    now.trials = status::trials_today(settings_->journal_directory, on_trial, now.now);
    return now;
  }

  held::Desk& held() override { return *desk_; }
  asio::any_io_executor workers() override { return workers_.get_executor(); }

  void cut() override {
    stop_loops();
    if (door_) door_->close();
    web_.reset();  // it tells figures of all the others
    workers_.stop();
    workers_.join();
    journal_.reset();
    capture_.reset();
    indexer_.reset();
    state_.reset();
  }

 private:
  // For /metrics, on a thread of the review pages.
  std::string figures() const {
    metrics::Exposition text;
    metrics::tell({.version = POSTERN_VERSION,
                   .policy_version = standing_->now()->policy->version(),
                   .started = started_,
                   .connections = connections_->now(),
                   .message_memory = memory_->taken(),
                   .journal = journal_->counts(),
                   .index = indexer_ ? std::optional(indexer_->state()) : std::nullopt,
                   .dns = resolver_->counts(),
                   .lists_set_aside = list_health_->set_aside(),
                   .state = settings_->state,
                   .retry = held_->directory(delivery::Keep::retry),
                   .quarantine = held_->directory(delivery::Keep::quarantine)},
                  text);
    metrics::Tally::tell(tallies_, text);
    return std::move(text).done();
  }

  // For the pages, on a thread of theirs.
  review::Status page_status() const {
    const auto in_force = standing_->now();
    const auto aside = list_health_->set_aside();
    review::Status status{.version = POSTERN_VERSION,
                          .hostname = in_force->settings->hostname,
                          .mode = std::string(name(in_force->settings->mode)),
                          .policy_version = std::string(in_force->policy->version()),
                          .started = started_,
                          .trials = {},
                          .lists = {},
                          .held = metrics::files_in(held_->directory(delivery::Keep::retry)),
                          .quarantined = metrics::files_in(held_->directory(delivery::Keep::quarantine)),
                          .journal = journal_->counts(),
                          .index = indexer_ ? std::optional(indexer_->state()) : std::nullopt,
                          .dns = resolver_->counts()};
    for (const policy::RuleInfo& rule : in_force->policy->rules())
      if (rule.trial && !rule.ended && rule.off.empty()) status.trials.push_back(rule.id);
    for (const auto& list : lists::configured_lists(*in_force->settings)) {
      const auto why = aside ? filters::dnsxl::set_aside(*aside, list.id) : std::nullopt;
      status.lists.push_back({list.id, std::string(why.value_or(""))});
    }
    return status;
  }

  review::Entrance entrance() {
    review::Entrance entrance{.listen = *settings_->review_listen,
                              .passwords = settings_->review_passwords,
                              .names = settings_->review_names,
                              .proxies = settings_->review_proxies};
    if (settings_->review_tls) entrance.tls = [this] { return review_tls_.load(); };
    return entrance;
  }

  void see_to_descriptors(const Settings& settings, unsigned loops) {
    const net::DescriptorNeed need = descriptor_need(settings, loops);
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

  // What is delivered to, and the retries.
  Result<void> equip(pipeline::InForce& in_force) {
    auto mailstores = delivery::make_mailstores(*in_force.settings, disk_, workers_.get_executor(), servers_);
    if (!mailstores) return mailstores.error();
    in_force.delivery =
        std::make_shared<delivery::Handler>(*mailstores, *held_, in_force.settings->when_unreachable);
    if (retrier_) {
      retrier_->use(*mailstores);
      desk_->use(*mailstores);
      retention_->use(keep_terms(*in_force.settings));
      probe_->look_again();
      return {};
    }
    retrier_ = std::make_unique<delivery::Retrier>(
        main_, *held_, *mailstores, system_now, [random = std::mt19937(std::random_device{}())]() mutable {
          return std::uniform_real_distribution<double>(0, 1)(random);
        });
    const auto record = [this](const journal::Audit& audit) {
      journal_->post(main_.get_executor(), {journal::encode_audit(audit), {}});
    };
    desk_ = std::make_unique<held::Desk>(main_, *held_, *retrier_, *mailstores, settings_->hostname,
                                         system_now, record);
    door_ = std::make_unique<held::Door>(main_, *desk_);
    retention_ = std::make_unique<held::Retention>(main_, *held_, workers_.get_executor(),
                                                   keep_terms(*in_force.settings), settings_->hostname,
                                                   system_now, record);
    retrier_->run();
    retention_->run();
    probe_ = std::make_unique<delivery::OfferProbe>(main_, servers_);
    probe_->run();
    return {};
  }

  static held::KeepTerms keep_terms(const Settings& settings) {
    return {settings.quarantine_keep_days, settings.quarantine_max_size};
  }

  std::vector<std::shared_ptr<const smtp::SessionSettings>> session_settings(
      const Settings& settings, const std::shared_ptr<const net::TlsServer>& tls) const {
    std::vector<std::shared_ptr<const smtp::SessionSettings>> all;
    for (const settings::Listener& listener : settings.listeners)
      for (const settings::Endpoint& endpoint : listener.address)
        all.push_back(std::make_shared<const smtp::SessionSettings>(smtp::SessionSettings{
            settings.hostname, endpoint.text(), listener, settings.limits, settings.trusted, settings.relays,
            listener.tls == settings::ListenerTls::off ? nullptr : tls}));
    return all;
  }

  void run_loops(unsigned count, std::vector<net::BoundSockets> bound,
                 const std::shared_ptr<const net::TlsServer>& tls) {
    pipeline::Works works{*standing_, *resolver_, *state_,          &workers_,         ids_,
                          *journal_,  trouble_,   session_limiter_, list_health_.get()};
    const auto spool = std::make_shared<const smtp::Spool>(
        smtp::Spool{settings_->state / "incoming", workers_.get_executor(), memory_});
    const auto sessions = session_settings(*settings_, tls);
    for (const net::BoundSockets& sockets : bound) addresses_.push_back(sockets.endpoint.text());
    for (unsigned i = 0; i < count; ++i) {
      works.tally = tallies_[i].get();
      works.capture = capture_.get();
      auto loop = std::make_unique<Loop>(works);
      loop->server = std::make_unique<smtp::Server>(*loop->loop, loop->watch, loop->blocks, loop->desk, spool,
                                                    connections_);
      for (std::size_t n = 0; n < bound.size(); ++n)
        loop->server->listen(std::move(bound[n].sockets[i]), sessions[n]);
      loop->watch.run(*loop->loop);
      loops_.push_back(std::move(loop));
    }
    for (const auto& loop : loops_)
      loop->thread = std::thread([context = loop->loop.get()] {
        const auto stay = asio::make_work_guard(*context);
        net::take_long_turns();
        net::warm_memory();
        net::run_loop(*context);
      });
  }

  // Settings that are read once.
  static std::string needs_restart(const Settings& now, const Settings& then) {
    std::vector<std::string_view> names;
    const auto addresses = [](const Settings& settings) {
      std::vector<settings::Endpoint> all;
      for (const settings::Listener& listener : settings.listeners)
        all.insert(all.end(), listener.address.begin(), listener.address.end());
      return all;
    };
    if (addresses(now) != addresses(then)) names.emplace_back("listener.address");
    if (now.state != then.state) names.emplace_back("state");
    if (now.gateway != then.gateway) names.emplace_back("gateway");
    if (now.dns_servers != then.dns_servers || now.dnssec != then.dnssec || now.dns_zone != then.dns_zone)
      names.emplace_back("dns");
    if (now.journal_directory != then.journal_directory || now.journal_keep_days != then.journal_keep_days ||
        now.journal_max_size != then.journal_max_size || now.journal_index != then.journal_index)
      names.emplace_back("journal");
    if (now.capture.on() != then.capture.on() || now.capture.directory != then.capture.directory)
      names.emplace_back("capture");
    if (now.limits.min_free != then.limits.min_free) names.emplace_back("limits.min_free");
    if (now.review_listen != then.review_listen || now.review_passwords != then.review_passwords ||
        now.review_tls != then.review_tls || now.review_names != then.review_names ||
        now.review_proxies != then.review_proxies)
      names.emplace_back("review");
    if (now.control_socket != then.control_socket) names.emplace_back("control.socket");
    if (names.empty()) return {};
    return fmt::format("a restart is needed for {}", fmt::join(names, ", "));
  }

  void stop_loops() {
    for (const auto& loop : loops_) loop->loop->stop();
    for (const auto& loop : loops_)
      if (loop->thread.joinable()) loop->thread.join();
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
  journal::IdMaker ids_;
  std::unique_ptr<state::Store> state_;
  state::TroubleMemory trouble_;
  journal::SessionLimiter session_limiter_{std::random_device{}()};
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<capture::Capture> capture_;         // null: no message is kept for review
  std::unique_ptr<journal::index::Indexer> indexer_;  // null: [journal] index = false
  const std::shared_ptr<lists::ListHealth> list_health_ = std::make_shared<lists::ListHealth>();
  std::unique_ptr<dns::Resolver> resolver_;
  std::unique_ptr<lists::ListProbe> list_probe_;
  std::shared_ptr<smtp::MemoryBudget> memory_;
  std::shared_ptr<net::ConnectionCount> connections_;
  const Time started_ = system_now();
  std::vector<std::unique_ptr<metrics::Tally>> tallies_;  // of each loop
  std::vector<std::string> addresses_;
  std::atomic<bool> finishing_{false};
  std::function<void()> finished_;
  std::size_t unfinished_ = 0;  // loops, the retrier, and the desk
  asio::steady_timer deadline_;
  std::vector<std::unique_ptr<Loop>> loops_;
  asio::thread_pool workers_;
  delivery::ServerBook servers_;
  std::unique_ptr<delivery::FileHeldStore> held_;
  std::unique_ptr<delivery::Retrier> retrier_;
  std::unique_ptr<held::Desk> desk_;
  std::unique_ptr<held::Door> door_;
  std::unique_ptr<held::Retention> retention_;
  std::unique_ptr<delivery::OfferProbe> probe_;
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
