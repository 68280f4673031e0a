#include "gateway/review/slow.h"

#include <fmt/format.h>

#include "gateway/web/parts.h"

namespace gateway::review {
namespace {

constexpr std::uint64_t kQuick =
    256 << 20;  // octets of lines that may be read without asking: about a second
constexpr std::uint64_t kPerSecond = 200 << 20;  // octets

}  // namespace

std::optional<web::Response> too_slow(const web::Request& request, journal::index::Search& search,
                                      std::optional<Time> since, std::optional<Time> until,
                                      web::Section section) {
  if (request.query.get("slow") == "yes") return std::nullopt;
  const std::uint64_t octets = search.octets_without_index(since, until);
  if (octets <= kQuick) return std::nullopt;
  const std::string what = fmt::format(
      "{} MB of the journal are in no index: to read them takes about {} seconds. The index is made by the "
      "running "
      "gateway, or by `postern journal rebuild`, unless [journal] index switches it off",
      octets / 1'000'000, octets / kPerSecond + 1);
  if (request.wants_json())
    return web::error_page(request, 503, what + "; slow=yes reads them all the same.");
  const auto again = web::Url::local(request.target);
  const web::Html go_on =
      again ? web::html("<p><a href='{}'>Read them all the same</a></p>", again->with("slow", "yes"))
            : web::Html();
  return web::page(request, {.title = "This takes long",
                             .section = section,
                             .body = web::html("<p class='lead'>{}.</p>{}", what, go_on),
                             .status = 503});
}

}  // namespace gateway::review
