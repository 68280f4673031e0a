#include "gateway/review/journal_pages.h"

#include "gateway/review/api.h"
#include "gateway/review/log_page.h"
#include "gateway/review/message_page.h"
#include "gateway/review/overview_page.h"

namespace gateway::review {
namespace {

using Answer = web::Response (*)(const web::Request&, const World&);

struct Row {
  std::string_view pattern;
  Answer answer;
};
constexpr Row kPages[] = {{"/", overview_page},
                          {"/log", log_page},
                          {"/log.csv", log_csv},
                          {"/log.jsonl", log_lines},
                          {"/message/{id}", message_page},
                          {"/message/{id}/as-test", message_as_test},
                          {"/api/v1/status", api_status},
                          {"/api/v1/overview", api_overview},
                          {"/api/v1/stats", api_stats},
                          {"/api/v1/log", api_log},
                          {"/api/v1/message/{id}", api_message}};

}  // namespace

void add_journal_pages(web::Routes& routes, const World& world) {
  for (const Row& row : kPages)
    routes.page(row.pattern, web::Role::view, [answer = row.answer, &world](const web::Request& request) {
      return answer(request, world);
    });
}

}  // namespace gateway::review
