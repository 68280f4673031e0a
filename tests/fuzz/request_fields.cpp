// What a browser or a program sends to the review pages: a form, JSON, a cookie, the head of a request and
// its fields; and links made with it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "gateway/journal/json_writer.h"
#include "gateway/web/access/basic.h"
#include "gateway/web/access/origin.h"
#include "gateway/web/fields.h"
#include "gateway/web/request_head.h"
#include "gateway/web/url.h"
#include "policy/facts/text.h"

namespace {

using gateway::web::Fields;

void check_bounds(const Fields& fields, std::size_t sent) {
  std::size_t all = 0;
  for (const auto& [name, value] : fields.pairs()) all += value.size();
  if (fields.pairs().size() > Fields::kMost || all > sent) std::abort();
}

void check_form(std::string_view text) {
  const auto fields = Fields::parse(text);
  if (!fields) return;
  check_bounds(*fields, text.size());
  auto url = gateway::web::Url::local("/log");
  for (const auto& [name, value] : fields->pairs()) url = url->with(name, value);
  std::string_view query = url->text();
  query.remove_prefix(std::min(query.find('?'), query.size() - 1) + 1);
  const auto again = Fields::parse(query);
  const bool has_all = fields->pairs().empty() || (again && again->pairs() == fields->pairs());
  if (!has_all) std::abort();
}

void check_json(std::string_view text) {
  const auto fields = Fields::parse_json(text);
  if (!fields) return;
  check_bounds(*fields, text.size());
  gateway::journal::JsonWriter json;
  json.begin_object();
  for (const auto& [name, value] : fields->pairs()) {
    if (!policy::is_valid_utf8(name) || !policy::is_valid_utf8(value)) return;
    json.key_of(name).text(value);
  }
  const auto again = Fields::parse_json(json.end_object().view());
  if (!again || again->pairs() != fields->pairs()) std::abort();
}

void check_head(std::string_view text) {
  gateway::web::RequestHead head;
  bool believed = true;
  for (const char octet : text) believed = head.take(octet) && believed;
  if (!believed && head.done()) std::abort();
  if (const auto refusal = head.refusal(); refusal && (refusal->status < 400 || refusal->status > 599))
    std::abort();
}

void check_field(std::string_view text) {
  if (const auto given = gateway::web::access::basic_credentials(text))
    if (given->name.find(':') != given->name.npos ||
        given->name.size() + given->password.size() > text.size())
      std::abort();
  const std::string names[] = {"mx.example.com"};
  const bool is_us = gateway::web::access::names_us(text, names);
  if (is_us && text.find_first_of("@/ ") != text.npos) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_form(text);
  check_json(text);
  check_head(text);
  check_field(text);
  if (const auto cookie = gateway::web::cookie(text, "postern"))
    if (cookie->find(';') != cookie->npos) std::abort();
  return 0;
}
