#include "gateway/pipeline/session_record.h"

#include <spdlog/spdlog.h>

#include "gateway/journal/encode_session.h"
#include "gateway/journal/log_line.h"
#include "gateway/metrics/tally.h"
#include "gateway/pipeline/record.h"

namespace gateway::pipeline {
namespace {

journal::SessionEntry entry_of(const smtp::SessionEnd& end, const SessionNotes& notes,
                               const InForce& in_force) {
  const settings::Settings& settings = *in_force.settings;
  const auto began = std::chrono::system_clock::now() -
                     std::chrono::duration_cast<std::chrono::system_clock::duration>(end.duration);
  journal::SessionEntry entry;
  entry.id = notes.id;
  entry.start = std::chrono::floor<std::chrono::seconds>(began);
  entry.duration = std::chrono::duration<double>(end.duration).count();
  entry.hostname = settings.hostname;
  entry.policy_version = in_force.policy->version();
  entry.mode = name(settings.mode);
  entry.client = &end.client;
  entry.ended = name(notes.verdict ? smtp::SessionEnd::How::refused : end.how);
  entry.detail = end.detail;
  entry.commands = end.commands;
  entry.errors = end.errors;
  entry.last_command = end.last_command;
  entry.reply = end.last_reply;
  entry.refused_by = notes.refused_by;
  if (notes.verdict) entry.verdict = &*notes.verdict;
  return entry;
}

}  // namespace

void record_session(const Works& works, const asio::any_io_executor& loop, const smtp::SessionEnd& end,
                    SessionNotes notes) {
  const auto in_force = notes.in_force ? notes.in_force : works.standing.now();
  if (is_probe(*in_force->settings, end.client.ip)) return;
  if (works.tally) works.tally->session(name(notes.verdict ? smtp::SessionEnd::How::refused : end.how));
  const auto answer = works.session_limiter.ask(end.client.ip, std::chrono::steady_clock::now());
  if (answer.alert > 0)
    spdlog::warn("event=sessions_unrecorded count={} what=\"connections without a message come in a flood\"",
                 answer.alert);
  if (!answer.record) return;
  if (notes.id.empty()) notes.id = works.ids.next();
  journal::SessionEntry entry = entry_of(end, notes, *in_force);
  entry.unrecorded = answer.left_out;
  works.journal.post(loop, {journal::encode_session(entry), journal::log_line(entry)});
}

}  // namespace gateway::pipeline
