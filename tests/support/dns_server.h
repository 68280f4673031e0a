#pragma once
// A DNS server on a loopback port (UDP and TCP) that says what the test wants, also what no honest one says.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "gateway/vocabulary.h"

namespace support {

struct DnsReply {
  int rcode = 0;
  std::vector<std::string> data;  // rdata of the type asked
  std::uint32_t ttl = 300;
  bool silent = false;     // never answers
  bool truncated = false;  // over UDP: TC and no data, so that the asker comes by TCP
  std::string raw;         // if not empty: these octets behind the id, instead of a message
  std::vector<std::string>
      aliases;  // CNAMEs in front of the data: the first is what the name asked stands for
  std::optional<std::pair<std::uint32_t, std::uint32_t>> soa;  // its TTL and its minimum, RFC 2308 §3
  bool wrong_id = false;             // over UDP: a forgery, of another question, comes before the answer
  std::chrono::milliseconds late{};  // over UDP: so long behind the question; those of others come meanwhile

  static std::string txt(const std::vector<std::string>& strings);
  static std::string name(const std::string& dotted);
  static std::string mx(std::uint16_t preference, const std::string& dotted);
};

class DnsServer {
 public:
  using Answer = std::function<DnsReply(const policy::DnsQuestion&)>;

  // `answer` is called on the server's thread.
  explicit DnsServer(Answer answer);
  ~DnsServer();
  DnsServer(const DnsServer&) = delete;
  DnsServer& operator=(const DnsServer&) = delete;

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  unsigned udp_queries() const { return udp_queries_; }
  unsigned tcp_queries() const { return tcp_queries_; }

 private:
  struct Late;
  void serve();
  void serve_udp(std::multimap<std::chrono::steady_clock::time_point, Late>& late);
  void serve_tcp();

  Answer answer_;
  int udp_ = -1, tcp_ = -1, stop_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<unsigned> udp_queries_{0}, tcp_queries_{0};
  std::thread thread_;
};

}  // namespace support
