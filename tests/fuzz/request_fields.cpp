// What a browser or a program sends to the review pages: a form, JSON, a cookie; and links made with it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "gateway/journal/json_writer.h"
#include "gateway/web/fields.h"
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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_form(text);
  check_json(text);
  if (const auto cookie = gateway::web::cookie(text, "postern"))
    if (cookie->find(';') != cookie->npos) std::abort();
  return 0;
}
