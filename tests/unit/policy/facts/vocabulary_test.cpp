#include <gtest/gtest.h>

#include <array>

#include "filters/registry.h"
#include "policy/facts/address.h"
#include "policy/facts/message.h"
#include "policy/facts/text.h"
#include "tests/support/far_octets.h"
#include "tests/support/named.h"

namespace policy {
namespace {

TEST(Vocabulary, JoinsAllFactsOnce) {
  const Vocabulary vocabulary = filters::make_vocabulary();
  EXPECT_TRUE(vocabulary.find("client.ip"));
  EXPECT_TRUE(vocabulary.find("dmarc.result"));
  EXPECT_FALSE(vocabulary.find("spf.result"));
  for (std::size_t i = 0; i < vocabulary.size(); ++i)
    EXPECT_EQ(vocabulary.find(vocabulary[static_cast<FactId>(i)].name), static_cast<FactId>(i));
}

TEST(Vocabulary, HasEachFactOnce) {
  constexpr FactSpec kOne{"a.b", Type::boolean, Phase::connect, Owner::session, "x"};
  const std::vector<FactSpec> twice{kOne, kOne};
  const std::array groups{Vocabulary::Group{"", twice, true}};
  EXPECT_THROW(Vocabulary{groups}, std::logic_error);
}

TEST(Facts, LayersAnswerForTheirOwner) {
  const Vocabulary vocabulary = filters::make_vocabulary();
  Facts session(vocabulary);
  session.set("client.ip", *IpAddress::parse("192.0.2.1"));
  Facts transaction(session, Owner::transaction);
  transaction.set("sender.is_null", true);
  Facts recipient(transaction, Owner::recipient);
  recipient.set("rcpt.domain", *Domain::parse("example.com"));
  EXPECT_EQ(recipient.get<IpAddress>("client.ip")->text(), "192.0.2.1");
  EXPECT_TRUE(*recipient.get<bool>("sender.is_null"));
  EXPECT_FALSE(transaction.at("rcpt.domain").known());
  EXPECT_THROW(session.set("client.ip", true), std::logic_error);
  EXPECT_THROW(recipient.set("sender.is_null", true), std::logic_error);
  EXPECT_THROW(transaction.put("rcpt.domain", {}), std::logic_error);
}

TEST(Facts, EveryLayerKeepsItsOwnOnly) {
  const Vocabulary vocabulary = filters::make_vocabulary();
  Facts configuration(vocabulary, Owner::configuration);
  Facts session(configuration, Owner::session);
  Facts transaction(session, Owner::transaction);
  Facts recipient(transaction, Owner::recipient);
  const std::array layers{&configuration, &session, &transaction, &recipient};
  std::size_t facts = 0;
  for (std::size_t i = 0; i < vocabulary.size(); ++i) {
    const auto id = static_cast<FactId>(i);
    const Owner owner = vocabulary[id].owner;
    EXPECT_LT(vocabulary.place(id), vocabulary.count(owner));
    Facts& its = *layers.at(static_cast<std::size_t>(owner));
    its.trouble(vocabulary[id].name, std::string(vocabulary[id].name));
    EXPECT_EQ(its.at(id).because.at(0), vocabulary[id].name);
  }
  for (std::size_t i = 0; i < vocabulary.size(); ++i)
    EXPECT_EQ(recipient.at(static_cast<FactId>(i)).because.at(0), vocabulary[static_cast<FactId>(i)].name);
  for (const Owner owner : {Owner::configuration, Owner::session, Owner::transaction, Owner::recipient})
    facts += vocabulary.count(owner);
  EXPECT_EQ(facts, vocabulary.size());
  EXPECT_FALSE(session.at("rcpt.domain").known()) << "no layer here has it";
}

TEST(Facts, AFactSetAgainIsTroubledNoMore) {
  const Vocabulary vocabulary = filters::make_vocabulary();
  Facts facts(vocabulary);
  facts.trouble("sender.is_null", "timeout");
  facts.set("sender.is_null", true);
  EXPECT_TRUE(facts.at("sender.is_null").known());
  EXPECT_TRUE(facts.at("sender.is_null").because.empty());
}

struct AddressCase {
  std::string name;
  bool good;
  std::string local;
  std::string domain;
};
POSTERN_NAMED(AddressCase)

class AddressTable : public testing::TestWithParam<AddressCase> {};
TEST_P(AddressTable, Parses) {
  const auto address = Address::parse(GetParam().name);
  ASSERT_EQ(address.has_value(), GetParam().good) << GetParam().name;
  if (!address) return;
  EXPECT_EQ(address->local(), GetParam().local);
  EXPECT_EQ(address->domain().text(), GetParam().domain);
}
INSTANTIATE_TEST_SUITE_P(
    Table, AddressTable,
    testing::Values(
        AddressCase{"user@example.com", true, "user", "example.com"},
        AddressCase{"User.Name+tag@EXAMPLE.com", true, "User.Name+tag", "example.com"},
        AddressCase{"\"a b\\\"c\"@example.com", true, "a b\"c", "example.com"},
        AddressCase{"x@[192.0.2.1]", true, "x", ""}, AddressCase{"x@[IPv6:2001:db8::1]", true, "x", ""},
        AddressCase{"x@b\xc3\xbc"
                    "cher.example",
                    true, "x", "xn--bcher-kva.example"},
        AddressCase{"x@example.com.", false, "", ""}, AddressCase{".x@example.com", false, "", ""},
        AddressCase{"x..y@example.com", false, "", ""}, AddressCase{"x@@example.com", false, "", ""},
        AddressCase{"x@a@example.com", false, "", ""}, AddressCase{"x@", false, "", ""},
        AddressCase{"@example.com", false, "", ""}, AddressCase{"x y@example.com", false, "", ""},
        AddressCase{"(c)x@example.com", false, "", ""}, AddressCase{"\"x@example.com", false, "", ""},
        AddressCase{std::string("x\0y@example.com", 15), false, "", ""},
        AddressCase{"x@[1.2.3]", false, "", ""}, AddressCase{"\xff@example.com", false, "", ""},
        AddressCase{std::string(256, 'a') + "@example.com", true, std::string(256, 'a'), "example.com"},
        AddressCase{std::string(257, 'a') + "@example.com", false, "", ""}));

TEST(Network, ContainsByFamily) {
  const auto network = *Network::parse("192.0.2.0/24");
  EXPECT_TRUE(network.contains(*IpAddress::parse("192.0.2.77")));
  EXPECT_TRUE(network.contains(*IpAddress::parse("::ffff:192.0.2.77")));
  EXPECT_FALSE(network.contains(*IpAddress::parse("192.0.3.1")));
  EXPECT_FALSE(Network::parse("192.0.2.0/33"));
  EXPECT_FALSE(Network::parse("192.0.2.0/"));
  EXPECT_EQ(client_network(*IpAddress::parse("2001:db8:1:2:3::4")).text(), "2001:db8:1:2::/64");
}

TEST(Domain, UnderOnLabelBorders) {
  const auto domain = *Domain::parse("Mail.Example.COM.");
  EXPECT_EQ(domain.text(), "mail.example.com");
  EXPECT_TRUE(domain.under(*Domain::parse("example.com")));
  EXPECT_FALSE(Domain::parse("badexample.com")->under(*Domain::parse("example.com")));
  EXPECT_FALSE(Domain::parse("a..b"));
  EXPECT_FALSE(Domain::parse(std::string("a\0b", 3)));
  EXPECT_FALSE(domain.under(Domain()));
}

TEST(Message, SplitsFieldsAndKeepsWhatIsNone) {
  const auto message = Message::parse("From : a@b\r\n x\r\nno field\r\nSUBJECT:hi\r\n\r\nbody\r\n");
  ASSERT_EQ(message->fields().size(), 3u);
  EXPECT_EQ(message->fields()[0].name, "From");
  EXPECT_EQ(unfold(message->fields()[0].value), "a@b x");
  EXPECT_EQ(message->fields()[1].name, "");
  EXPECT_EQ(message->count("subject"), 1u);
  std::string body;
  message->for_each_body_slice([&](std::string_view part) { body += part; }, 3);
  EXPECT_EQ(body, "body\r\n");
  EXPECT_EQ(Message::parse(":x\r\n\r\n")->fields()[0].name, "");
  EXPECT_EQ(Message::parse("\r\nonly body")->fields().size(), 0u);
}

TEST(Text, PrintableShowsWhatHides) {
  EXPECT_EQ(printable("a\r\n\x1b[31m\xe2\x80\xae\xff"
                      "é"),
            "a\\x0d\\x0a\\x1b[31m\\xe2\\x80\\xae\\xffé");
  EXPECT_EQ(printable("aaaa", 2), "aa…");
}

TEST(Message, UnfoldsAsTheFoldsStand) {
  for (const auto& [folded, line] :
       std::vector<std::pair<std::string, std::string>>{{"", ""},
                                                        {" ", ""},
                                                        {" one\r\n two", "one two"},
                                                        {"\r\n one\r\n\ttwo \r\n", "one\ttwo"},
                                                        {" a\r\r\nb", "a\rb"},
                                                        {"a\rb\nc", "a\rb\nc"},
                                                        {"a\r\n\r\nb", "ab"},
                                                        {"\r\n\r\n", ""}})
    EXPECT_EQ(unfold(folded), line) << testing::PrintToString(folded);
}

TEST(Message, ABodyComesToAKnownHeaderSection) {
  const Message header("Subject: x\r\nFrom: a@b\r\n");
  EXPECT_FALSE(header.complete());
  const std::string text = std::string(header.header()) + "\r\nbody\r\n";
  const Message whole(header, std::make_shared<MemoryOctets>(text), header.header().size() + 2);
  EXPECT_TRUE(whole.complete());
  EXPECT_EQ(whole.first("from")->value, " a@b");
  EXPECT_EQ(whole.size(), text.size());
  std::string body;
  whole.for_each_body_slice([&](std::string_view slice) { body += slice; }, 3);
  EXPECT_EQ(body, "body\r\n");
}

TEST(Message, SlicesAreTheSameFromMemoryAndFromElsewhere) {
  const std::string text = "A: b\r\n\r\n0123456789";
  for (std::size_t most = 1; most <= 12; ++most) {
    std::vector<std::string> near;
    std::vector<std::string> far;
    const Message header("A: b\r\n");
    Message(header, std::make_shared<MemoryOctets>(text), 8)
        .for_each_body_slice([&](std::string_view slice) { near.emplace_back(slice); }, most);
    Message(header, std::make_shared<support::FarOctets>(text), 8)
        .for_each_body_slice([&](std::string_view slice) { far.emplace_back(slice); }, most);
    EXPECT_EQ(near, far) << most;
    EXPECT_EQ(near.size(), (10 + most - 1) / most);
  }
}

}  // namespace
}  // namespace policy
