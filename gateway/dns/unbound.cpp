#include "gateway/dns/unbound.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "gateway/dns/forwarder.h"
#include "gateway/dns/second_opinion.h"
#include "gateway/dns/unbound_context.h"
#include "gateway/dns/wire.h"

namespace gateway::dns {
namespace {

using Clock = std::chrono::steady_clock;

struct FreeResult {
  void operator()(ub_result* result) const { ub_resolve_free(result); }
};
using ResultOfUnbound = std::unique_ptr<ub_result, FreeResult>;

constexpr std::size_t kMostRecords = 100;       // of an answer; what is beyond is cut
constexpr std::size_t kMostOctets = 64 * 1024;  // of an answer's data
constexpr std::size_t kMostInLibrary = 2000;    // questions; more wait in our queue
constexpr int kInternet = 1;                    // class IN, RFC 1035 §3.2.4

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
  if (answer.failed()) return answer;  // the TTL of a failure means nothing
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
  Worker(UnboundContext context, int wake, std::chrono::milliseconds patience,
         const std::optional<Forwarder>& again)
      : second_opinion_(again ? std::optional(again->ip) : std::nullopt, again ? again->port : 0),
        context_(std::move(context)),
        wake_(wake),
        patience_(patience) {}

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
      pollfd watched[] = {{wake_, POLLIN, 0},
                          {library_lives ? ub_fd(context_.get()) : -1, POLLIN, 0},
                          {second_opinion_.fd(), POLLIN, 0}};
      if (::poll(watched, std::size(watched), wait_ms()) <= 0) continue;
      if (watched[0].revents != 0) {
        std::uint64_t count;
        [[maybe_unused]] const auto drained = ::read(wake_, &count, sizeof count);
      }
      // Without the library's thread every question ends as a time-out.
      if (watched[1].revents != 0) library_lives = ub_process(context_.get()) == UB_NOERROR;
      if (watched[2].revents != 0) second_opinion_.receive();
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
    if (asked.handler) {
      DnsAnswer found = code == UB_NOERROR && result ? answer_of(asked.question.type, *result)
                                                     : failure(DnsStatus::servfail);
      if (found.status != DnsStatus::servfail || !worker.ask_again(asked)) answer(asked, std::move(found));
    }
    if (worker.given_up_.erase(&asked) == 0) worker.in_library_.erase(asked.number);
  }

  bool ask_again(Asked& asked) {
    const auto handler = [executor = asked.executor, handler = asked.handler](DnsStatus status) {
      asio::post(executor, [handler, status] { handler(failure(status)); });
    };
    return second_opinion_.ask(asked.question, asked.deadline, handler);
  }

  static void answer(Asked& asked, DnsAnswer answer) {
    asio::post(asked.executor, [handler = std::exchange(asked.handler, nullptr),
                                answer = std::move(answer)]() mutable { handler(std::move(answer)); });
  }

  void expire() {
    const auto now = Clock::now();
    second_opinion_.expire(now);
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
    next = std::min(next, second_opinion_.next_deadline().value_or(next));
    if (next == Clock::time_point::max()) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
  }

  // Of the thread alone; the questions stand before the context's callbacks and outlive it.
  std::deque<std::unique_ptr<Asked>> waiting_;
  std::map<std::uint64_t, std::unique_ptr<Asked>> in_library_;
  std::map<const Asked*, std::unique_ptr<Asked>> given_up_;
  std::uint64_t numbers_ = 0;
  SecondOpinion second_opinion_;
  UnboundContext context_;
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
  return std::unique_ptr<UnboundResolver>(new UnboundResolver(std::make_unique<Worker>(
      std::move(*context), wake, options.patience, first_forwarder(options.servers))));
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
