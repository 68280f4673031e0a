#include "gateway/review/gateway_panel.h"

#include <fmt/format.h>

#include "gateway/review/markup.h"
#include "gateway/status/text.h"
#include "gateway/web/parts.h"

namespace gateway::review {
namespace {

using web::html;
using web::Html;

constexpr std::size_t kLongest = 1000;  // octets of a line

Html line(std::string_view text) { return html("<div>{}</div>", printable(text, kLongest)); }

template <class Rows, class Text>
Html lines(const Rows& rows, Text text) {
  Html all;
  for (const auto& row : rows) all += line(text(row));
  return rows.empty() ? html("<span class='quiet'>none</span>") : all;
}

Html waiting(const status::StoreStatus& store) {
  return store.readable ? html("{}", grouped(store.count))
                        : html("<span class='quiet'>cannot be read</span>");
}

Html quarantined(const status::StoreStatus& store) {
  return store.readable ? html("<a href='{}'>{}</a>", web::Url("/quarantine"), grouped(store.count))
                        : waiting(store);
}

Html mailstores(const status::Status& status) {
  return lines(status.mailstores, [](const status::MailstoreStatus& one) {
    std::string text = one.name + ": " + one.protocol;
    for (const status::MailstoreServer& server : one.servers) text += ", " + told(server);
    return text;
  });
}

Html records(const journal::Journal::Counts& journal) {
  return html("{} written, {} dropped, {} failed", grouped(journal.written), grouped(journal.dropped),
              grouped(journal.failed));
}

}  // namespace

Html gateway_panel(const status::Status& status) {
  std::vector<std::pair<std::string_view, Html>> rows{
      {"host", html("{}, Postern {}", status.hostname, status.version)},
      {"runs since", web::moment(status.started)},
      {"mode", html("{}", status.mode)},
      {"policy", html("<a href='{}'>{}</a>", web::Url("/policy"), status.policy_version)},
      {"waiting for the mailstore", waiting(status.waiting)},
      {"in quarantine", quarantined(status.quarantine)},
      {"listeners", lines(status.listeners,
                          [](const status::ListenerStatus& one) {
                            return fmt::format("{}: {} sessions, {} since the start", one.address,
                                               grouped(one.open), grouped(one.taken));
                          })},
      {"mailstores", mailstores(status)},
      {"DNS since the start", line(status::told(status.dns))},
      {"records since the start", records(status.journal)}};
  if (!status.list_files.empty())
    rows.emplace_back("list files", lines(status.list_files, [&](const status::ListFileStatus& one) {
                        return one.list + ": " + status::told(one, status.now);
                      }));
  if (!status.certificates.empty())
    rows.emplace_back("certificates", lines(status.certificates,
                                            [](const status::CertificateStatus& one) { return told(one); }));
  return web::details(rows);
}

}  // namespace gateway::review
