#include "gateway/held/answers.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <iterator>

#include "gateway/delivery/disk.h"
#include "gateway/journal/id.h"

namespace gateway::held {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostIds = 10'000;
constexpr std::array<std::string_view, 6> kCommands{
    "quarantine.release", "quarantine.delete", "quarantine.read", "queue.retry", "queue.fail", "queue.read"};

std::vector<std::string> texts(const json::object& request, std::string_view key) {
  std::vector<std::string> all;
  const json::value* const value = request.if_contains(key);
  if (!value || !value->is_array()) return all;
  for (const json::value& one : value->get_array())
    if (one.is_string() && all.size() < kMostIds) all.emplace_back(one.get_string());
  return all;
}

asio::awaitable<Outcome> act(Desk& desk, std::string command, std::string id, ReleaseTerms terms,
                             Person person) {
  if (command == "quarantine.release")
    co_return co_await desk.release(std::move(id), std::move(terms), std::move(person));
  if (command == "quarantine.delete") co_return co_await desk.remove(std::move(id), std::move(person));
  if (command == "queue.retry") co_return co_await desk.retry(std::move(id), std::move(person));
  co_return co_await desk.fail(std::move(id), std::move(person));
}

asio::awaitable<json::object> read(Desk& desk, std::string id, delivery::Keep keep, Person person) {
  const Desk::Reading reading = co_await desk.read(std::move(id), keep, std::move(person));
  json::array files;
  for (const delivery::Path& file : reading.files) files.emplace_back(file.string());
  json::object answer{{"ok", !reading.files.empty()}};
  answer["files"] = std::move(files);
  co_return answer;
}

}  // namespace

bool is_request(std::string_view command) { return std::ranges::find(kCommands, command) != kCommands.end(); }

asio::awaitable<json::object> answer(Desk& desk, asio::any_io_executor workers, json::object request,
                                     control::Peer peer) {
  const std::string command(request.at("command").as_string());
  std::vector<std::string> ids;
  for (const std::string& text : texts(request, "ids"))
    if (const auto id = journal::canonical_id(text)) ids.push_back(*id);
  json::object answer{{"ok", false}};
  if (ids.empty()) {
    answer["error"] = "no id was given";
    co_return answer;
  }
  const auto ask = [peer] { return control::name_of(peer); };
  const Person person{co_await delivery::off_loop(workers, ask), "control"};
  if (command.ends_with(".read")) {
    const auto keep = command.starts_with("queue") ? delivery::Keep::retry : delivery::Keep::quarantine;
    co_return co_await read(desk, ids.front(), keep, person);
  }
  // Nobody's mistake may be read as "everybody".
  const json::value* const chosen = request.if_contains("to");
  const auto is_text = [](const json::value& one) { return one.is_string(); };
  if (chosen && (!chosen->is_array() || chosen->get_array().size() > kMostIds ||
                 !std::ranges::all_of(chosen->get_array(), is_text))) {
    answer["error"] = "\"to\" is not an array of recipients; nothing was done";
    co_return answer;
  }
  const json::value* const again = request.if_contains("again");
  if (again && !again->is_bool()) {
    answer["error"] = "\"again\" is neither true nor false; nothing was done";
    co_return answer;
  }
  const ReleaseTerms terms{texts(request, "to"), again && again->get_bool()};
  json::array messages;
  bool all_done = true;
  for (const std::string& id : ids) {
    const Outcome outcome = co_await act(desk, command, id, terms, person);
    for (const journal::Audit& one : outcome) {
      all_done = all_done && one.result == "done";
      messages.push_back(json::parse(journal::encode_audit(one)));
    }
  }
  answer["ok"] = all_done;
  answer["messages"] = std::move(messages);
  co_return answer;
}

}  // namespace gateway::held
