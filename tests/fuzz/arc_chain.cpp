// A message with ARC fields, and keys for all who ask: structure, instances, canonical forms, signatures.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "filters/arc/evidence.h"
#include "filters/arc/instance.h"
#include "filters/arc/judgement.h"
#include "filters/signing/body_hash.h"
#include "filters/signing/canonical_field.h"

namespace {

using policy::Outcome;
namespace arc = filters::arc;
namespace signing = filters::signing;

// The public key of RFC 8032 §7.1, test 1: the fuzzer has no use for the private one.
constexpr const char* kKey = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

void expect(bool holds) {
  if (!holds) std::abort();
}

std::string canonical(std::string_view raw) {
  std::string text;
  signing::append_canonical(raw, filters::signing::Canonicalization::relaxed, text);
  return text;
}

void check_fields(const policy::Message& message) {
  for (const policy::Field& field : message.fields()) {
    if (field.name.empty()) continue;
    const std::string once = canonical(field.raw);
    expect(canonical(once) == once);
    expect(signing::without_signature(field).size() <= field.raw.size());
  }
}

// However it is cut.
void check_body(std::string_view body) {
  for (const auto form :
       {filters::signing::Canonicalization::simple, filters::signing::Canonicalization::relaxed}) {
    signing::BodyHash whole(form, std::nullopt);
    signing::BodyHash cut(form, std::nullopt);
    whole.take(body);
    for (std::size_t at = 0; at < body.size(); at += 3) cut.take(body.substr(at, 3));
    expect(whole.finish().hash == cut.finish().hash);
  }
}

void check_chain(const policy::Message& message, const arc::Chain& chain) {
  expect(chain.sets.size() <= arc::kMostSets);
  if (chain.state != arc::ChainState::whole) return expect(chain.sets.empty());
  for (const char* name : {"ARC-Authentication-Results", "ARC-Message-Signature", "ARC-Seal"})
    expect(message.count(name) == chain.sets.size());  // one each
  for (const arc::Set& set : chain.sets) {
    const auto instance = arc::leading_instance(set.results->value);
    expect(instance && *instance == chain.instance(set));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto message = policy::Message::parse(text);
  check_fields(*message);
  check_body(text);
  const arc::Chain chain = arc::read_chain(*message);
  check_chain(*message, chain);

  policy::Answers answers;
  const auto questions = arc::key_questions(chain);
  expect(questions.size() <= 64);
  for (const policy::DnsQuestion& question : questions) {
    policy::DnsAnswer answer;
    answer.status = question.name.starts_with("slow") ? policy::DnsStatus::timeout : policy::DnsStatus::ok;
    if (!answer.failed()) answer.records.push_back({.text = kKey, .address = {}, .preference = 0});
    answers.pin(question, answer);
  }
  const arc::Judged judged = arc::judge(*message, chain, answers, std::nullopt, {});
  expect(judged.outcome != Outcome::pass);  // nobody has sealed
  expect((judged.outcome == Outcome::none) ==
         (chain.state == arc::ChainState::none || chain.state == arc::ChainState::ended));
  arc::evidence(chain, judged);
  return 0;
}
