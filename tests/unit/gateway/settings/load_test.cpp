// Whole configurations that load: the commented default, the least one, and one that sets every member.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "gateway/settings/settings.h"
#include "tests/support/paths.h"
#include "tests/support/temporary_directory.h"

namespace gateway::settings {
namespace {

class LoadSettings : public testing::Test {
 protected:
  Path write(const std::string& name, const std::string& text) {
    const Path path = directory_.path() / name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  std::shared_ptr<const Settings> load(const Path& file) {
    policy::Diagnostics diagnostics;
    auto settings = Settings::load(file, diagnostics);
    rendered_ = diagnostics.render();
    return settings;
  }
  std::shared_ptr<const Settings> load_text(const std::string& text) {
    return load(write("postern.toml", text));
  }

  support::TemporaryDirectory directory_;
  std::string rendered_;
};

constexpr std::string_view kLeast = R"(hostname = "mx.example.com"
[domains."example.com"]
mailstore = "main"
[mailstore.main]
servers = ["10.0.0.5:25"]
)";

// Everything but what has no default, as one text to compare.
std::string described(const Settings& s) {
  std::string text = fmt::format("gateway {} state {}\n", s.gateway, s.state.string());
  for (const Listener& one : s.listeners) {
    for (const Endpoint& endpoint : one.address) text += endpoint.text() + " ";
    text += fmt::format("tls {} proxy {} xclient {} bare {} syntax {} delay {}\n", static_cast<int>(one.tls),
                        one.proxy_from.size(), one.xclient_from.size(), static_cast<int>(one.bare_newline),
                        static_cast<int>(one.syntax), one.greeting_delay.count());
  }
  text += fmt::format("trusted {} relays {} certificates {} ciphers {} names {} also {}\n", s.trusted.size(),
                      s.relays.size(), s.certificates.size(), static_cast<int>(s.tls_ciphers),
                      s.local_names.size(), s.local_domains.size() - s.domains.size());
  for (const auto& [domain, local] : s.domains)
    text +=
        fmt::format("{}: {} {}\n", domain.text(), local.mailstore, static_cast<int>(local.recipients.kind));
  for (const auto& [name, one] : s.mailstores)
    text +=
        fmt::format("{}: protocol {} tls {} connections {} path {}\n", name, static_cast<int>(one.protocol),
                    static_cast<int>(one.tls), one.connections, one.path.string());
  text += fmt::format("unreachable {} policies {} {} mode {} default {} trouble {} split {} footer '{}'\n",
                      static_cast<int>(s.when_unreachable), s.policy_files.size(),
                      s.policy_files.empty() ? "" : s.policy_files[0].filename().string(),
                      static_cast<int>(s.mode), static_cast<int>(s.policy_default), s.trouble_for.count(),
                      s.split_recipients, s.footer);
  text += fmt::format("dns {} {} zone {} off {}\n", s.dns_servers.size(), s.dnssec, s.dns_zone.string(),
                      s.filters_off.size());
  text += fmt::format("journal {} {} {} {} {} quarantine {} {}\n", s.journal_directory.string(),
                      s.journal_keep_days, s.journal_max_size, s.journal_subject, s.journal_ignore.size(),
                      s.quarantine_keep_days, s.quarantine_max_size);
  const Limits& l = s.limits;
  text += fmt::format("limits {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {}\n", l.command_line,
                      l.text_line, l.header_size, l.header_fields, l.dkim_signatures, l.received_fields,
                      l.message_size, l.message_in_memory, l.memory, l.recipients, l.errors,
                      l.refused_recipients, l.idle_commands, l.command_wait.count(), l.data_wait.count(),
                      l.data_rate, l.session.count(), l.connections, l.connections_per_network, l.min_free);
  text += fmt::format("review {} control {}\n", s.review_listen ? s.review_listen->text() : "none",
                      s.control_socket.string());
  return text;
}

TEST_F(LoadSettings, TheCommentedConfigurationSaysTheDefaults) {
  const auto commented = load(support::source_dir() / "config" / "postern.toml");
  ASSERT_TRUE(commented) << rendered_;
  EXPECT_EQ(rendered_, "");
  EXPECT_EQ(commented->hostname, "mx1.example.com");
  const auto least = load_text(std::string(kLeast));
  ASSERT_TRUE(least) << rendered_;
  EXPECT_EQ(rendered_, "");
  EXPECT_EQ(described(*commented), described(*least));
}

TEST_F(LoadSettings, TheCommentedConfigurationKnowsEveryKey) {
  const std::string text = support::file_text(support::source_dir() / "config" / "postern.toml");
  for (const char* key : {"hostname",
                          "authserv_id",
                          "gateway",
                          "state",
                          "address",
                          "tls",
                          "proxy_from",
                          "xclient_from",
                          "bare_newline",
                          "greeting_delay",
                          "syntax",
                          "trusted",
                          "certificate",
                          "key",
                          "ciphers",
                          "also",
                          "names",
                          "mailstore",
                          "recipients",
                          "protocol",
                          "servers",
                          "connections",
                          "path",
                          "when_unreachable",
                          "files",
                          "mode",
                          "default",
                          "trouble_for",
                          "split_recipients",
                          "footer",
                          "dnssec",
                          "zone",
                          "enabled",
                          "directory",
                          "keep_days",
                          "max_size",
                          "subject",
                          "ignore",
                          "listen",
                          "socket"})
    EXPECT_NE(text.find(std::string(key) + " = "), std::string::npos) << key;
}

TEST_F(LoadSettings, TheLeastConfigurationTakesTheNameOfTheMachine) {
  const auto settings = load_text(std::string(kLeast.substr(kLeast.find('['))));
  ASSERT_TRUE(settings) << rendered_;
  EXPECT_TRUE(Domain::parse(settings->hostname)) << settings->hostname;
  EXPECT_EQ(settings->authserv_id, settings->hostname);
  EXPECT_EQ(settings->policy_files, std::vector<Path>{directory_.path() / "policy.toml"});
  EXPECT_EQ(settings->file, directory_.path() / "postern.toml");
}

TEST_F(LoadSettings, EveryMemberCanBeSet) {
  write("people.txt", "Erika Muster\n");
  write("recipients.txt", "Info@example.com\n# none\npostmaster@example.com\n");
  const auto found = load_text(R"(
hostname = "MX.Example.com."
authserv_id = "example.com"
gateway = 7
state = "state"
[[listener]]
address = ["127.0.0.1:2525", "[::1]:2525"]
tls = "required"
proxy_from = ["10.1.0.0/16"]
xclient_from = ["127.0.0.1"]
bare_newline = "refuse"
syntax = "lenient"
greeting_delay = "1500ms"
[[listener]]
address = ["127.0.0.1:4650"]
tls = "implicit"
[networks]
trusted = ["192.0.2.0/24", "2001:db8::/32"]
[tls]
certificate = "a.pem"
key = "/keys/a.pem"
ciphers = "compatible"
[[tls.also]]
certificate = "b.pem"
key = "b.key"
[local]
also = ["parked.example"]
names = { file = "people.txt" }
[domains."zeta.example"]
mailstore = "dir"
[domains."example.com"]
mailstore = "second"
recipients = { file = "recipients.txt" }
[mailstore.second]
protocol = "lmtp"
servers = ["unix:/run/lmtp", "[::1]:24"]
tls = "verify"
connections = 3
[mailstore.dir]
protocol = "maildir"
path = "mail"
[delivery]
when_unreachable = "defer"
[policy]
files = ["a.toml", "/etc/b.toml"]
mode = "soft"
default = "quarantine"
trouble_for = "90s"
split_recipients = true
footer = "Help: https://example.com/mail"
[dns]
servers = ["192.0.2.53", "192.0.2.53:5353", "[2001:db8::53]:53"]
dnssec = true
zone = "zone.toml"
[filter.spf]
enabled = false
[filter.dkim]
enabled = true
[journal]
directory = "journal"
keep_days = 5
max_size = "2GB"
subject = "hash"
ignore = ["192.0.2.9"]
[quarantine]
keep_days = 6
max_size = "3GB"
[limits]
command_line = "1000B"
text_line = "2000B"
header_size = "3kB"
header_fields = 11
dkim_signatures = 12
received_fields = 13
message_size = "14MB"
message_in_memory = "15kB"
memory = "16MB"
recipients = 17
errors = 18
refused_recipients = 19
idle_commands = 20
command_wait = "21s"
data_wait = "22s"
data_rate = "23B"
session = "24s"
connections = 25
connections_per_network = 26
min_free = "27%"
[review]
listen = "[::1]:8026"
[control]
socket = "control.sock"
)");
  ASSERT_TRUE(found) << rendered_;
  EXPECT_EQ(rendered_.substr(0, rendered_.find("\n")).substr(rendered_.find(".toml:")),
            ".toml:55:9: warning: mail that only SPF vouches for fails DMARC now");
  const Settings& s = *found;
  const Path here = directory_.path();
  EXPECT_EQ(s.hostname, "mx.example.com");
  EXPECT_EQ(s.authserv_id, "example.com");
  ASSERT_EQ(s.listeners.size(), 2u);
  EXPECT_EQ(s.listeners[0].proxy_from, std::vector<Network>{*Network::parse("10.1.0.0/16")});
  EXPECT_EQ(s.listeners[0].xclient_from, std::vector<Network>{*Network::parse("127.0.0.1")});
  EXPECT_EQ(s.trusted[1], *Network::parse("2001:db8::/32"));
  ASSERT_EQ(s.certificates.size(), 2u);
  EXPECT_EQ(s.certificates[0].certificate, here / "a.pem");
  EXPECT_EQ(s.certificates[0].key, "/keys/a.pem");
  EXPECT_EQ(s.certificates[1].key, here / "b.key");
  const Domain zeta = *Domain::parse("zeta.example");
  const Domain example = *Domain::parse("example.com");
  EXPECT_EQ(s.domain_order, (std::vector<Domain>{zeta, example}));
  EXPECT_EQ(s.local_domains, (std::vector<Domain>{zeta, example, *Domain::parse("parked.example")}));
  EXPECT_EQ(s.local_names, std::vector<std::string>{"Erika Muster"});
  const Recipients& recipients = s.domains.at(example).recipients;
  EXPECT_EQ(recipients.file, here / "recipients.txt");
  ASSERT_TRUE(recipients.list);
  EXPECT_TRUE(recipients.list->contains("info@example.com"));
  EXPECT_EQ(recipients.list->size(), 2u);
  EXPECT_EQ(s.mailstores.at("second").servers, (std::vector<std::string>{"unix:/run/lmtp", "[::1]:24"}));
  EXPECT_EQ(s.policy_files, (std::vector<Path>{here / "a.toml", "/etc/b.toml"}));
  EXPECT_EQ(s.dns_servers,
            (std::vector<std::string>{"192.0.2.53:53", "192.0.2.53:5353", "[2001:db8::53]:53"}));
  EXPECT_TRUE(s.filters_off.contains("spf"));
  EXPECT_EQ(s.journal_ignore, std::vector{*Network::parse("192.0.2.9")});
  const std::string at = here.string();
  EXPECT_EQ(described(s), fmt::format(R"(gateway 7 state {0}/state
127.0.0.1:2525 [::1]:2525 tls 2 proxy 1 xclient 1 bare 1 syntax 1 delay 1500
127.0.0.1:4650 tls 3 proxy 0 xclient 0 bare 0 syntax 0 delay 0
trusted 2 relays 0 certificates 2 ciphers 1 names 1 also 1
example.com: second 1
zeta.example: dir 0
dir: protocol 2 tls 1 connections 10 path {0}/mail
second: protocol 1 tls 2 connections 3 path 
unreachable 1 policies 2 a.toml mode 2 default 1 trouble 90 split true footer 'Help: https://example.com/mail'
dns 3 true zone {0}/zone.toml off 8
journal {0}/journal 5 2000000000 hash 1 quarantine 6 3000000000
limits 1000 2000 3000 11 12 13 14000000 15000 16000000 17 18 19 20 21 22 23 24 25 26 0.27
review [::1]:8026 control {0}/control.sock
)",
                                      at));
}

TEST_F(LoadSettings, DerivesTheJournalFromTheState) {
  const auto settings = load_text("state = 'var'\n" + std::string(kLeast));
  ASSERT_TRUE(settings) << rendered_;
  EXPECT_EQ(settings->journal_directory, directory_.path() / "var" / "journal");
}

TEST_F(LoadSettings, ReviewAndZoneMayBeEmpty) {
  const auto settings = load_text(std::string(kLeast) + "[review]\nlisten = ''\n[dns]\nzone = ''\n");
  ASSERT_TRUE(settings) << rendered_;
  EXPECT_FALSE(settings->review_listen);
  EXPECT_TRUE(settings->dns_zone.empty());
}

TEST_F(LoadSettings, AsksTheRootsWhenTold) {
  const auto settings = load_text(std::string(kLeast) + "[dns]\nservers = ['recursive']\n");
  ASSERT_TRUE(settings) << rendered_;
  EXPECT_EQ(settings->dns_servers, std::vector<std::string>{"recursive"});
}

TEST_F(LoadSettings, AWarningDoesNotStopIt) {
  const auto settings = load_text(std::string(kLeast) + "[local]\nalso = ['Example.com']\n");
  ASSERT_TRUE(settings) << rendered_;
  EXPECT_NE(rendered_.find("warning: example.com is local already"), std::string::npos) << rendered_;
  EXPECT_EQ(settings->local_domains.size(), 1u);
}

struct Off {
  std::string name;
  std::vector<std::string> filters;
  bool dmarc_off;
  std::string warns;  // part of the warning; "" when there is none
};

TEST_F(LoadSettings, SaysWhatIsLeftOfDmarc) {
  for (const Off& row :
       {Off{"nothing", {}, false, ""}, Off{"dmarc itself", {"dmarc", "from"}, true, ""},
        Off{"from", {"from"}, true, "8:9: warning: the filter 'dmarc' is switched off with it"},
        Off{"spf", {"spf"}, false, "mail that only SPF vouches for fails DMARC"},
        Off{"dkim", {"dkim"}, false, "mail that only DKIM vouches for fails DMARC"},
        Off{"spf and dkim", {"spf", "dkim"}, true, "neither 'spf' nor 'dkim' is left"}}) {
    SCOPED_TRACE(row.name);
    std::string text(kLeast);
    text += "\n\n";
    for (const std::string& filter : row.filters) text += "[filter." + filter + "]\nenabled = false\n";
    const auto settings = load_text(text);
    ASSERT_TRUE(settings) << rendered_;
    EXPECT_EQ(settings->filters_off.contains("dmarc"), row.dmarc_off);
    EXPECT_NE(rendered_.find(row.warns), std::string::npos) << rendered_;
    EXPECT_EQ(rendered_.empty(), row.warns.empty()) << rendered_;
  }
}

TEST_F(LoadSettings, AttachmentsAreLookedAtOnceThatIsConfigured) {
  const auto least = load_text(std::string(kLeast));
  ASSERT_TRUE(least) << rendered_;
  EXPECT_TRUE(least->filters_off.contains("attachments"));
  const std::string table = std::string(kLeast) + "\n[filter.attachments]\n";
  const auto on = load_text(table);
  ASSERT_TRUE(on) << rendered_;
  EXPECT_FALSE(on->filters_off.contains("attachments"));
  const auto off = load_text(table + "enabled = false\n");
  ASSERT_TRUE(off) << rendered_;
  EXPECT_TRUE(off->filters_off.contains("attachments"));
  const auto limits = load_text(table + "depth = 3\nparts = 4\nentries = 5\nunpacked = '6MB'\n");
  ASSERT_TRUE(limits) << rendered_;
  EXPECT_EQ(limits->attachments.depth, 3u);
  EXPECT_EQ(limits->attachments.parts, 4u);
  EXPECT_EQ(limits->attachments.entries, 5u);
  EXPECT_EQ(limits->attachments.unpacked, 6'000'000u);
  EXPECT_FALSE(load_text(table + "depth = 0\n"));
  EXPECT_FALSE(load_text(table + "depth = 51\n"));
}

TEST_F(LoadSettings, ReceivedSpfNeedsItsFilter) {
  const std::string text = std::string(kLeast) + "\n[filter.spf]\nreceived_spf = true\n";
  const auto settings = load_text(text);
  ASSERT_TRUE(settings) << rendered_;
  EXPECT_TRUE(settings->received_spf);
  EXPECT_EQ(rendered_, "");
  ASSERT_TRUE(load_text(text + "enabled = false\n"));
  EXPECT_NE(rendered_.find("there are no Received-SPF fields while the filter 'spf' is switched off"),
            std::string::npos)
      << rendered_;
}

}  // namespace
}  // namespace gateway::settings
