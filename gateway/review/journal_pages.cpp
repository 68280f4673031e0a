#include "gateway/review/journal_pages.h"

#include "gateway/review/api.h"
#include "gateway/review/log_page.h"
#include "gateway/review/log_request.h"
#include "gateway/review/message_page.h"
#include "gateway/review/overview_page.h"

namespace gateway::review {
namespace {

using Answer = web::Response (*)(const web::Request&, const World&);

using Fields = std::vector<std::string_view>;

struct Row {
  std::string_view pattern;
  Answer answer;
  std::optional<Fields> fields = {};  // for programs
};

}  // namespace

void add_journal_pages(web::Routes& routes, const World& world) {
  const Row pages[] = {{"/", overview_page},
                       {"/log", log_page},
                       {"/log.csv", log_csv, log_fields()},
                       {"/log.jsonl", log_lines, log_fields()},
                       {"/message/{id}", message_page},
                       {"/message/{id}/as-test", message_as_test},
                       {"/api/v1/status", api_status, Fields{}},
                       {"/api/v1/overview", api_overview, Fields{"period", "top", "slow"}},
                       {"/api/v1/stats", api_stats, Fields{"since", "until", "slow"}},
                       {"/api/v1/log", api_log, log_fields()},
                       {"/api/v1/message/{id}", api_message, Fields{"slow"}}};
  for (const Row& row : pages)
    routes
        .page(row.pattern, web::Role::view,
              [answer = row.answer, &world](const web::Request& request) { return answer(request, world); })
        .fields = row.fields;
}

}  // namespace gateway::review
