#pragma once
// Messages sealed here and what the filter says of them.

#include <string>
#include <vector>

#include "filters/arc/arc_filter.h"
#include "filters/registry.h"
#include "tests/support/answer_book.h"
#include "tests/support/arc_sealer.h"

namespace filters::arc {

inline constexpr std::int64_t kNow = 1'700'000'000;
inline const std::string kMessage =
    "From: A <a@a.example>\r\nTo: b@b.example\r\nSubject:  a\r\n  fold \r\n\r\nHello  you "
    "\r\nand\tyou\r\n\r\n";

inline const support::DkimKey& rsa() {
  static const support::DkimKey key = support::DkimKey::rsa();
  return key;
}
inline const support::DkimKey& ed25519() {
  static const support::DkimKey key = support::DkimKey::ed25519();
  return key;
}

inline support::ArcSealing by(const std::string& domain, const std::string& selector = "s1") {
  support::ArcSealing sealing;
  sealing.domain = domain;
  sealing.selector = selector;
  return sealing;
}

inline std::string sealed(const std::string& message, const support::ArcSealing& sealing) {
  return support::arc_sealed(message, sealing.selector == "ed" ? ed25519() : rsa(), sealing);
}
inline std::string sealed(const std::string& message, const std::string& domain) {
  return sealed(message, by(domain));
}

inline std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  if (at == text.npos) throw std::logic_error("nothing to replace: " + what);
  return text.replace(at, what.size(), with);
}

struct Bench {
  explicit Bench(const std::string& message) : Bench(Message::parse(message)) {}
  explicit Bench(std::shared_ptr<const Message> message) {
    facts.set("now", Time(std::chrono::seconds(kNow)));
    facts.set_message(std::move(message));
    for (const std::string domain : {"one.example", "two.example", "three.example", "lists.example"}) {
      zone.txt("s1._domainkey." + domain, rsa().record());
      zone.txt("ed._domainkey." + domain, ed25519().record());
      zone.status("slow._domainkey." + domain, DnsStatus::timeout);
    }
  }

  Finding examine() {
    Options options;
    for (const std::string& domain : trusted)
      options.trusted_sealers.push_back(Domain::parse(domain).value());
    return support::examine(*make_arc(options), facts, zone, answers);
  }

  std::vector<std::string> trusted;
  support::AnswerBook zone;
  Vocabulary vocabulary = make_vocabulary();
  policy::Facts facts{vocabulary};
  policy::Answers answers;
};

// "fail: why"
inline std::string shown(const Finding& finding) {
  const Evidence& evidence = finding.evidence.at(0);
  return std::string(name(evidence.outcome)) + (evidence.reason.empty() ? "" : ": " + evidence.reason);
}

// "true", "false" or "troubled"
inline std::string trust(const Finding& finding) {
  const Fact* fact = support::fact(finding, "arc.trusted");
  return fact->troubled() ? "troubled" : std::get<bool>(fact->value) ? "true" : "false";
}

}  // namespace filters::arc
