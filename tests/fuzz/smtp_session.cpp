// A whole session: the real Session, Channel, Protocol and readers between a scripted connection and a strict
// desk.  The input begins with four octets of settings; behind them all octets are what the client says, but
// for 0xff, which with the two octets behind it says what else happens: cuts, time, a client that does not
// read, broken connections.  Afterwards the session is judged as a whole.  dialogue_seeds.py writes such
// inputs.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/smtp/memory_budget.h"
#include "tests/support/dialogue.h"
#include "tests/support/session_bench.h"
#include "tests/support/session_judge.h"

namespace {

using gateway::settings::BareNewline;
using gateway::settings::ListenerTls;
using support::DeskCall;

constexpr std::size_t kSettingsOctets = 4;
constexpr char kEvent = '\xff';
constexpr std::size_t kMostOctets = 300'000;  // that the client says, repeated ones counted
constexpr std::chrono::seconds kGreetingDelay{5};

bool bit(std::uint8_t octet, unsigned number) { return (octet >> number & 1) != 0; }

gateway::smtp::SessionSettings settings(const std::uint8_t* octets) {
  gateway::smtp::SessionSettings made = support::SessionBench::settings();
  const std::uint8_t listener = octets[0];
  made.listener.tls = static_cast<ListenerTls>(listener & 3);
  if (made.listener.tls != ListenerTls::off) made.tls = support::SessionBench::certificate();
  if (bit(listener, 2)) made.listener.bare_newline = BareNewline::refuse;
  const gateway::Network everybody = *gateway::Network::parse("0.0.0.0/0");
  if (bit(listener, 3)) made.listener.proxy_from = {everybody};
  if (bit(listener, 4)) made.listener.xclient_from = {everybody};
  if (bit(listener, 6)) made.listener.greeting_delay = kGreetingDelay;
  const std::uint8_t tight = octets[1];
  if (bit(tight, 7)) made.listener.syntax = gateway::settings::Syntax::lenient;
  gateway::settings::Limits& limits = made.limits;
  if (bit(tight, 0)) limits.command_line = 100, limits.text_line = 120;
  if (bit(tight, 1)) limits.message_size = 700, limits.header_size = 300, limits.header_fields = 6;
  if (bit(tight, 2))
    limits.recipients = limits.refused_recipients = 3, limits.errors = 4, limits.idle_commands = 8;
  if (bit(tight, 3)) limits.message_in_memory = 60;
  if (bit(tight, 4)) limits.memory = 400;
  if (bit(tight, 5)) limits.data_rate = 0;
  return made;
}

support::DeskManner manner(std::uint8_t octet, std::uint8_t throwing) {
  support::DeskManner made;
  for (const auto call :
       {DeskCall::connected, DeskCall::sender, DeskCall::recipient, DeskCall::data, DeskCall::message})
    if (bit(octet, static_cast<unsigned>(call))) made.refuses.insert(call);
  made.for_now = bit(octet, 5);
  made.every_other = bit(octet, 6);
  made.slow = bit(octet, 7);
  if (throwing % 8 != 0 && throwing % 8 < 6) made.throws.insert(static_cast<DeskCall>(throwing % 8 - 1));
  made.spared = throwing / 8;
  return made;
}

class Run {
 public:
  explicit Run(const std::uint8_t* octets) : early_(bit(octets[0], 5)), time_ends_it_(bit(octets[1], 6)) {
    const gateway::smtp::SessionSettings used = settings(octets);
    if (bit(octets[0], 7)) desk_.promises = {0, true, true, true};
    bench_.emplace(used, desk_, *gateway::IpAddress::parse("192.0.2.7"));
    story_.limits = used.limits;
    story_.bare_newline = used.listener.bare_newline;
    story_.lenient = bit(octets[1], 7);
    story_.proxied = bit(octets[0], 3);
    desk_.manner = manner(octets[2], octets[3]);
    if (!early_) start();
  }

  void perform(std::string_view script) {
    for (std::size_t at = 0; at < script.size(); ++at) {
      if (script[at] != kEvent) {
        piece_ += script[at];
        continue;
      }
      const auto octet = [&](std::size_t i) {
        return static_cast<std::uint8_t>(i < script.size() ? script[i] : 0);
      };
      happen(octet(at + 1), octet(at + 2));
      at += 2;
    }
    say();
    start();
    end();
  }

 private:
  void happen(std::uint8_t event, std::uint8_t how) {
    switch (event % 14) {
      case 0: return say(), settle();  // a cut, and the session works
      case 1: return say();            // a cut; the session has had no time
      case 2: return say(), pass(how * std::chrono::seconds(8));
      case 3: return say(), settle(), hang_up();
      case 4: return say(), fail_in(how % 16);
      case 5: return say(), write_at_most(1 + how % 32);
      case 6: return say(), settle(), finish();
      case 7: piece_ += kEvent; return;             // the octet itself
      case 8: return say(), read_at_most(how * 4);  // the client takes that much more
      case 9: return say(), read_at_most(support::Wire::kBoundless), settle();
      case 10: return repeat(std::size_t{how} * 4);
      case 11: return say(), settle(), desk_.go_on(), settle();
      case 12: desk_.manner = manner(how, 0); return;
      case 13: one_by_one_ = how % 2 == 1; return;
    }
  }

  void start() {
    if (!std::exchange(started_, true)) bench_->start();
  }

  void say() {
    std::string piece = std::exchange(piece_, {});
    if (piece.empty() || story_.gone) return;
    const std::size_t size = one_by_one_ ? 1 : piece.size();
    for (std::size_t at = 0; at < piece.size(); at += size) {
      story_.client += piece.substr(at, size);
      story_.borders.insert(story_.client.size());
      bench_->send(piece.substr(at, size));
    }
    if (early_) start();
  }

  void settle() {
    start();
    bench_->settle();
  }

  void pass(std::chrono::seconds time) {
    settle();
    bench_->pass(time);
  }

  void hang_up() {
    if (bench_->wire().window != support::Wire::kBoundless) story_.broken = true;
    story_.gone = true;
    bench_->hang_up();
    bench_->settle();
  }

  void fail_in(unsigned operations) {
    story_.broken = true;
    if (!bench_->wire().fail_at) bench_->wire().fail_at = bench_->wire().operations + operations;
  }

  void write_at_most(unsigned octets) { bench_->wire().most_written_at_once = octets; }

  void read_at_most(std::uint64_t octets) {
    start();
    // A session that ends while its client does not read tries to say why, and may fail.
    const bool bounded = bench_->wire().window != support::Wire::kBoundless;
    story_.broken = story_.broken || (bounded && bench_->over());
    bench_->wire().window = octets;
    bench_->notify();
  }

  void finish() {
    story_.finished = true;
    bench_->session().finish();
    settle();
  }

  void repeat(std::size_t times) {
    if (piece_.empty() || story_.client.size() + piece_.size() + times > kMostOctets) return;
    piece_.append(times, piece_.back());
  }

  // All has been said.  What the session owes by now it must have said; then it must end with its client.
  void end() {
    desk_.manner.slow = false;
    read_at_most(support::Wire::kBoundless);
    pass(2 * kGreetingDelay);
    desk_.go_on();
    settle();
    story_.over = bench_->over();
    story_.server = bench_->take();
    story_.answers = desk_.answers;
    demand(desk_.complaint.empty(), desk_.complaint);
    const std::string complaint = support::judge(story_);
    demand(complaint.empty(), complaint);
    if (time_ends_it_)
      bench_->pass(std::chrono::hours(2));
    else
      bench_->hang_up();
    bench_->settle();
    demand(bench_->over() && bench_->wire().closed, "the session does not end");
    demand(desk_.endings == 1 && desk_.complaint.empty(),
           "the desk is not told of the end: " + desk_.complaint);
    const auto memory = bench_->shared_memory();
    bench_.reset();
    demand(memory->taken() == 0, "memory is not given back");
  }

  void demand(bool good, const std::string& complaint) const {
    if (good) return;
    std::fprintf(stderr, "%s\nclient: %s\nserver: %s\n", complaint.c_str(),
                 support::escaped(story_.client).c_str(), support::escaped(story_.server).c_str());
    __builtin_trap();
  }

  support::StrictDesk desk_;
  std::optional<support::SessionBench> bench_;
  support::SessionStory story_;
  std::string piece_;
  bool early_ = false;
  bool time_ends_it_ = false;
  bool one_by_one_ = false;
  bool started_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < kSettingsOctets) return 0;
  spdlog::set_level(spdlog::level::off);
  Run(data).perform({reinterpret_cast<const char*>(data) + kSettingsOctets, size - kSettingsOctets});
  return 0;
}
