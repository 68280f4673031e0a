#include "gateway/commands/explain.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <random>

#include "gateway/commands/fact_value.h"
#include "gateway/commands/given_facts.h"
#include "gateway/commands/message_file.h"
#include "gateway/commands/resolver_choice.h"
#include "gateway/commands/terminal.h"
#include "gateway/journal/conclusion.h"
#include "gateway/journal/encode.h"
#include "gateway/journal/tell.h"
#include "gateway/lists/configured.h"
#include "gateway/lists/list_probe.h"
#include "gateway/pipeline/conclude.h"
#include "gateway/pipeline/record.h"
#include "gateway/pipeline/route.h"
#include "gateway/pipeline/transaction.h"

namespace gateway::commands {
namespace {

constexpr std::chrono::seconds kListTests{15};      // longer than the resolver waits
constexpr std::string_view kNoId = "000000000000";  // nothing was received

int complain(std::string_view what) {
  fmt::print(stderr, "postern explain: {}\n", what);
  return 2;
}

// What the options come to.
struct Question {
  std::shared_ptr<pipeline::InForce> in_force;
  std::unique_ptr<dns::Resolver> resolver;
  smtp::Client client;
  Envelope envelope;
  std::vector<Address> recipients;
  Time now{};
  GivenFacts given;
  std::optional<ReadMessage> message;
};

Result<std::vector<Address>> recipients_of(const ExplainOptions& options,
                                           const settings::Settings& settings) {
  std::vector<Address> recipients;
  for (const std::string& text : options.to) recipients.push_back(Address::odd(text));
  if (recipients.empty() && !settings.domain_order.empty())
    recipients.push_back(Address::odd("postmaster@" + settings.domain_order.front().text()));
  return recipients;
}

Result<Question> understand(const ExplainOptions& options) {
  Question question;
  question.now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  if (options.at) {
    const Result<Time> at = parse_moment(*options.at);
    if (!at) return Error("--at: " + at.error().text());
    question.now = *at;
  }
  if (options.ip) {
    const auto ip = IpAddress::parse(*options.ip);
    if (!ip) return Error(fmt::format("--ip: '{}' is not an IP address", printable(*options.ip)));
    question.client.ip = question.client.peer = *ip;
  }
  question.client.esmtp = true;
  question.client.helo = options.helo.value_or("");
  if (options.from && !options.from->empty() && *options.from != "<>")
    question.envelope.sender = Address::odd(*options.from);

  policy::Diagnostics diagnostics;
  question.in_force = pipeline::InForce::load(options.config, question.now, diagnostics);
  if (!question.in_force) return Error(diagnostics.render(), 1);
  const settings::Settings& settings = *question.in_force->settings;
  const auto contains = [&](const std::vector<Network>& networks) {
    return std::ranges::any_of(networks,
                               [&](const Network& one) { return one.contains(question.client.ip); });
  };
  question.client.trusted = contains(settings.trusted);
  question.client.relay = contains(settings.relays);
  if (!settings.listeners.empty() && !settings.listeners.front().address.empty())
    question.client.listener = settings.listeners.front().address.front().text();
  question.recipients = *recipients_of(options, settings);
  question.envelope.recipients = question.recipients;
  question.envelope.smtputf8 = question.envelope.sender.needs_utf8();
  for (const std::string& text : options.facts) {
    auto fact = parse_fact(question.in_force->vocabulary, text);
    if (!fact) return Error("--fact: " + fact.error().text());
    question.given.insert_or_assign(fact->first, std::move(fact->second));
  }
  auto resolver = make_resolver(settings, options.dns);
  if (!resolver) return Error(resolver.error().text(), 1);
  question.resolver = std::move(*resolver);
  if (options.file) {
    auto message = read_message(*options.file, settings);
    if (!message) return Error(message.error().text(), 1);
    question.message = std::move(*message);
  }
  return question;
}

// What was not given is not known, and stays so.
void set_given_facts(pipeline::Origin& origin, pipeline::Transaction& transaction,
                     const ExplainOptions& options, const Question& question) {
  Facts& facts = transaction.facts();
  if (!options.helo) facts.put("helo.name", {});
  if (!options.from)
    for (const std::string_view name : {"sender.address", "sender.domain", "sender.local", "sender.is_null"})
      facts.put(name, {});
  for (const std::string_view name : {"tls.version", "tls.cipher", "tls.client_name"}) facts.put(name, {});
  for (const auto& [id, value] : question.given) {
    const Vocabulary& vocabulary = question.in_force->vocabulary;
    const FactSpec& spec = vocabulary[id];
    if (!vocabulary.filter(id).empty()) continue;  // with_given_facts() sees to those
    if (spec.owner == Owner::configuration)
      question.in_force->facts.set(spec.name, value);
    else if (spec.owner == Owner::session)
      origin.facts().set(spec.name, value);
    else if (spec.owner == Owner::transaction && spec.final_at <= Phase::mail)
      facts.set(spec.name, value);
  }
}

// Facts that the envelope or the message set: given ones come last.
void set_late_facts(pipeline::Transaction& transaction, const Question& question) {
  for (const auto& [id, value] : question.given) {
    const FactSpec& spec = question.in_force->vocabulary[id];
    if (!question.in_force->vocabulary.filter(id).empty()) continue;
    if (spec.owner == Owner::recipient)
      for (pipeline::TransactionRecipient& recipient : transaction.recipients())
        recipient.facts->set(spec.name, value);
    else if (spec.owner == Owner::transaction)
      transaction.facts().set(spec.name, value);
  }
}

class Explanation {
 public:
  Explanation(const ExplainOptions& options, Question question)
      : options_(options), question_(std::move(question)) {}

  // Valid for the life of this object.
  const journal::Entry& run() {
    std::exception_ptr failed;
    asio::co_spawn(loop_, work(), [&](std::exception_ptr error) { failed = error; });
    loop_.run();
    if (failed) std::rethrow_exception(failed);
    return entry_;
  }

 private:
  // Whoever is set aside in the server shows here, too, when his test points do not hold.
  asio::awaitable<void> test_lists() {
    const settings::Settings& settings = *question_.in_force->settings;
    list_health_->use(lists::configured_lists(settings));
    lists::ListProbe probe(loop_.get_executor(),
                           {.resolver = *question_.resolver,
                            .health = list_health_,
                            .random = [] { return static_cast<std::uint32_t>(std::random_device{}()); },
                            .from_file = !options_.dns.empty() || !settings.dns_zone.empty()});
    probe.run();
    co_await probe.first_round(kListTests);
  }

  asio::awaitable<void> work() {
    const pipeline::InForce& in_force = *question_.in_force;
    co_await test_lists();
    const auto origin = std::make_shared<pipeline::Origin>(
        question_.in_force,
        pipeline::Surroundings{*question_.resolver, no_state_, loop_.get_executor(), nullptr,
                               list_health_.get()},
        question_.now, options_.ip ? &question_.client : nullptr,
        with_given_facts(in_force.filters, in_force.vocabulary, question_.given));
    transaction_.emplace(origin, std::string(kNoId), question_.now, question_.client, question_.envelope);
    pipeline::Transaction& transaction = *transaction_;
    set_given_facts(*origin, transaction, options_, question_);
    transaction.begin();
    for (const Address& address : question_.recipients) route(transaction, address);
    set_late_facts(transaction, question_);
    const bool refused = question_.message && question_.message->refusal;
    const bool whole = question_.message && !refused;
    if (whole) {
      transaction.data_begins();
      transaction.header_complete(question_.message->received.header);
      set_late_facts(transaction, question_);
      co_await transaction.message_complete(std::move(question_.message->received));
      set_late_facts(transaction, question_);
    } else {
      co_await transaction.settle(Phase::rcpt);
    }
    judge(transaction, whole);
    entry_ = pipeline::entry_of(transaction);
    if (!transaction.recipients().empty()) entry_.verdict = &transaction.recipients().front().verdict;
    conclude(transaction, whole);
  }

  void route(pipeline::Transaction& transaction, const Address& address) const {
    const settings::Settings& settings = *question_.in_force->settings;
    const pipeline::Route route = pipeline::find_route(settings, address, true);
    pipeline::TransactionRecipient& recipient = transaction.add_recipient(route.address);
    recipient.accepted = !route.refusal;
    if (!route.refusal) return;
    recipient.refused_by = route.refused_by;
    recipient.reply = route.refusal->text();
    recipient.fate = "refused";
  }

  void judge(pipeline::Transaction& transaction, bool at_end) const {
    const settings::Settings& settings = *question_.in_force->settings;
    for (pipeline::TransactionRecipient& recipient : transaction.recipients()) {
      policy::Verdict verdict = transaction.judge(recipient, false, at_end);
      if (!recipient.accepted) {  // no rule is asked about it; how they stand is told all the same
        recipient.verdict.rules = std::move(verdict.rules);
        continue;
      }
      recipient.verdict = std::move(verdict);
      recipient.facts->set("score", recipient.verdict.score);
      if (!recipient.verdict.settled) continue;
      const pipeline::Decision decision =
          pipeline::decide_on(recipient.verdict, settings, transaction.id(), transaction.client().relay);
      if (decision.action >= policy::Disposition::defer) recipient.reply = decision.reply.text();
    }
  }

  // What the gateway itself would say, and the fields it would add.
  void conclude(pipeline::Transaction& transaction, bool whole) {
    const settings::Settings& settings = *question_.in_force->settings;
    if (entry_.recipients.size() > 0) {
      entry_.reply = entry_.recipients.front().reply;
      entry_.refused_by = entry_.recipients.front().refused_by;
    }
    if (question_.message && question_.message->refusal) {
      entry_.refused_by = question_.message->refused_by;
      reply_ = question_.message->refusal->text();
      entry_.reply = reply_;
    }
    if (!whole) return;
    if (transaction.message()->count("Received") > settings.limits.received_fields) {
      entry_.refused_by = "@loop";
      reply_ = pipeline::message_loops(transaction.id()).text();
      entry_.reply = reply_;
    }
    if (transaction.recipients().empty()) return;
    std::vector<smtp::Recipient> all;
    for (const pipeline::TransactionRecipient& recipient : transaction.recipients())
      all.push_back({recipient.address});
    const pipeline::TransactionRecipient& first = transaction.recipients().front();
    const pipeline::Decision decision =
        pipeline::decide_on(first.verdict, settings, transaction.id(), transaction.client().relay);
    added_ = pipeline::outgoing(transaction, first.verdict, decision.would, all).added;
    entry_.added_headers = added_;
  }

  const ExplainOptions& options_;
  asio::io_context loop_{1};
  state::NoState no_state_;
  const std::shared_ptr<lists::ListHealth> list_health_ = std::make_shared<lists::ListHealth>();
  Question question_;  // its resolver ends before the loop, and the transaction before both
  std::optional<pipeline::Transaction> transaction_;
  std::string reply_;
  std::vector<std::string> added_;
  journal::Entry entry_;  // refers to what is above
};

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
  Explanation explanation(options, std::move(*question));
  const journal::Entry& entry = explanation.run();
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
