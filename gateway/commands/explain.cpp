#include "gateway/commands/explain.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <random>

#include "gateway/commands/resolver_choice.h"
#include "gateway/commands/terminal.h"
#include "gateway/journal/conclusion.h"
#include "gateway/journal/encode.h"
#include "gateway/journal/tell.h"
#include "gateway/lists/configured.h"
#include "gateway/lists/list_probe.h"
#include "gateway/rehearsal/fact_value.h"
#include "gateway/rehearsal/rehearsal.h"

namespace gateway::commands {
namespace {

constexpr std::chrono::seconds kListTests{15};  // longer than the resolver waits

int complain(std::string_view what) {
  fmt::print(stderr, "postern explain: {}\n", what);
  return 2;
}

// What the options come to.
struct Question {
  std::shared_ptr<pipeline::InForce> in_force;
  std::unique_ptr<dns::Resolver> resolver;
  rehearsal::Scene scene;
};

Result<Question> understand(const ExplainOptions& options) {
  Question question;
  rehearsal::Scene& scene = question.scene;
  scene.now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  if (options.at) {
    const Result<Time> at = rehearsal::parse_moment(*options.at);
    if (!at) return Error("--at: " + at.error().text());
    scene.now = *at;
  }
  if (options.ip) {
    scene.ip = IpAddress::parse(*options.ip);
    if (!scene.ip) return Error(fmt::format("--ip: '{}' is not an IP address", printable(*options.ip)));
  }
  scene.helo = options.helo;
  if (options.from)
    scene.sender = options.from->empty() || *options.from == "<>" ? Address() : Address::odd(*options.from);
  for (const std::string& text : options.to) scene.recipients.push_back(Address::odd(text));

  policy::Diagnostics diagnostics;
  question.in_force = pipeline::InForce::load(options.config, scene.now, diagnostics);
  if (!question.in_force) return Error(diagnostics.render(), 1);
  const settings::Settings& settings = *question.in_force->settings;
  for (const std::string& text : options.facts) {
    auto fact = rehearsal::parse_fact(question.in_force->vocabulary, text);
    if (!fact) return Error("--fact: " + fact.error().text());
    scene.given.insert_or_assign(fact->first, rehearsal::given_fact(std::move(fact->second)));
  }
  auto resolver = make_resolver(settings, options.dns);
  if (!resolver) return Error(resolver.error().text(), 1);
  question.resolver = std::move(*resolver);
  if (options.file) {
    auto message = rehearsal::read_message(*options.file, settings);
    if (!message) return Error(message.error().text(), 1);
    scene.message = std::move(*message);
  }
  return question;
}

// Whoever is set aside in the server shows here, too, when his test points do not hold.
asio::awaitable<void> test_lists(asio::any_io_executor loop, dns::Resolver& resolver,
                                 std::shared_ptr<lists::ListHealth> health, bool from_file) {
  lists::ListProbe probe(std::move(loop),
                         {.resolver = resolver,
                          .health = std::move(health),
                          .random = [] { return static_cast<std::uint32_t>(std::random_device{}()); },
                          .from_file = from_file});
  probe.run();
  co_await probe.first_round(kListTests);
}

std::shared_ptr<const lists::ListHealth> tested_lists(asio::io_context& loop, dns::Resolver& resolver,
                                                      const settings::Settings& settings, bool from_file) {
  auto health = std::make_shared<lists::ListHealth>();
  health->use(lists::configured_lists(settings));
  std::exception_ptr failed;
  asio::co_spawn(loop, test_lists(loop.get_executor(), resolver, health, from_file),
                 [&](std::exception_ptr error) { failed = error; });
  loop.run();
  loop.restart();
  if (failed) std::rethrow_exception(failed);
  return health;
}

bool as_expected(const std::string& expected, const journal::Conclusion& found) {
  const std::size_t colon = expected.find(':');
  if (expected.substr(0, colon) != found.action) return false;
  return colon == std::string::npos || expected.substr(colon + 1) == found.rule;
}

}  // namespace

int explain(const ExplainOptions& options) {
  Result<Question> question = understand(options);
  if (!question) {
    if (question.error().system_code() == 0) return complain(question.error().text());
    fmt::print(stderr, "{}{}", question.error().text(), question.error().text().ends_with('\n') ? "" : "\n");
    return 1;
  }
  // The resolver ends before the loop, and the rehearsal before both.
  asio::io_context loop(1);
  const std::unique_ptr<dns::Resolver> resolver = std::move(question->resolver);
  const settings::Settings& settings = *question->in_force->settings;
  const auto lists =
      tested_lists(loop, *resolver, settings, !options.dns.empty() || !settings.dns_zone.empty());
  rehearsal::Rehearsal rehearsal(question->in_force, *resolver, std::move(question->scene), lists.get());
  rehearsal.run(loop);
  const journal::Entry& entry = rehearsal.entry();
  if (options.json)
    fmt::print("{}\n", journal::encode_story(entry));
  else
    fmt::print("{}", journal::tell(entry, page_style(options.colour)));
  if (!options.expect) return 0;
  const journal::Conclusion found = journal::conclusion(entry);
  if (as_expected(*options.expect, found)) return 0;
  fmt::print(stderr, "postern explain: expected {}, but it is {}:{}\n", printable(*options.expect),
             found.action, found.rule);
  return 1;
}

}  // namespace gateway::commands
