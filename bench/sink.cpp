// A mail server on loopback that takes every message and keeps none: what stands behind the gateway while it
// is measured.  Prints how many it took when it is told to stop.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <thread>

#include "bench/connection.h"

namespace {

std::atomic<unsigned long> taken = 0;

void take_mail(bench::Connection& connection) {
  connection.write("220 sink ESMTP\r\n");
  std::string line;
  while (connection.line(line)) {
    const std::string verb = line.substr(0, 4);
    if (verb == "EHLO") {
      connection.write(
          "250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE "
          "100000000\r\n");
    } else if (verb == "DATA") {
      connection.write("354 go ahead\r\n");
      while (connection.line(line) && line != ".") {
      }
      ++taken;
      connection.write("250 2.0.0 taken\r\n");
    } else if (verb == "QUIT") {
      connection.write("221 2.0.0 bye\r\n");
      return;
    } else {
      connection.write("250 2.0.0 fine\r\n");
    }
  }
}

void serve(int listener) {
  for (;;) {
    const int descriptor = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0) continue;
    std::thread([descriptor] {
      try {
        bench::Connection connection(descriptor);
        take_mail(connection);
      } catch (const std::exception&) {  // the gateway closed it
      }
    }).detach();
  }
}

}  // namespace

int main(int argc, char** argv) {
  int port = 2526;
  CLI::App app("An SMTP server on this machine that takes every message and keeps none.");
  app.add_option("--port", port, "on 127.0.0.1")->check(CLI::Range(1, 65535))->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);

  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const sockaddr_in address = bench::loopback(port);
  if (bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener, 1024) != 0) {
    fmt::print(stderr, "postern_sink: port {} is in use\n", port);
    return 1;
  }
  std::thread(serve, listener).detach();
  int signal = 0;
  sigwait(&stop, &signal);
  fmt::print("{} messages taken\n", taken.load());
  std::fflush(stdout);
  _exit(0);
}
