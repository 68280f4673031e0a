#include "gateway/commands/serve.h"

#include <fmt/format.h>
#include <malloc.h>
#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <csignal>
#include <cstdlib>
#include <exception>

#include "gateway/commands/configuration.h"
#include "gateway/commands/gateway_server.h"
#include "gateway/control/readiness.h"
#include "gateway/control/server.h"
#include "gateway/delivery/disk.h"
#include "gateway/held/answers.h"
#include "gateway/journal/verdict_log.h"
#include "gateway/list_files/keeper.h"
#include "gateway/net/run_loop.h"
#include "gateway/status/json.h"
#include "gateway/status/text.h"

namespace gateway::commands {
namespace {

constexpr int kBadConfiguration = 78;  // EX_CONFIG, sysexits.h
constexpr std::chrono::seconds kDrain{30};
constexpr std::size_t kLogQueue = 8192;  // lines; more are dropped, the oldest first

// Messages of some hundred kB come and go.  Left alone, glibc gives their pages back to the kernel after each
// one, and the next pays for them again: at 250 kB that was two thirds of all the processor's time.
void set_up_memory() {
  mallopt(M_MMAP_THRESHOLD, 4 << 20);
  mallopt(M_TRIM_THRESHOLD, 8 << 20);  // of each arena, of which there is about one for each thread
  mallopt(M_TOP_PAD, 1 << 20);
  // Fast bins are emptied whenever a block of more than 1 kB is asked for, which each message does.
  mallopt(M_MXFAST, 0);
}

// Sessions hand their lines to one thread: standard error may be slow.
void set_up_logs() {
  spdlog::init_thread_pool(kLogQueue, 1);
  const auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  const auto policy = spdlog::async_overflow_policy::overrun_oldest;
  auto log = std::make_shared<spdlog::async_logger>("postern", sink, spdlog::thread_pool(), policy);
  spdlog::set_default_logger(std::move(log));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  const auto verdicts = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  auto plain = std::make_shared<spdlog::async_logger>(journal::kVerdictLogger, verdicts,
                                                      spdlog::thread_pool(), policy);
  plain->set_pattern("%v");
  spdlog::register_logger(std::move(plain));
  spdlog::flush_every(std::chrono::seconds(1));
}

Configuration load(const ServeOptions& options, policy::Diagnostics& diagnostics) {
  std::optional<settings::Mode> mode;
  if (options.mode)
    mode = *options.mode == "observe" ? settings::Mode::observe
           : *options.mode == "soft"  ? settings::Mode::soft
                                      : settings::Mode::enforce;
  return load_configuration(options.config, diagnostics, mode);
}

// The main thread's part: signals, the control socket, reload and the end.
class Watchman {
 public:
  Watchman(const ServeOptions& options, asio::io_context& loop, asio::signal_set& signals,
           GatewayServer& server)
      : options_(options),
        loop_(loop),
        server_(server),
        signals_(signals),
        lists_(
            {.loop = loop.get_executor(),
             .reader = reader_.get_executor(),
             .in_force = [this] { return server_.in_force(); },
             .replace = [this](const auto& from, auto next) { return server_.renew(from, std::move(next)); },
             .now = [] { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); },
             .news = &server.list_news()}) {
    wait_for_signal();
    lists_.run();
  }

  asio::awaitable<boost::json::object> on_command(boost::json::object request, control::Peer peer) {
    const std::string command = text_of(request, "command");
    if (command == "reload") co_return co_await reload();
    if (command == "status") co_return co_await status();
    if (held::is_request(command))
      co_return co_await held::answer(server_.held(), server_.workers(), std::move(request), peer);
    if (command == "take_list") co_return co_await take_list(request);
    boost::json::object unknown{{"ok", false}, {"error", "unknown command"}};
    co_return unknown;
  }

 private:
  static std::string text_of(const boost::json::object& request, std::string_view key) {
    const auto* value = request.if_contains(key);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
  }

  void wait_for_signal() {
    signals_.async_wait([this](boost::system::error_code error, int number) {
      if (error) return;
      wait_for_signal();  // first: the next one is heard whatever becomes of this one
      if (number == SIGHUP)
        asio::co_spawn(loop_, reload(), [](const std::exception_ptr& failed, const boost::json::object&) {
          if (failed) std::rethrow_exception(failed);
        });
      else if (!std::exchange(finishing_, true))
        finish();
      else
        loop_.stop();  // asked twice
    });
  }

  asio::awaitable<boost::json::object> status() {
    const auto gather = [this] { return server_.status(); };
    const status::Status now = co_await delivery::off_loop(server_.workers(), gather);
    const std::vector<status::Finding> findings = status::judge(now);
    boost::json::object answer{{"ok", true}, {"code", static_cast<int>(status::level_of(findings))}};
    answer["first"] = status::first_line(now, findings);
    boost::json::array lines;
    for (const status::Finding& one : findings)
      lines.push_back(boost::json::array{std::string(status::name(one.level)), printable(one.what, 1000)});
    for (const auto& [name, value] : status::lines(now)) lines.push_back(boost::json::array{name, value});
    answer["lines"] = std::move(lines);
    answer["status"] = boost::json::parse(status::to_json(now));
    co_return answer;
  }

  // A list file that a person has just changed.
  asio::awaitable<boost::json::object> take_list(const boost::json::object& request) {
    const auto* number = request.if_contains("taken_out");
    const std::size_t taken_out = number && number->is_int64() && number->get_int64() > 0
                                      ? static_cast<std::size_t>(number->get_int64())
                                      : 0;
    const list_files::Keeper::Taken taken = co_await lists_.take(text_of(request, "file"), taken_out);
    boost::json::object answer{{"ok", !taken.lists.empty()}, {"policy_version", taken.policy_version}};
    boost::json::object kept;
    for (const policy::ListReading& one : taken.lists)
      if (!one.kept.empty()) kept[one.list] = printable(one.kept, 1000);
    answer["kept"] = std::move(kept);
    co_return answer;
  }

  struct Reading {
    policy::Diagnostics diagnostics;
    Configuration read;
  };

  // The files are read, and the policy's tests run, on a thread of their own, one reload after the other:
  // retries and commands go on meanwhile.
  asio::awaitable<boost::json::object> reload() {
    control::notify_systemd("RELOADING=1");
    const Reading reading = co_await asio::co_spawn(reader_, read(options_), asio::use_awaitable);
    boost::json::object answer = take(reading);
    control::notify_systemd("READY=1");
    co_return answer;
  }

  static asio::awaitable<Reading> read(const ServeOptions& options) {
    Reading reading;
    reading.read = load(options, reading.diagnostics);
    co_return reading;
  }

  boost::json::object take(const Reading& reading) {
    const policy::Diagnostics& diagnostics = reading.diagnostics;
    const auto& next = reading.read.in_force;
    const auto before = server_.in_force();
    boost::json::object answer{{"ok", false}, {"diagnostics", diagnostics.render()}};
    if (!next) {
      spdlog::error("event=reload_refused why=\"the files have mistakes; the running configuration stays\"");
      for (const policy::Diagnostic& one : diagnostics.all()) spdlog::error("{}", policy::render(one));
    } else if (const auto done = server_.reload(next); !done) {
      spdlog::error("event=reload_refused why=\"{}\"", done.error().text());
      answer["error"] = done.error().text();
    } else {
      spdlog::info("event=reloaded policy={}{}{}", next->policy->version(),
                   done->empty() ? "" : " note=", *done);
      std::string note = *done;
      for (const policy::ListReading& one : list_files::shrunk(*before->policy, *next->policy)) {
        spdlog::warn("event=list_shrunk list={} file=\"{}\" entries={} before={}", one.list,
                     printable(one.file.string()), one.found, one.before);
        note += fmt::format("{}list '{}' has {} entries, and had {}", note.empty() ? "" : "; ", one.list,
                            one.found, one.before);
      }
      answer["ok"] = true;
      answer["note"] = note;
      answer["policy_version"] = std::string(next->policy->version());
    }
    return answer;
  }

  void finish() {
    control::notify_systemd("STOPPING=1");
    spdlog::info("event=stopping why=\"asked to; sessions may finish\"");
    server_.finish(kDrain, [this] { loop_.stop(); });
  }

  const ServeOptions& options_;
  asio::io_context& loop_;
  GatewayServer& server_;
  asio::signal_set& signals_;
  asio::thread_pool reader_{1};
  list_files::Keeper lists_;
  bool finishing_ = false;
};

void announce(const pipeline::InForce& in_force, const GatewayServer& server) {
  const settings::Settings& settings = *in_force.settings;
  for (const std::string& address : server.addresses()) spdlog::info("event=listening smtp={}", address);
  if (!server.review_address().empty())
    spdlog::info("event=listening review={}://{}/", settings.review_tls ? "https" : "http",
                 server.review_address());
  if (settings.mode != settings::Mode::enforce)
    spdlog::warn("event=mode mode={} what=\"{}\"", name(settings.mode),
                 settings.mode == settings::Mode::observe ? "nothing is refused by rules"
                                                          : "rules refuse for now only");
  for (const auto& [mailstore_name, mailstore] : settings.mailstores)
    if (mailstore.protocol == settings::MailstoreProtocol::discard)
      spdlog::warn("event=discard mailstore={} what=\"EVERY MESSAGE FOR IT IS TAKEN AND THROWN AWAY\"",
                   mailstore_name);
  spdlog::info("event=started hostname={} policy={}", settings.hostname, in_force.policy->version());
}

}  // namespace

int serve(const ServeOptions& options) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes with write()
  set_up_memory();
  policy::Diagnostics diagnostics;
  auto in_force = load(options, diagnostics).in_force;
  fmt::print(stderr, "{}", diagnostics.render());
  if (!in_force) {
    fmt::print(stderr, "postern serve: {} is not usable; nothing was started\n", options.config);
    return kBadConfiguration;
  }
  set_up_logs();
  int status = 0;
  {
    asio::io_context loop(1);
    // From here on: a SIGHUP that comes while we start waits, it does not end the process.
    asio::signal_set signals(loop, SIGTERM, SIGINT, SIGHUP);
    auto server = GatewayServer::start(loop, in_force);
    if (!server) {
      fmt::print(stderr, "postern serve: {}\n", server.error().text());
      spdlog::shutdown();
      return 1;
    }
    Watchman watchman(options, loop, signals, **server);
    auto control = control::Server::open(loop, in_force->settings->control_socket,
                                         [&](boost::json::object request, control::Peer peer) {
                                           return watchman.on_command(std::move(request), peer);
                                         });
    if (!control) {
      fmt::print(stderr, "postern serve: {}\n", control.error().text());
      status = 1;
    } else {
      announce(*in_force, **server);
      in_force.reset();
      control::notify_systemd("READY=1");
      net::run_loop(loop);
      spdlog::info("event=stopped sessions_cut={}", (*server)->busy());
    }
    if ((*server)->busy() > 0) {
      // Sessions still hold what would be taken apart: nothing was promised to them, so they just end.
      if (control) control->reset();
      (*server)->cut();
      spdlog::shutdown();
      std::_Exit(status);
    }
  }
  spdlog::shutdown();
  return status;
}

}  // namespace gateway::commands
