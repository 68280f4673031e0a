#include "tests/support/review_site.h"

#include <regex>

#include "gateway/review/journal_pages.h"
#include "gateway/web/answer.h"
#include "tests/support/rehearsed_policy.h"

namespace support {
namespace {

using namespace gateway;

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != text.npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

std::string without_escapes(std::string text) {
  for (const auto& [escaped, meant] :
       {std::pair("&lt;", "<"), {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&amp;", "&"}})
    text = replaced(std::move(text), escaped, meant);
  return text;
}

}  // namespace

ReviewSite::ReviewSite()
    : now(kJournalDay + std::chrono::hours(11) + std::chrono::minutes(30)),
      status{.version = "0.1.0", .hostname = "mx1.example.com", .mode = "enforce", .policy_version = "abc"},
      in_force_(rehearse("").in_force),
      world_{days.directory(), [this] { return status; }, [this] { return in_force_; },
             [this] { return now; }} {
  status.index.emplace();
  review::add_journal_pages(routes_, world_);
}

web::Response ReviewSite::get(const std::string& target) {
  web::Request request{.method = "GET", .target = target, .headers = {{"Host", "localhost"}}};
  return web::answer(request, routes_, *door_, [] { return true; });
}

std::vector<std::pair<std::string, std::string>> links_in(const std::string& page) {
  static const std::regex link("<a [^>]*href='([^']*)'[^>]*>(.*?)</a>");
  static const std::regex tag("<[^>]*>");
  std::vector<std::pair<std::string, std::string>> links;
  for (std::sregex_iterator one(page.begin(), page.end(), link), end; one != end; ++one)
    links.emplace_back(without_escapes((*one)[1]),
                       without_escapes(std::regex_replace((*one)[2].str(), tag, " ")));
  return links;
}

std::string whole(const web::Response& response) {
  std::string all = response.body;
  if (response.pieces)
    response.pieces([&](std::string_view piece) {
      all += piece;
      return true;
    });
  return all;
}

}  // namespace support
