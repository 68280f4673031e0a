// How many round trips to the DNS a message costs whose octets are all there before the first answer, as a
// client sends it that pipelines.  Time is counted in rounds: in each, all that was asked before is answered.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "gateway/dns/zone.h"
#include "gateway/pipeline/transaction.h"
#include "tests/support/desk_world.h"
#include "tests/support/dkim_signer.h"
#include "tests/support/named.h"

namespace gateway::pipeline {
namespace {

class RoundResolver final : public dns::Resolver {
 public:
  RoundResolver(dns::Zone zone, bool reversed) : zone_(std::move(zone)), reversed_(reversed) {}

  std::optional<DnsAnswer> known(const DnsQuestion&) override { return std::nullopt; }
  void ask(DnsQuestion question, asio::any_io_executor executor, Handler handler) override {
    asked_.push_back({std::move(question), std::move(executor), std::move(handler)});
  }

  // False when there was nothing to answer.
  bool answer_all() {
    std::vector<Asked> round = std::exchange(asked_, {});
    if (reversed_) std::ranges::reverse(round);
    for (Asked& one : round)
      asio::post(one.executor, [handler = std::move(one.handler), answer = zone_.answer(one.question)] {
        handler(answer);
      });
    return !round.empty();
  }

 private:
  struct Asked {
    DnsQuestion question;
    asio::any_io_executor executor;
    Handler handler;
  };
  const dns::Zone zone_;
  const bool reversed_;  // the answers of a round come the other way round
  std::vector<Asked> asked_;
};

struct Case {
  std::string name;
  std::string sender;
  std::string author;
  std::vector<std::string> signers;
  std::string zone;  // members of a JSON object; the keys of the signers are added
  unsigned rounds;
  std::string evidence;  // outcomes in order
};
POSTERN_NAMED(Case)

const support::DkimKey& key() {
  static const support::DkimKey kKey = support::DkimKey::ed25519();
  return kKey;
}

std::string signed_message(const Case& wanted) {
  std::string message = "From: " + wanted.author + "\r\nTo: user@example.com\r\nSubject: x\r\n\r\nHello.\r\n";
  for (const std::string& signer : wanted.signers)
    message = support::dkim_signed(message, key(), {.domain = signer});
  return message;
}

dns::Zone zone_of(const Case& wanted) {
  std::string text = "{" + wanted.zone;
  for (const std::string& signer : wanted.signers)
    text += (text.size() > 1 ? ", " : "") + ("\"s1._domainkey." + signer) + R"(": {"TXT": [")" +
            key().record() + "\"]}";
  auto zone = dns::Zone::parse(text + "}", "zone.json");
  EXPECT_TRUE(zone) << zone.error().text();
  return std::move(*zone);
}

class Rounds : public testing::TestWithParam<std::tuple<Case, bool>> {};

TEST_P(Rounds, AtMostThreeBehindTheLastOctet) {
  const auto& [wanted, reversed] = GetParam();
  asio::io_context loop;
  RoundResolver resolver(zone_of(wanted), reversed);
  // What is asked of the client and of the sender's mail hosts goes out beside it, and is not counted here.
  const auto in_force = support::desk_in_force(
      {}, "filter.rdns.enabled = false\nfilter.helo.enabled = false\nfilter.sender.enabled = false\n");
  smtp::Client client;
  client.ip = *IpAddress::parse("192.0.2.7");
  client.helo = "mx.a.example";
  Envelope envelope;
  if (!wanted.sender.empty()) envelope.sender = *Address::parse(wanted.sender);
  state::NoState state;
  const Time now(std::chrono::seconds(1780315200));
  Transaction transaction(
      std::make_shared<Origin>(in_force, Surroundings{resolver, state, loop.get_executor()}, now, &client),
      "0ROUNDS", now, client, envelope);
  const auto poll = [&loop] {
    loop.restart();
    loop.poll();
  };

  bool at_rcpt = false;
  transaction.begin();
  transaction.add_recipient(*Address::parse("user@example.com"));
  asio::co_spawn(loop, transaction.settle(Phase::rcpt), [&](const std::exception_ptr&) { at_rcpt = true; });
  poll();
  ASSERT_TRUE(at_rcpt) << "the shipped policy decides nothing there, so the session reads on";

  bool done = false;
  smtp::Received received;
  received.octets = std::make_shared<MemoryOctets>(signed_message(wanted));
  const std::string_view text = received.octets->in_memory();
  const std::string header(text.substr(0, text.find("\r\n\r\n") + 2));
  received.body_offset = header.size() + 2;
  transaction.data_begins();
  transaction.header_complete(header);
  asio::co_spawn(loop, transaction.message_complete(std::move(received)),
                 [&](const std::exception_ptr&) { done = true; });
  poll();

  unsigned rounds = 0;
  for (; !done && resolver.answer_all(); poll()) ++rounds;
  ASSERT_TRUE(done);
  EXPECT_EQ(rounds, wanted.rounds);
  EXPECT_LE(rounds, 3u);
  std::string evidence;
  for (const Evidence& found : transaction.facts().evidence())
    if (found.method == "spf" || found.method == "dkim" || found.method == "dmarc")
      evidence += (evidence.empty() ? "" : " ") + std::string(name(found.outcome));
  EXPECT_EQ(evidence, wanted.evidence);
}

const std::string kPolicy = R"("_dmarc.a.example": {"TXT": ["v=DMARC1; p=reject"]})";
const std::string kHelo = R"(, "mx.a.example": {"TXT": ["v=spf1 a -all"], "A": ["192.0.2.7"]})";

INSTANTIATE_TEST_SUITE_P(
    Table, Rounds,
    testing::Combine(
        testing::Values(
            Case{"nothing is published", "x@a.example", "x@a.example", {}, "", 1, "none none none none"},
            Case{"an address in the record",
                 "x@a.example",
                 "x@a.example",
                 {"a.example"},
                 kPolicy + R"(, "a.example": {"TXT": ["v=spf1 ip4:192.0.2.7 -all"]})",
                 1,
                 "pass none pass pass"},
            Case{"helo has a record, too",
                 "x@a.example",
                 "x@a.example",
                 {"a.example"},
                 kPolicy + kHelo + R"(, "a.example": {"TXT": ["v=spf1 ip4:192.0.2.7 -all"]})",
                 2,
                 "pass pass pass pass"},
            Case{"an include",
                 "x@a.example",
                 "x@a.example",
                 {"a.example"},
                 kPolicy + R"(, "a.example": {"TXT": ["v=spf1 include:i.example -all"]},
                    "i.example": {"TXT": ["v=spf1 ip4:192.0.2.7 -all"]})",
                 2,
                 "pass none pass pass"},
            Case{"an include that names a host",
                 "x@a.example",
                 "x@a.example",
                 {"a.example"},
                 kPolicy + R"(, "a.example": {"TXT": ["v=spf1 include:i.example -all"]},
                    "i.example": {"TXT": ["v=spf1 a:h.example -all"]}, "h.example": {"A": ["192.0.2.7"]})",
                 3,
                 "pass none pass pass"},
            Case{
                "mail hosts beside an include",
                "x@a.example",
                "x@a.example",
                {"a.example"},
                kPolicy +
                    R"(, "a.example": {"TXT": ["v=spf1 include:i.example mx -all"], "MX": [[10, "h.example"]]},
                    "i.example": {"TXT": ["v=spf1 ip4:192.0.2.9 -all"]}, "h.example": {"A": ["192.0.2.7"]})",
                3,
                "pass none pass pass"},
            Case{"ten signatures",
                 "x@a.example",
                 "x@a.example",
                 {"b.example", "c.example", "d.example", "e.example", "f.example", "g.example", "h.example",
                  "i.example", "j.example", "a.example"},
                 kPolicy,
                 1,
                 "none none pass pass pass pass pass pass pass pass pass pass pass"},
            // What could vouch for the author is walked before anybody vouches.
            Case{"the sender is another name of the author's house",
                 "x@bounce.a.example",
                 "x@news.a.example",
                 {},
                 kPolicy + R"(, "bounce.a.example": {"TXT": ["v=spf1 include:i.example -all"]},
                    "i.example": {"TXT": ["v=spf1 a:h.example -all"]}, "h.example": {"A": ["192.0.2.7"]})",
                 3,
                 "pass none none pass"},
            Case{"the signer is another name of the author's house",
                 "x@b.example",
                 "x@news.a.example",
                 {"sign.a.example"},
                 kPolicy,
                 2,
                 "none none pass pass"},
            Case{"a null sender vouches by its HELO name",
                 "",
                 "x@news.a.example",
                 {},
                 kPolicy + kHelo,
                 2,
                 "pass pass none pass"},
            Case{"the policy hangs on whether the author exists",
                 "x@b.example",
                 "x@news.a.example",
                 {},
                 R"("_dmarc.a.example": {"TXT": ["v=DMARC1; p=none; sp=none; np=reject"]},
                    "b.example": {"TXT": ["v=spf1 include:i.example -all"]},
                    "i.example": {"TXT": ["v=spf1 a:h.example -all"]}, "h.example": {"A": ["192.0.2.9"]})",
                 3,
                 "fail none none fail"}),
        testing::Bool()));

}  // namespace
}  // namespace gateway::pipeline
