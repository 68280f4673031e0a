#pragma once
// The configuration, typed, with its defaults: config/postern.toml says the same in the administrator's
// words.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "filters/attachments/limits.h"
#include "filters/dnsxl/list.h"
#include "filters/greylist/terms.h"

#include "gateway/vocabulary.h"
#include "policy/diagnostic.h"
#include "policy/verdict.h"

namespace gateway::settings {

using Path = std::filesystem::path;
using std::chrono::seconds;

struct Endpoint {  // "192.0.2.1:25", "[::1]:25"
  IpAddress ip;
  std::uint16_t port = 0;
  std::string text() const;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

enum class ListenerTls { off, starttls, required, implicit };
enum class BareNewline { normalize, refuse };
enum class Syntax { strict, lenient };  // of command lines

struct Listener {
  std::vector<Endpoint> address;
  ListenerTls tls = ListenerTls::starttls;
  std::vector<Network> proxy_from;
  std::vector<Network> xclient_from;
  BareNewline bare_newline = BareNewline::normalize;
  Syntax syntax = Syntax::strict;
  std::chrono::milliseconds greeting_delay{0};
};

enum class TlsCiphers { strong, compatible };

struct Certificate {
  Path certificate;
  Path key;
};

struct Recipients {  // of a domain
  enum class Kind { any, file } kind = Kind::any;
  Path file;  // one address a line
  std::shared_ptr<const std::set<std::string, std::less<>>>
      list;  // comparable addresses; null unless kind is file
};

struct LocalDomain {
  std::string mailstore;
  Recipients recipients;
};

enum class MailstoreProtocol { smtp, lmtp, maildir, discard };
enum class MailstoreTls { off, may, verify };

struct MailstoreSettings {
  MailstoreProtocol protocol = MailstoreProtocol::smtp;
  std::vector<std::string> servers;  // "host:port", "[v6]:port", lmtp also "unix:/path"
  MailstoreTls tls = MailstoreTls::may;
  unsigned connections = 10;
  Path path;  // maildir
};

struct Limits {  // DESIGN §8
  std::uint64_t command_line =
      2048;  // octets incl. CRLF; RFC 5321 §4.5.3.1.4 asks for 512, extensions add to it
  std::uint64_t text_line = 1 << 20;
  std::uint64_t header_size = 256 << 10;
  unsigned header_fields = 2000;
  unsigned dkim_signatures = 10;
  unsigned received_fields = 100;
  std::uint64_t message_size = 50'000'000;
  std::uint64_t message_in_memory = 256 << 10;
  std::uint64_t memory = 512'000'000;  // all messages together
  unsigned recipients = 100;           // the least we must accept, RFC 5321 §4.5.3.1.8
  unsigned errors = 10;
  unsigned refused_recipients = 50;
  unsigned idle_commands = 100;
  seconds command_wait{300};     // RFC 5321 §4.5.3.2.7
  seconds data_wait{180};        // RFC 5321 §4.5.3.2.5
  std::uint64_t data_rate = 64;  // octets a second, over a minute
  seconds session{3600};
  unsigned connections = 10'000;
  unsigned connections_per_network = 50;
  double min_free = 0.05;  // share of the disk
};

enum class Mode { enforce, observe, soft };

constexpr std::string_view name(Mode mode) {
  return mode == Mode::observe ? "observe" : mode == Mode::soft ? "soft" : "enforce";
}

std::set<std::string, std::less<>> filters_off_by_default();

enum class WhenUnreachable { hold, defer };

struct CaptureSettings {           // whole messages kept for review; off unless one of the first two says so
  std::vector<std::string> rules;  // that decided
  std::vector<policy::Diagnostic> rule_spots;  // where each of them stands, for what is said of it
  double sample = 0;                           // share of all messages
  unsigned keep_days = 7;
  std::uint64_t max_size = 1'000'000'000;
  Path directory;  // default: state/capture
  bool on() const { return !rules.empty() || sample > 0; }
};

struct Settings {
  Path file;
  std::string hostname;
  std::string authserv_id;
  std::uint8_t gateway = 1;
  Path state = "/var/lib/postern";
  std::vector<Listener> listeners;
  std::vector<Network> trusted;
  std::vector<Network> relays;
  std::vector<Certificate> certificates;  // the first is the default; empty: self-made
  TlsCiphers tls_ciphers = TlsCiphers::strong;
  std::vector<Domain> local_domains;  // of [domains] and local.also, in order
  std::vector<std::string> local_names;
  std::map<Domain, LocalDomain> domains;
  std::vector<Domain> domain_order;  // of [domains], as written: bare postmaster is the first one's
  std::map<std::string, MailstoreSettings> mailstores;
  WhenUnreachable when_unreachable = WhenUnreachable::hold;
  std::vector<Path> policy_files;
  Mode mode = Mode::enforce;
  policy::Disposition policy_default = policy::Disposition::accept;
  seconds trouble_for{4 * 3600};
  bool split_recipients = false;
  std::string footer;
  std::vector<std::string> dns_servers;  // "IP:port"; empty: the system's; "recursive" alone: the roots
  bool dnssec = false;
  Path dns_zone;  // answers from a file instead
  filters::attachments::Limits attachments;
  std::set<std::string, std::less<>> filters_off = filters_off_by_default();
  bool received_spf = false;            // of filter.spf: Received-SPF fields are written
  std::vector<Domain> trusted_sealers;  // of filter.arc
  filters::greylist::Terms greylist;
  seconds senders_kept{365 * 86'400};          // of filter.reputation
  std::vector<filters::dnsxl::DnsList> dnsbl;  // the lists of each of these filters
  std::vector<filters::dnsxl::DnsList> dnswl;
  std::vector<filters::dnsxl::DnsList> dbl;
  Path journal_directory;                // default: state/journal
  std::string journal_subject = "keep";  // keep, hash, omit
  std::vector<Network> journal_ignore;   // probes: no record is kept of them
  unsigned journal_keep_days = 90;
  std::uint64_t journal_max_size = 20'000'000'000;
  bool journal_index = true;  // indexes are kept up with the lines while the gateway runs
  unsigned quarantine_keep_days = 30;
  std::uint64_t quarantine_max_size = 5'000'000'000;
  CaptureSettings capture;
  Limits limits;
  std::optional<Endpoint> review_listen;
  Path review_passwords;  // empty: none are asked for, and only this machine is served
  bool review_tls = false;
  std::vector<std::string> review_names;  // host names under which the pages are asked for
  std::vector<Network> review_proxies;    // reverse proxies, which speak TLS in front
  Path control_socket = "/run/postern/control.sock";

  // What can be read of the file, for checking what it names as well; nullptr when it is no TOML at all.
  static std::shared_ptr<const Settings> read(const Path& file, policy::Diagnostics& diagnostics);
  // Reads and checks the file; all mistakes are reported.  nullptr when one is an error.  Does not read
  // policy files.
  static std::shared_ptr<const Settings> load(const Path& file, policy::Diagnostics& diagnostics);
};

}  // namespace gateway::settings
