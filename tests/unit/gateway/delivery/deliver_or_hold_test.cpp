#include "gateway/delivery/deliver_or_hold.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "tests/support/memory_mailstore.h"
#include "tests/support/named.h"
#include "tests/support/parcels.h"

namespace gateway::delivery {
namespace {

const Delivered kTaken{Fate::taken, 250, "2.0.0", "Ok"};
const Delivered kLater{Fate::failed_for_now, 451, "4.3.0", "SECRET later"};
const Delivered kFull{Fate::failed_for_now, 452, "4.2.2", "SECRET full"};
const Delivered kUnknown{Fate::failed_for_good, 550, "5.1.1", "SECRET unknown"};
const Delivered kRefused{Fate::failed_for_good, 554, "", "SECRET spam"};
const Delivered kTooLarge{Fate::failed_for_good, 0, "5.3.4", "SECRET large"};
const Delivered kNoUtf8{Fate::failed_for_good, 0, "5.6.7", "SECRET utf8"};
const Delivered kNoTls{Fate::failed_for_good, 0, "5.7.30", "SECRET tls"};
const Delivered kNoBinary{Fate::failed_for_now, 0, "4.6.3", "SECRET binary"};
const Delivered kPerhaps{Fate::perhaps_delivered, 0, "", "lost"};

enum class Disk { good, full, broken };

struct Case {
  std::string name;
  std::vector<Delivered> fates;  // of u, v, w
  bool unreachable;
  bool refuses_us;
  settings::WhenUnreachable when_unreachable;
  Disk disk;
  std::string reply;  // code and enhanced code
  std::string refused_by;
  std::string held;
  std::string kept;  // what the store holds: "retry unreachable: u v"
};
POSTERN_NAMED(Case)

constexpr auto kHold = settings::WhenUnreachable::hold;
constexpr auto kDefer = settings::WhenUnreachable::defer;

class HandOver : public testing::TestWithParam<Case> {};

std::string kept_text(const std::vector<HeldMessage>& messages) {
  std::string text;
  for (const HeldMessage& message : messages) {
    if (!text.empty()) text += "; ";
    text += (message.keep == Keep::retry ? "retry " : "quarantine ") + message.reason + ":";
    for (const smtp::Recipient& recipient : message.parcel.recipients)
      text += " " + recipient.address.local();
  }
  return text;
}

TEST_P(HandOver, EndsAsTheDesignSays) {
  const Case& row = GetParam();
  asio::io_context loop;
  const auto mailstore = std::make_shared<support::MemoryMailstore>();
  DeliveryReport report;
  report.recipients = row.fates;
  report.server = "10.0.0.5:25";
  report.detail = "SECRET detail";
  report.unreachable = row.unreachable;
  report.refuses_us = row.refuses_us;
  mailstore->reports.push_back(report);
  support::MemoryHeldStore held;
  if (row.disk == Disk::full) held.error = Error("full", ENOSPC);
  if (row.disk == Disk::broken) held.error = Error("broken", EIO);
  Handler handler({{"main", mailstore}}, held, row.when_unreachable,
                  [] { return Time(std::chrono::seconds(1000)); });

  const std::vector<std::string> all{"u@example.com", "v@example.com", "w@example.com"};
  const Parcel parcel = support::parcel({all.begin(), all.begin() + static_cast<long>(row.fates.size())});
  unsigned asked_why = 0;
  const WhyHeld why = [&asked_why] {
    ++asked_why;
    return HoldInfo{"a rule", [] { return std::string("{}"); }, true};
  };
  const Handover handover = support::await(loop, handler.hand_over(parcel, why));
  EXPECT_EQ(std::to_string(handover.reply.code()) + " " + handover.reply.enhanced(), row.reply);
  EXPECT_EQ(handover.reply.text().find("SECRET"), std::string::npos) << handover.reply.text();
  EXPECT_EQ(handover.refused_by, row.refused_by);
  EXPECT_EQ(handover.held, row.held);
  EXPECT_EQ(kept_text(held.messages), row.kept);
  const bool tried_to_hold = !row.kept.empty() || row.disk != Disk::good;
  EXPECT_EQ(asked_why > 0, tried_to_hold) << "who is not held is not asked about";
  EXPECT_TRUE(handover.report.has_value());
  EXPECT_FALSE(handover.text.empty());
  for (const HeldMessage& message : held.messages) {
    EXPECT_EQ(message.since, Time(std::chrono::seconds(1000)));
    EXPECT_EQ(message.next, Time(std::chrono::seconds(1060)));
    EXPECT_EQ(message.verdict, "{}");
    EXPECT_TRUE(message.authenticated);
    EXPECT_EQ(message.parcel.header, parcel.header);
    EXPECT_EQ(message.parcel.octets, parcel.octets);
  }
}

const Delivered kNothing{};

INSTANTIATE_TEST_SUITE_P(
    Table, HandOver,
    testing::Values(
        Case{"all taken", {kTaken, kTaken}, false, false, kHold, Disk::good, "250 2.0.0", "", "", ""},
        Case{"unreachable, hold",
             {kNothing, kNothing},
             true,
             false,
             kHold,
             Disk::good,
             "250 2.0.0",
             "",
             "retry",
             "retry unreachable: u v"},
        Case{"unreachable, hold, full",
             {kNothing},
             true,
             false,
             kHold,
             Disk::full,
             "452 4.3.1",
             "@disk",
             "",
             ""},
        Case{"unreachable, hold, broken",
             {kNothing},
             true,
             false,
             kHold,
             Disk::broken,
             "451 4.3.0",
             "@disk",
             "",
             ""},
        Case{"unreachable, defer",
             {kNothing},
             true,
             false,
             kDefer,
             Disk::good,
             "451 4.4.1",
             "@mailstore",
             "",
             ""},
        Case{"refuses us", {kLater}, false, true, kHold, Disk::good, "451 4.3.0", "@mailstore", "", ""},
        Case{"recipient unknown",
             {kUnknown},
             false,
             false,
             kHold,
             Disk::good,
             "550 5.1.1",
             "@mailstore",
             "",
             ""},
        Case{"message refused",
             {kRefused},
             false,
             false,
             kHold,
             Disk::good,
             "554 5.0.0",
             "@mailstore",
             "",
             ""},
        Case{"too large", {kTooLarge}, false, false, kHold, Disk::good, "552 5.3.4", "@mailstore", "", ""},
        Case{"no SMTPUTF8", {kNoUtf8}, false, false, kHold, Disk::good, "550 5.6.7", "@mailstore", "", ""},
        Case{"no REQUIRETLS", {kNoTls}, false, false, kHold, Disk::good, "550 5.7.30", "@mailstore", "", ""},
        Case{"no BINARYMIME any more",
             {kNoBinary},
             false,
             false,
             kHold,
             Disk::good,
             "451 4.6.3",
             "@mailstore",
             "",
             ""},
        Case{"later", {kLater}, false, false, kHold, Disk::good, "451 4.3.0", "@mailstore", "", ""},
        Case{"mailbox full for now",
             {kFull},
             false,
             false,
             kHold,
             Disk::good,
             "451 4.2.2",
             "@mailstore",
             "",
             ""},
        Case{"one later, one never",
             {kUnknown, kLater},
             false,
             false,
             kHold,
             Disk::good,
             "451 4.3.0",
             "@mailstore",
             "",
             ""},
        Case{"perhaps delivered",
             {kPerhaps},
             false,
             false,
             kHold,
             Disk::good,
             "451 4.4.2",
             "@mailstore",
             "",
             ""},
        Case{"one perhaps, one never",
             {kUnknown, kPerhaps},
             false,
             false,
             kHold,
             Disk::good,
             "451 4.4.2",
             "@mailstore",
             "",
             ""},
        Case{"one taken, one later",
             {kTaken, kLater},
             false,
             false,
             kHold,
             Disk::good,
             "250 2.0.0",
             "",
             "retry",
             "retry failed for now: v"},
        Case{"also where unreachable means defer",
             {kTaken, kLater},
             false,
             false,
             kDefer,
             Disk::good,
             "250 2.0.0",
             "",
             "retry",
             "retry failed for now: v"},
        Case{"one taken, one never",
             {kTaken, kUnknown},
             false,
             false,
             kHold,
             Disk::good,
             "250 2.0.0",
             "",
             "quarantine",
             "quarantine undeliverable: v"},
        Case{"one of each",
             {kTaken, kUnknown, kLater},
             false,
             false,
             kHold,
             Disk::good,
             "250 2.0.0",
             "",
             "retry",
             "retry failed for now: w; quarantine undeliverable: v"},
        Case{"one taken, one perhaps",
             {kTaken, kPerhaps},
             false,
             false,
             kHold,
             Disk::good,
             "250 2.0.0",
             "",
             "retry",
             "retry failed for now: v"},
        Case{"one taken, the other refuses us",
             {kTaken, kLater},
             false,
             true,
             kHold,
             Disk::good,
             "250 2.0.0",
             "",
             "retry",
             "retry failed for now: v"},
        Case{"one taken, one later, full",
             {kTaken, kLater},
             false,
             false,
             kHold,
             Disk::full,
             "452 4.3.1",
             "@disk",
             "",
             ""},
        Case{"one taken, one never, broken",
             {kTaken, kUnknown},
             false,
             false,
             kHold,
             Disk::broken,
             "451 4.3.0",
             "@disk",
             "",
             ""}));

TEST(Handler, TheReplyNamesTheId) {
  asio::io_context loop;
  support::MemoryHeldStore held;
  Handler handler({{"main", std::make_shared<support::MemoryMailstore>()}}, held, kHold);
  const Handover handover = support::await(loop, handler.hand_over(support::parcel(), {}));
  EXPECT_EQ(handover.reply.text(), "250 2.0.0 Ok, id 0ABCDEFGHJK1");
}

TEST(Handler, AnUnknownMailstoreIsOurTrouble) {
  asio::io_context loop;
  support::MemoryHeldStore held;
  Handler handler({}, held, kHold);
  const Handover handover = support::await(loop, handler.hand_over(support::parcel(), {}));
  EXPECT_EQ(handover.reply.code(), 451);
  EXPECT_EQ(handover.refused_by, "@mailstore");
}

TEST(Handler, QuarantineIsSafeBeforeItIsAccepted) {
  asio::io_context loop;
  support::MemoryHeldStore held;
  Handler handler({}, held, kHold);
  const Handover kept = support::await(
      loop,
      handler.quarantine(support::parcel(), HoldInfo{"viruses", [] { return std::string("{}"); }, false}));
  EXPECT_EQ(kept.reply.code(), 250);
  EXPECT_EQ(kept.held, "quarantine");
  EXPECT_GT(kept.kept.count(), 0);
  EXPECT_EQ(kept.asked.count(), 0) << "no mailstore was";
  EXPECT_EQ(kept_text(held.messages), "quarantine viruses: u");
  held.error = Error("full", EDQUOT);
  const Handover failed = support::await(loop, handler.quarantine(support::parcel(), {}));
  EXPECT_EQ(failed.reply.text().substr(0, 9), "452 4.3.1");
  EXPECT_EQ(failed.refused_by, "@disk");
  EXPECT_EQ(failed.held, "");
}

TEST(BackOff, DoublesUpToAnHourWithJitter) {
  using std::chrono::seconds;
  EXPECT_EQ(back_off(0, 0.5), seconds(60));
  EXPECT_EQ(back_off(1, 0.5), seconds(120));
  EXPECT_EQ(back_off(5, 0.5), seconds(1920));
  EXPECT_EQ(back_off(6, 0.5), seconds(3600));
  EXPECT_EQ(back_off(4'000'000'000u, 0.5), seconds(3600));
  EXPECT_EQ(back_off(0, 0.0), seconds(45));
  EXPECT_EQ(back_off(0, 1.0), seconds(75));
}

struct Limit {
  std::string name;
  std::vector<std::uint64_t> mailstores;  // what each of them said
  std::uint64_t most;
};
POSTERN_NAMED(Limit)

class MostOctets : public testing::TestWithParam<Limit> {};

TEST_P(MostOctets, AreThoseOfTheMostPatientMailstore) {
  std::map<std::string, std::shared_ptr<Mailstore>> mailstores;
  for (const std::uint64_t most : GetParam().mailstores) {
    const auto mailstore = std::make_shared<support::MemoryMailstore>();
    mailstore->offered.most_octets = most;
    mailstores.emplace("m" + std::to_string(mailstores.size()), mailstore);
  }
  support::MemoryHeldStore held;
  const Handler handler(std::move(mailstores), held, kHold);
  EXPECT_EQ(handler.offers().most_octets, GetParam().most);
}

INSTANTIATE_TEST_SUITE_P(
    Table, MostOctets,
    testing::Values(Limit{"less the room for trace fields", {100'000}, 83'616},
                    Limit{"the larger of two", {100'000, 200'000}, 183'616},
                    Limit{"one without a limit", {100'000, 0}, 0},
                    Limit{"one without a limit first", {0, 100'000}, 0}, Limit{"none known", {0}, 0},
                    Limit{"no mailstore", {}, 0},
                    Limit{"a limit that the trace fields would use up", {20'000}, 10'000}));

struct Promise {
  std::string name;
  std::vector<smtp::Offers> mailstores;
  smtp::Offers all;
};
POSTERN_NAMED(Promise)

class Promises : public testing::TestWithParam<Promise> {};

TEST_P(Promises, AreThoseThatEveryMailstoreKeeps) {
  std::map<std::string, std::shared_ptr<Mailstore>> mailstores;
  for (const smtp::Offers& offers : GetParam().mailstores) {
    const auto mailstore = std::make_shared<support::MemoryMailstore>();
    mailstore->offered = offers;
    mailstores.emplace("m" + std::to_string(mailstores.size()), mailstore);
  }
  support::MemoryHeldStore held;
  EXPECT_EQ(Handler(std::move(mailstores), held, kHold).offers(), GetParam().all);
}

constexpr smtp::Offers kAll{.dsn = true, .requiretls = true, .binary = true};

INSTANTIATE_TEST_SUITE_P(
    Table, Promises,
    testing::Values(Promise{"one", {kAll}, kAll}, Promise{"two", {kAll, kAll}, kAll}, Promise{"none", {}, {}},
                    Promise{"one that offers nothing", {{}}, {}},
                    Promise{"the second offers less", {kAll, {.dsn = true}}, {.dsn = true}},
                    Promise{"the first offers less", {{.requiretls = true}, kAll}, {.requiretls = true}},
                    Promise{
                        "nothing in common", {{.dsn = true}, {.binary = true}, {.requiretls = true}}, {}}));

TEST(MostOctetsOf, EachMailstoreAreItsOwn) {
  const auto small = std::make_shared<support::MemoryMailstore>();
  small->offered.most_octets = 100'000;
  support::MemoryHeldStore held;
  const Handler handler({{"small", small}, {"other", std::make_shared<support::MemoryMailstore>()}}, held,
                        kHold);
  EXPECT_EQ(handler.most_octets("small"), 83'616u);
  EXPECT_EQ(handler.most_octets("other"), 0u);
  EXPECT_EQ(handler.most_octets("unknown"), 0u);
}

}  // namespace
}  // namespace gateway::delivery
