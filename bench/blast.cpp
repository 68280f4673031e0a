// Sends one message many times over several connections, on loopback only, and says how fast it was taken.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "bench/connection.h"

namespace {

using Clock = std::chrono::steady_clock;

struct Job {
  int port = 2525;
  unsigned connections = 40;
  unsigned messages = 2000;     // in all
  unsigned per_connection = 1;  // then it is closed and opened again
  unsigned rate = 0;            // messages a second, over all connections; 0: as many as are taken
  std::string file;
  std::string sender = "anna.weber@partner.example";
  std::string recipient = "erika@example.com";
  std::string helo = "mx.partner.example";
  std::string xclient;  // the address we are to be taken for
};

struct Tally {
  std::mutex mutex;
  std::vector<double> milliseconds;         // from MAIL, or from when it was due, to the reply to the message
  std::map<std::string, unsigned> replies;  // by code
  std::string first_error;
};

std::string stuffed(std::string_view message) {
  std::string out;
  bool line_start = true;
  for (const char c : message) {
    if (line_start && c == '.') out += '.';
    out += c;
    line_start = c == '\n';
  }
  if (!out.ends_with("\r\n")) out += "\r\n";
  return out + ".\r\n";
}

class Session {
 public:
  Session(const Job& job) : job_(job), connection_(bench::Connection::dial(job.port)) {
    expect('2');
    say("EHLO " + job.helo, '2');
    if (job.xclient.empty()) return;
    say("XCLIENT ADDR=" + job.xclient + " HELO=" + job.helo, '2');
    say("EHLO " + job.helo, '2');
  }

  // The last reply; envelope and DATA are pipelined.
  std::string send(const std::string& text) {
    connection_.write("MAIL FROM:<" + job_.sender + ">\r\nRCPT TO:<" + job_.recipient + ">\r\nDATA\r\n");
    const std::string sender = reply();
    const std::string recipient = reply();
    const std::string data = reply();
    if (!data.starts_with('3'))
      return recipient.starts_with('2') ? (sender.starts_with('2') ? data : sender) : recipient;
    connection_.write(text);
    return reply();
  }
  void quit() { say("QUIT", '2'); }

 private:
  std::string reply() {
    do {
      if (!connection_.line(line_)) throw std::runtime_error("the server closed the connection");
    } while (line_.size() > 3 && line_[3] == '-');
    return line_;
  }
  void expect(char first) {
    const std::string got = reply();
    if (!got.starts_with(first)) throw std::runtime_error("unexpected reply: " + got);
  }
  void say(const std::string& command, char first) {
    connection_.write(command + "\r\n");
    expect(first);
  }

  const Job& job_;
  bench::Connection connection_;
  std::string line_;
};

// Hands out messages to the threads; at a steady rate, each when it is due, however late the last ones were.
class Supply {
 public:
  explicit Supply(const Job& job) : job_(job), left_(job.messages) {}

  std::optional<Clock::time_point> take() {
    unsigned now = left_.load();
    while (now > 0 && !left_.compare_exchange_weak(now, now - 1)) {
    }
    if (now == 0) return std::nullopt;
    if (job_.rate == 0) return Clock::now();
    const auto due = start_ + std::chrono::nanoseconds(1'000'000'000ull * (job_.messages - now) / job_.rate);
    std::this_thread::sleep_until(due);
    return due;
  }

 private:
  const Job& job_;
  const Clock::time_point start_ = Clock::now();
  std::atomic<unsigned> left_;
};

void work(const Job& job, const std::string& text, Supply& supply, Tally& tally) {
  std::vector<double> milliseconds;
  std::map<std::string, unsigned> replies;
  std::string error;
  unsigned failures = 0;
  std::optional<Clock::time_point> start;
  while (failures < 10 && (start = supply.take())) {
    try {
      Session session(job);
      if (job.rate == 0) start = Clock::now();
      for (unsigned i = 0;;) {
        ++replies[session.send(text).substr(0, 3)];
        milliseconds.push_back(std::chrono::duration<double, std::milli>(Clock::now() - *start).count());
        if (++i >= job.per_connection || !(start = supply.take())) break;
      }
      session.quit();
    } catch (const std::exception& failure) {
      ++replies["broken"];
      ++failures;
      error = failure.what();
    }
  }
  const std::scoped_lock lock(tally.mutex);
  tally.milliseconds.insert(tally.milliseconds.end(), milliseconds.begin(), milliseconds.end());
  for (const auto& [code, count] : replies) tally.replies[code] += count;
  if (tally.first_error.empty()) tally.first_error = error;
}

int run(const Job& job) {
  std::ifstream in(job.file, std::ios::binary);
  const std::string text = stuffed(std::string(std::istreambuf_iterator<char>(in), {}));
  Supply supply(job);
  Tally tally;
  const auto start = Clock::now();
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < job.connections; ++i)
    threads.emplace_back([&] { work(job, text, supply, tally); });
  threads.clear();
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();

  auto& times = tally.milliseconds;
  std::ranges::sort(times);
  const auto at = [&](double share) {
    return times.empty()
               ? 0.0
               : times[std::min(times.size() - 1,
                                static_cast<std::size_t>(share * static_cast<double>(times.size())))];
  };
  fmt::print(
      "{:.0f} messages/s: {} in {:.2f} s over {} connections; latency ms p50 {:.1f} p95 {:.1f} p99 {:.1f}\n",
      static_cast<double>(times.size()) / seconds, times.size(), seconds, job.connections, at(0.5), at(0.95),
      at(0.99));
  fmt::print("replies:");
  for (const auto& [code, count] : tally.replies) fmt::print(" {}: {}", code, count);
  fmt::print("\n");
  if (!tally.first_error.empty()) fmt::print(stderr, "postern_blast: {}\n", tally.first_error);
  return tally.replies.contains("broken") ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  Job job;
  CLI::App app(
      "Sends one message many times to an SMTP server on this machine and says how fast it was taken.");
  app.add_option("--port", job.port, "on 127.0.0.1")->check(CLI::Range(1, 65535))->capture_default_str();
  app.add_option("--connections", job.connections, "at the same time")
      ->check(CLI::Range(1, 500))
      ->capture_default_str();
  app.add_option("--messages", job.messages, "in all")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--per-connection", job.per_connection, "messages before a connection is closed")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  app.add_option("--rate", job.rate, "messages a second, over all connections; 0: as many as are taken")
      ->check(CLI::Range(0, 100'000))
      ->capture_default_str();
  app.add_option("--sender", job.sender, "MAIL FROM")->capture_default_str();
  app.add_option("--recipient", job.recipient, "RCPT TO")->capture_default_str();
  app.add_option("--helo", job.helo, "EHLO")->capture_default_str();
  app.add_option("--xclient", job.xclient, "the client address to be taken for, where XCLIENT is offered");
  app.add_option("message", job.file, "the message, with CRLF line ends")
      ->required()
      ->check(CLI::ExistingFile);
  CLI11_PARSE(app, argc, argv);
  return run(job);
}
