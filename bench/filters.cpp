// What all filters together cost for one message, with every answer at hand: for bench/filters.
//
//   postern_filter_cost SIZE TIMES [FILTER…]      octets of the body, how often; the filters that run besides
//   those that
//                                                 always do; prints microseconds a message

#include <charconv>
#include <chrono>
#include <iostream>
#include <string>
#include <string_view>

#include "filters/registry.h"
#include "tests/support/answer_book.h"
#include "tests/support/dkim_signer.h"

namespace {

using namespace policy::facts;

struct Sample {
  explicit Sample(std::size_t body_octets) {
    const auto key = support::DkimKey::rsa(2048);
    std::string text =
        "Received: from mx.partner.example (mx.partner.example [192.0.2.10]) by gw.partner.example with "
        "ESMTPS\r\n"
        " id 1234567890; Thu, 26 Nov 2026 09:00:00 +0100\r\n"
        "From: \"Ann Author\" <ann@partner.example>\r\nTo: Bob <bob@example.com>\r\n"
        "Subject: The minutes of our meeting\r\nDate: Thu, 26 Nov 2026 09:00:00 +0100\r\n"
        "Message-ID: <20261126080000.12345@partner.example>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n";
    constexpr std::string_view kLine =
        "The quick brown fox jumps over the lazy dog, and back again, all day.\r\n";
    for (const std::size_t end = text.size() + body_octets; text.size() < end;) text += kLine;
    support::DkimSigning signing;
    signing.domain = "partner.example";
    signing.selector = "s2026";
    signing.fields = {"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "From"};
    signing.more = "t=1795680000";
    message = Message::parse(support::dkim_signed(text, key, signing));

    envelope.sender = Address::parse("ann@partner.example").value();
    zone.txt("partner.example", "v=spf1 include:_spf.partner.example mx -all");
    zone.txt("_spf.partner.example", "v=spf1 ip4:198.51.100.0/24 ip4:192.0.2.0/28 ~all");
    zone.txt("mx.partner.example", "v=spf1 a -all");
    zone.add("mx.partner.example", RecordType::a,
             {.text = {}, .address = IpAddress::parse("192.0.2.10").value()});
    zone.txt("_dmarc.partner.example", "v=DMARC1; p=reject; rua=mailto:dmarc@partner.example");
    zone.txt("s2026._domainkey.partner.example", key.record());
  }

  std::shared_ptr<const Message> message;
  Envelope envelope;
  support::AnswerBook zone;
};

// Only what is called through these two is counted by bench/filters.
[[gnu::noinline]] std::vector<Question> counted_foresee(const filters::Filter& filter, const Facts& facts,
                                                        const Answers& answers) {
  return filter.foresee(facts, answers);
}
[[gnu::noinline]] filters::Finding counted_examine(const filters::Filter& filter, const Facts& facts,
                                                   const Answers& answers) {
  return filter.examine(facts, answers);
}

// As the pipeline does it: SPF at MAIL, then the header section, then the whole.
bool passes(const Sample& sample, const Vocabulary& vocabulary,
            const std::vector<std::unique_ptr<filters::Filter>>& set) {
  Facts facts(vocabulary);
  Answers answers;
  const auto pin = [&](const std::vector<Question>& questions) {
    for (const Question& question : questions) {
      const auto& asked = std::get<DnsQuestion>(question);
      answers.pin(asked, sample.zone.answer(asked));
    }
  };
  facts.set("client.ip", IpAddress::parse("192.0.2.10").value());
  facts.set("helo.name", std::string("mx.partner.example"));
  facts.set("now", Time(std::chrono::seconds(1'795'680'005)));
  facts.set("local.domains", List{"example.com"});
  facts.set_envelope(&sample.envelope);
  facts.set_message(sample.message);
  for (const auto& filter : set) pin(counted_foresee(*filter, facts, answers));
  for (const auto& filter : set) {
    filters::Finding finding = counted_examine(*filter, facts, answers);
    while (!finding.questions.empty()) {
      pin(finding.questions);
      finding = counted_examine(*filter, facts, answers);
    }
    support::apply(finding, facts);
  }
  const auto* dmarc = facts.get<Outcome>("dmarc.result");
  const auto* spf = facts.get<Outcome>("spf.mailfrom");
  const auto* dkim = facts.get<Outcome>("dkim.result");
  return dmarc && spf && dkim && *dmarc == Outcome::pass && *spf == Outcome::pass && *dkim == Outcome::pass;
}

std::size_t number(std::string_view text) {
  std::size_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

int main(int count, char** words) {
  const std::size_t size = count >= 3 ? number(words[1]) : 0;
  const std::size_t times = count >= 3 ? number(words[2]) : 0;
  if (size == 0 || times == 0) {
    std::cerr << "usage: postern_filter_cost SIZE TIMES [FILTER...]\n";
    return 2;
  }
  const Sample sample(size);
  const Vocabulary vocabulary = filters::make_vocabulary();
  auto off = filters::off_by_default();
  for (int i = 3; i < count; ++i) off.erase(words[i]);
  const auto set = filters::make_filters({.hostname = "mx1.example.com"}, off);
  if (!passes(sample, vocabulary, set)) {
    std::cerr << "postern_filter_cost: the sample does not pass SPF, DKIM and DMARC\n";
    return 1;
  }
  const auto began = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < times; ++i) passes(sample, vocabulary, set);
  const std::chrono::duration<double, std::micro> taken = std::chrono::steady_clock::now() - began;
  std::cout << taken.count() / static_cast<double>(times) << "\n";
}
