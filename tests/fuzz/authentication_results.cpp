// The octets as an Authentication-Results field, as values of ours, and as the header section of a message
// that claims to come from us: what is written is read back, and what reads as ours is never left.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "filters/authres/encode.h"
#include "filters/authres/parse.h"
#include "gateway/trace/authentication_results.h"
#include "gateway/trace/outgoing_header.h"

namespace {

using namespace policy::facts;
namespace authres = filters::authres;

constexpr std::string_view kId = "gate.example.com";

void require(bool holds) {
  if (!holds) std::abort();
}

// The value of the only field that there is.
std::string only_value(const std::string& field) {
  const Message message(field);
  require(message.fields().size() == 1 && message.fields()[0].name == "Authentication-Results");
  return std::string(message.fields()[0].value);
}

bool names_us(std::string_view value) {
  const auto id = authres::parse_authserv_id(value);
  const auto domain = id ? Domain::parse(trim(*id)) : std::nullopt;
  return domain && domain->text() == kId;
}

void write_what_was_read(std::string_view value, bool utf8) {
  const auto read = authres::parse(value);
  if (!read) return;
  require(authres::parse_authserv_id(value) == read->authserv_id);
  const std::string written = authres::encode(*read, utf8);
  const auto again = authres::parse(only_value(written));
  require(again && authres::encode(*again, utf8) == written);
  require(again->version == read->version && again->resinfos.size() == read->resinfos.size());
  for (std::size_t i = 0; i < read->resinfos.size(); ++i) {
    const authres::Resinfo &before = read->resinfos[i], &after = again->resinfos[i];
    require(before.method == after.method && before.method_version == after.method_version &&
            before.result == after.result && before.properties.size() == after.properties.size());
    for (std::size_t k = 0; k < before.properties.size(); ++k) {
      const std::string& octets = before.properties[k].value;
      const bool kept = octets.size() <= authres::kLongestValue &&
                        printable(octets, octets.size()) == octets && (utf8 || is_ascii(octets));
      require(before.properties[k].ptype == after.properties[k].ptype &&
              before.properties[k].name == after.properties[k].name &&
              (!kept || octets == after.properties[k].value));
    }
  }
}

void write_as_evidence(const std::string& text, bool utf8) {
  const std::vector<Evidence> evidence{
      {.method = "spf", .property = "smtp.mailfrom", .value = text, .outcome = Outcome::fail, .reason = text},
      {.method = "dkim",
       .property = "header.d",
       .value = text,
       .outcome = Outcome::none,
       .reason = {},
       .details = {{"selector", text}}}};
  const std::string field = gateway::trace::authentication_results(kId, evidence, utf8);
  const auto read = authres::parse(only_value(field));
  require(read && read->authserv_id == kId && read->resinfos.size() == 2);
  require(read->resinfos[0].result == "fail" && read->resinfos[1].result == "none");
  require(read->resinfos[0].properties.size() <= 1 && read->resinfos[1].properties.size() <= 2);
  require(utf8 || is_ascii(field));
}

void pass_on(const std::string& header) {
  const std::string ours = gateway::trace::authentication_results(kId, {});
  const std::string whole = gateway::trace::outgoing_header(
      Message(header), {.fields = {&ours, 1}, .subject_prefix = {}, .authserv_id = kId});
  require(whole.starts_with(ours));
  const Message message(whole);
  for (std::size_t i = 1; i < message.fields().size(); ++i)
    require(!equal_nocase(message.fields()[i].name, "Authentication-Results") ||
            !names_us(message.fields()[i].value));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const bool utf8 : {false, true}) {
    write_what_was_read(text, utf8);
    write_as_evidence(text, utf8);
  }
  pass_on(text);
  pass_on("Authentication-Results:" + text + "\r\n");
  return 0;
}
