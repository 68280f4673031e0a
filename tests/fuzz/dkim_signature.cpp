// A DKIM-Signature field, and a message of which it is the top: through our parser and libopendkim.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "filters/dkim/judgement.h"
#include "filters/signing/signature.h"

namespace {

// The public key of RFC 8032 §7.1, test 1: the fuzzer has no use for the private one.
constexpr const char* kKey = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace dkim = filters::dkim;
  namespace signing = filters::signing;
  const std::string text(reinterpret_cast<const char*>(data), size);
  signing::claim(text);
  const auto signature = signing::parse_signature(text);
  if (signature && !signature->identity_domain.under(signature->domain)) std::abort();

  const auto message =
      policy::Message::parse("DKIM-Signature:" + text + "\r\nFrom: a@a.example\r\n\r\nx\r\n");
  policy::Answers answers;
  const dkim::Limits limits;
  const auto fields = dkim::read_signatures(*message, limits);
  for (const policy::Question& question : dkim::missing_keys(fields, answers)) {
    policy::DnsAnswer answer;
    answer.status = policy::DnsStatus::ok;
    answer.records.push_back({.text = kKey, .address = {}, .preference = 0});
    answers.pin(std::get<policy::DnsQuestion>(question), answer);
  }
  for (const dkim::Judged& judged : dkim::judge(*message, fields, answers, std::nullopt, limits))
    if (judged.outcome == policy::Outcome::pass) std::abort();  // nobody has signed
  return 0;
}
