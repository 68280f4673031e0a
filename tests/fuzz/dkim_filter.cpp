// A whole message and what the DNS says of its keys, through the whole filter and libopendkim.
//
// The input is lines of answers, an empty line, and the message.  The nth key asked for gets the nth line,
// and the last line all behind it: a TXT record, or "!" and the word of a status.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "filters/dkim/judgement.h"
#include "filters/signing/body_hash.h"
#include "filters/signing/canonical_field.h"
#include "filters/signing/digest.h"
#include "filters/signing/field_index.h"
#include "filters/signing/key_record.h"
#include "filters/signing/public_key.h"

namespace {

namespace dkim = filters::dkim;
namespace signing = filters::signing;
using namespace policy::facts;

DnsAnswer answer(std::string_view line) {
  DnsAnswer answer;
  answer.status = DnsStatus::ok;
  if (line.starts_with('!'))
    answer.status = parse_dns_status(line.substr(1)).value_or(DnsStatus::nxdomain);
  else
    answer.records.push_back({.text = std::string(line), .address = {}, .preference = 0});
  if (answer.status != DnsStatus::ok) answer.records.clear();
  return answer;
}

// What a verifier that shares no code with libopendkim says of it.
bool verifies(const Message& message, const dkim::SignatureField& of, const Answers& answers) {
  if (!of.signature) return false;
  const signing::Signature& signature = *of.signature;
  const Field& own = message.fields()[of.place];
  const DnsAnswer* answer = answers.dns(signature.key_name(), RecordType::txt);
  if (!answer || answer->records.empty()) return false;
  const auto record = signing::parse_key_record(answer->records[0].text);
  const auto key = record ? signing::PublicKey::make(*record) : std::nullopt;
  if (!key) return false;

  signing::BodyHash body(signature.body_form, signature.length);
  message.for_each_body_slice([&](std::string_view slice) { body.take(slice); });
  if (body.finish().hash != signature.body_hash) return false;
  std::string header;
  for (const Field* field : signing::FieldIndex(message).covered(signature.fields, &own)) {
    signing::append_canonical(field->raw, signature.header_form, header);
    header += "\r\n";
  }
  signing::append_canonical(signing::without_signature(own), signature.header_form, header);
  signing::Sha256 hash;
  hash.take(header);
  return key->verifies(hash.finish(), signature.signature);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(text.find("\n\n"), text.size());
  std::vector<std::string_view> lines;
  for (std::string_view rest = text.substr(0, end); !rest.empty();) {
    lines.push_back(rest.substr(0, rest.find('\n')));
    rest.remove_prefix(std::min(lines.back().size() + 1, rest.size()));
  }
  if (lines.empty()) lines.emplace_back();
  const auto message = Message::parse(std::string(text.substr(std::min(end + 2, text.size()))));

  const dkim::Limits limits;
  const Time now{std::chrono::seconds(1'700'000'000)};
  Answers answers;
  const auto fields = dkim::read_signatures(*message, limits);
  const auto questions = dkim::missing_keys(fields, answers);
  if (fields.size() > limits.signatures || questions.size() > fields.size()) std::abort();
  for (std::size_t i = 0; i < questions.size(); ++i)
    answers.pin(std::get<DnsQuestion>(questions[i]), answer(lines[std::min(i, lines.size() - 1)]));
  if (!dkim::missing_keys(fields, answers).empty()) std::abort();  // it asks again what it was answered

  const auto judged = dkim::judge(*message, fields, answers, now, limits);
  if (judged.size() != fields.size()) std::abort();
  for (std::size_t i = 0; i < judged.size(); ++i)
    if (judged[i].outcome == Outcome::pass && !verifies(*message, fields[i], answers)) std::abort();
  return 0;
}
