#include "gateway/dns/unbound.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unbound.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <charconv>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "gateway/dns/wire.h"

namespace gateway::dns {
namespace {

using Clock = std::chrono::steady_clock;

struct FreeContext {
  void operator()(ub_ctx* context) const { ub_ctx_delete(context); }
};
using Context = std::unique_ptr<ub_ctx, FreeContext>;

struct FreeResult {
  void operator()(ub_result* result) const { ub_resolve_free(result); }
};
using ResultOfUnbound = std::unique_ptr<ub_result, FreeResult>;

constexpr std::size_t kMostRecords = 100;       // of an answer; what is beyond is cut
constexpr std::size_t kMostOctets = 64 * 1024;  // of an answer's data
constexpr std::size_t kMostInLibrary = 2000;    // questions; more wait in our queue
constexpr int kInternet = 1;                    // class IN, RFC 1035 §3.2.4

// The zones libunbound would answer from itself; a mail gateway inside a company network needs the real ones.
constexpr const char* kBuiltIn[] = {"test.", "invalid.", "localhost.", "home.arpa."};

std::vector<std::string> private_reverse_zones() {
  std::vector<std::string> zones{
      "127.in-addr.arpa.",         "10.in-addr.arpa.",        "168.192.in-addr.arpa.",
      "0.in-addr.arpa.",           "254.169.in-addr.arpa.",   "2.0.192.in-addr.arpa.",
      "100.51.198.in-addr.arpa.",  "113.0.203.in-addr.arpa.", "255.255.255.255.in-addr.arpa.",
      "8.b.d.0.1.0.0.2.ip6.arpa.", "d.f.ip6.arpa.",           "8.e.f.ip6.arpa.",
      "9.e.f.ip6.arpa.",           "a.e.f.ip6.arpa.",         "b.e.f.ip6.arpa."};
  for (int i = 16; i < 32; ++i) zones.push_back(fmt::format("{}.172.in-addr.arpa.", i));
  for (int i = 64; i < 128; ++i) zones.push_back(fmt::format("{}.100.in-addr.arpa.", i));
  for (const char last : {'0', '1'}) {
    std::string zone(1, last);
    for (int i = 0; i < 31; ++i) zone += ".0";
    zones.push_back(zone + ".ip6.arpa.");
  }
  return zones;
}

constexpr std::pair<const char*, const char*> kOptions[] = {
    {"do-not-query-localhost:", "no"},  // a resolver on this machine is the best there is
    {"outgoing-range:", "256"},         // the library's own default is 16
    {"outgoing-num-tcp:", "32"},       {"msg-cache-size:", "16m"}, {"rrset-cache-size:", "32m"},
    {"infra-keep-probing:", "yes"},  // a server that was down is found again at once
};

// IANA's trust anchors of the root, KSK-2017 and KSK-2024.  RFC 9718
constexpr const char* kTrustAnchors[] = {
    ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",
    ". IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16",
};

// "192.0.2.1:53" → "192.0.2.1@53", as libunbound writes it.
std::optional<std::string> forwarder(std::string_view server) {
  if (const auto ip = IpAddress::parse(server)) return ip->text() + "@53";
  const std::size_t colon = server.rfind(':');
  if (colon == server.npos) return std::nullopt;
  std::string_view host = server.substr(0, colon);
  const std::string_view digits = server.substr(colon + 1);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto ip = IpAddress::parse(host);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (!ip || error != std::errc() || end != digits.data() + digits.size() || port == 0) return std::nullopt;
  if (!ip->is_v4() && !bracketed) return std::nullopt;
  return fmt::format("{}@{}", ip->text(), port);
}

Error failed(std::string_view what, int code) {
  return Error(fmt::format("cannot set up libunbound: {}: {}", what, ub_strerror(code)));
}

Result<Context> make_context(const UnboundOptions& options) {
  Context context(ub_ctx_create());
  if (!context) return Error("cannot set up libunbound: no memory, or no pipe could be opened");
  const auto set = [&](std::string_view what, int code, std::optional<Error>& error) {
    if (code != UB_NOERROR && !error) error = failed(what, code);
  };
  std::optional<Error> error;
  set("logging", ub_ctx_debugout(context.get(), nullptr), error);  // it would write to standard error
  for (const auto& [option, value] : kOptions)
    set(option, ub_ctx_set_option(context.get(), option, value), error);
  set("thread", ub_ctx_async(context.get(), 1), error);

  const bool recursive = options.servers == std::vector<std::string>{"recursive"};
  if (options.servers.empty()) {
    set("/etc/resolv.conf", ub_ctx_resolvconf(context.get(), nullptr), error);
  } else if (!recursive) {
    for (const std::string& server : options.servers) {
      const auto address = forwarder(server);
      if (!address)
        return Error(fmt::format("dns server '{}' is not IP:port, such as 192.0.2.1:53", printable(server)));
      set(server, ub_ctx_set_fwd(context.get(), address->c_str()), error);
    }
  }
  if (options.dnssec || recursive)
    for (const char* anchor : kTrustAnchors) set(anchor, ub_ctx_add_ta(context.get(), anchor), error);

  // Last: this makes the settings final, and what is set later is silently without effect.
  for (const char* zone : kBuiltIn) set(zone, ub_ctx_zone_remove(context.get(), zone), error);
  for (const std::string& zone : private_reverse_zones())
    set(zone, ub_ctx_zone_remove(context.get(), zone.c_str()), error);
  if (error) return *error;
  return context;
}

DnsAnswer failure(DnsStatus status) {
  DnsAnswer answer;
  answer.status = status;
  return answer;
}

DnsStatus status_of(const ub_result& result) {
  constexpr int kNxdomain = 3, kRefused = 5;  // RFC 1035 §4.1.1
  if (result.bogus) return DnsStatus::bogus;
  if (result.rcode == kNxdomain || result.nxdomain) return DnsStatus::nxdomain;
  if (result.rcode == kRefused) return DnsStatus::refused;
  if (result.rcode != 0) return DnsStatus::servfail;
  return result.havedata ? DnsStatus::ok : DnsStatus::nodata;
}

DnsAnswer answer_of(RecordType type, const ub_result& result) {
  DnsAnswer answer;
  answer.status = status_of(result);
  answer.ttl = static_cast<std::uint32_t>(std::max(result.ttl, 0));
  answer.secure = result.secure != 0;
  if (answer.status != DnsStatus::ok) return answer;
  std::vector<std::string_view> all;
  for (std::size_t i = 0; result.data[i]; ++i)
    all.emplace_back(result.data[i], static_cast<std::size_t>(std::max(result.len[i], 0)));
  std::sort(all.begin(), all.end());  // the library rotates them; the same answer shall read the same
  std::size_t octets = 0;
  for (const std::string_view data : all) {
    octets += data.size();
    if (octets > kMostOctets || answer.records.size() == kMostRecords) break;
    if (auto record = read_record(type, data)) answer.records.push_back(std::move(*record));
  }
  if (answer.records.empty()) return failure(DnsStatus::servfail);  // data, and none of it can be read
  return answer;
}

}  // namespace

// The thread that owns the context: everything of libunbound but its own thread happens here.
class UnboundResolver::Worker {
 public:
  Worker(Context context, int wake, std::chrono::milliseconds patience)
      : context_(std::move(context)), wake_(wake), patience_(patience) {}

  ~Worker() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    signal();
    if (thread_.joinable()) thread_.join();
    context_.reset();  // before the questions its callbacks point to
    ::close(wake_);
  }

  void ask(DnsQuestion question, asio::any_io_executor executor, Handler handler) {
    auto asked = std::make_unique<Asked>(Asked{std::move(question), std::move(executor), std::move(handler),
                                               Clock::now() + patience_, 0, this, 0});
    {
      const std::lock_guard lock(mutex_);
      if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
      inbox_.push_back(std::move(asked));
    }
    signal();
  }

 private:
  struct Asked {
    DnsQuestion question;
    asio::any_io_executor executor;
    Handler handler;
    Clock::time_point deadline;
    std::uint64_t number;  // in the order of the questions, so in the order of the deadlines
    Worker* worker;
    int id;  // libunbound's
  };

  void signal() {
    const std::uint64_t one = 1;
    // Fails only when the counter is full, and then the thread is awake anyway.
    [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
  }

  void run() {
    for (bool library_lives = true; take_inbox();) {
      hand_over();
      expire();
      pollfd watched[] = {{wake_, POLLIN, 0}, {library_lives ? ub_fd(context_.get()) : -1, POLLIN, 0}};
      if (::poll(watched, 2, wait_ms()) <= 0) continue;
      if (watched[0].revents != 0) {
        std::uint64_t count;
        [[maybe_unused]] const auto drained = ::read(wake_, &count, sizeof count);
      }
      // Without the library's thread every question ends as a time-out.
      if (watched[1].revents != 0) library_lives = ub_process(context_.get()) == UB_NOERROR;
    }
  }

  bool take_inbox() {
    const std::lock_guard lock(mutex_);
    std::move(inbox_.begin(), inbox_.end(), std::back_inserter(waiting_));
    inbox_.clear();
    return !stop_;
  }

  void hand_over() {
    while (!waiting_.empty() && in_library_.size() < kMostInLibrary) {
      std::unique_ptr<Asked> asked = std::move(waiting_.front());
      waiting_.pop_front();
      asked->number = ++numbers_;
      Asked& it = *asked;
      in_library_.emplace(it.number, std::move(asked));
      const std::string name = presentation(it.question.name);
      const int code = ub_resolve_async(context_.get(), name.c_str(), static_cast<int>(it.question.type),
                                        kInternet, &it, &Worker::on_result, &it.id);
      if (code == UB_NOERROR) continue;
      answer(it, failure(DnsStatus::servfail));
      in_library_.erase(it.number);
    }
  }

  static void on_result(void* data, int code, ub_result* raw) {
    const ResultOfUnbound result(raw);
    auto& asked = *static_cast<Asked*>(data);
    Worker& worker = *asked.worker;
    if (asked.handler)
      answer(asked, code == UB_NOERROR && result ? answer_of(asked.question.type, *result)
                                                 : failure(DnsStatus::servfail));
    if (worker.given_up_.erase(&asked) == 0) worker.in_library_.erase(asked.number);
  }

  static void answer(Asked& asked, DnsAnswer answer) {
    asio::post(asked.executor, [handler = std::exchange(asked.handler, nullptr),
                                answer = std::move(answer)]() mutable { handler(std::move(answer)); });
  }

  void expire() {
    const auto now = Clock::now();
    for (; !waiting_.empty() && waiting_.front()->deadline <= now; waiting_.pop_front())
      answer(*waiting_.front(), failure(DnsStatus::timeout));
    while (!in_library_.empty() && in_library_.begin()->second->deadline <= now) {
      std::unique_ptr<Asked> asked = std::move(in_library_.begin()->second);
      in_library_.erase(in_library_.begin());
      answer(*asked, failure(DnsStatus::timeout));
      // Where it cannot be cancelled its callback may still come, and needs what it points to.
      if (ub_cancel(context_.get(), asked->id) != UB_NOERROR) {
        const Asked* key = asked.get();
        given_up_.emplace(key, std::move(asked));
      }
    }
  }

  int wait_ms() const {
    auto next = Clock::time_point::max();
    if (!waiting_.empty()) next = waiting_.front()->deadline;
    if (!in_library_.empty()) next = std::min(next, in_library_.begin()->second->deadline);
    if (next == Clock::time_point::max()) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
  }

  // Of the thread alone; the questions stand before the context's callbacks and outlive it.
  std::deque<std::unique_ptr<Asked>> waiting_;
  std::map<std::uint64_t, std::unique_ptr<Asked>> in_library_;
  std::map<const Asked*, std::unique_ptr<Asked>> given_up_;
  std::uint64_t numbers_ = 0;
  Context context_;
  const int wake_;
  const std::chrono::milliseconds patience_;

  std::mutex mutex_;
  std::vector<std::unique_ptr<Asked>> inbox_;
  bool stop_ = false;
  std::thread thread_;
};

Result<std::unique_ptr<UnboundResolver>> UnboundResolver::make(const UnboundOptions& options) {
  auto context = make_context(options);
  if (!context) return context.error();
  const int wake = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake < 0)
    return Error(fmt::format("cannot set up the resolver: eventfd: {}", std::strerror(errno)), errno);
  return std::unique_ptr<UnboundResolver>(
      new UnboundResolver(std::make_unique<Worker>(std::move(*context), wake, options.patience)));
}

UnboundResolver::UnboundResolver(std::unique_ptr<Worker> worker) : worker_(std::move(worker)) {}
UnboundResolver::~UnboundResolver() = default;

void UnboundResolver::ask(DnsQuestion question, asio::any_io_executor executor, Handler handler) {
  if (valid_name(question.name))
    return worker_->ask(std::move(question), std::move(executor), std::move(handler));
  // No zone can hold it.
  asio::post(executor, [handler = std::move(handler)] { handler(failure(DnsStatus::nxdomain)); });
}

}  // namespace gateway::dns
