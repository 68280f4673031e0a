#include "gateway/rehearsal/rehearsal.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>

#include "gateway/net/networks.h"
#include "gateway/pipeline/conclude.h"
#include "gateway/pipeline/record.h"
#include "gateway/pipeline/route.h"

namespace gateway::rehearsal {
namespace {

constexpr std::string_view kNoId = "000000000000";  // nothing was received

// Facts of the configuration that are given stand in a copy: others share what is in force.
std::shared_ptr<const pipeline::InForce> with_given_configuration(
    std::shared_ptr<const pipeline::InForce> in_force, const GivenFacts& given) {
  const Vocabulary& vocabulary = in_force->vocabulary;
  const auto configured = [&](const auto& one) {
    return vocabulary[one.first].owner == Owner::configuration;
  };
  if (std::ranges::none_of(given, configured)) return in_force;
  auto own = std::make_shared<pipeline::InForce>(in_force->settings);
  own->policy = in_force->policy;
  own->filters = in_force->filters;
  for (const auto& [id, fact] : given)
    if (vocabulary[id].owner == Owner::configuration) own->facts.put(vocabulary[id].name, fact);
  return own;
}

smtp::Client client_of(const Scene& scene, const settings::Settings& settings) {
  smtp::Client client;
  if (scene.ip) {
    client.ip = client.peer = *scene.ip;
    client.trusted = net::contains(settings.trusted, client.ip);
    client.relay = net::contains(settings.relays, client.ip);
  }
  client.esmtp = true;
  client.helo = scene.helo.value_or("");
  if (!settings.listeners.empty() && !settings.listeners.front().address.empty())
    client.listener = settings.listeners.front().address.front().text();
  return client;
}

Envelope envelope_of(const Scene& scene) {
  Envelope envelope;
  if (scene.sender) envelope.sender = *scene.sender;
  envelope.recipients = scene.recipients;
  envelope.smtputf8 = envelope.sender.needs_utf8();
  return envelope;
}

}  // namespace

Rehearsal::Rehearsal(std::shared_ptr<const pipeline::InForce> in_force, dns::Resolver& resolver, Scene scene,
                     const lists::ListHealth* lists)
    : configured_(std::move(in_force)),
      in_force_(with_given_configuration(configured_, scene.given)),
      resolver_(resolver),
      lists_(lists),
      scene_(std::move(scene)) {
  const auto& domains = in_force_->settings->domain_order;
  if (scene_.recipients.empty() && !domains.empty())
    scene_.recipients.push_back(Address::odd("postmaster@" + domains.front().text()));
}

void Rehearsal::run(asio::io_context& loop) {
  std::exception_ptr failed;
  asio::co_spawn(loop, work(loop.get_executor()), [&](std::exception_ptr error) { failed = error; });
  loop.run();
  loop.restart();
  if (failed) std::rethrow_exception(failed);
}

void Rehearsal::begin(asio::any_io_executor loop) {
  const smtp::Client client = client_of(scene_, *in_force_->settings);
  origin_ = std::make_shared<pipeline::Origin>(
      in_force_, pipeline::Surroundings{resolver_, no_state_, std::move(loop), nullptr, lists_}, scene_.now,
      scene_.ip ? &client : nullptr,
      with_given_facts(in_force_->filters, in_force_->vocabulary, scene_.given));
  transaction_.emplace(origin_, std::string(kNoId), scene_.now, client, envelope_of(scene_));
  set_early_facts();
  transaction_->begin();
}

asio::awaitable<void> Rehearsal::work(asio::any_io_executor loop) {
  begin(std::move(loop));
  for (const Address& address : scene_.recipients) route(address);
  set_late_facts();
  const bool whole = scene_.message && !scene_.message->refusal;
  if (whole) {
    transaction_->data_begins();
    transaction_->header_complete(std::move(scene_.message->header));
    set_late_facts();
    co_await transaction_->message_complete(std::move(scene_.message->received));
    set_late_facts();
  } else {
    co_await transaction_->settle(Phase::rcpt);
  }
  judge(whole);
  entry_ = pipeline::entry_of(*transaction_);
  if (!transaction_->recipients().empty()) entry_.verdict = &transaction_->recipients().front().verdict;
  conclude(whole);
}

void Rehearsal::set_early_facts() {
  Facts& facts = transaction_->facts();
  if (!scene_.helo) facts.put("helo.name", {});
  if (!scene_.sender)
    for (const std::string_view name : {"sender.address", "sender.domain", "sender.local", "sender.is_null"})
      facts.put(name, {});
  for (const std::string_view name : {"tls.version", "tls.cipher", "tls.client_name"}) facts.put(name, {});
  const Vocabulary& vocabulary = in_force_->vocabulary;
  for (const auto& [id, fact] : scene_.given) {
    const FactSpec& spec = vocabulary[id];
    if (!vocabulary.filter(id).empty()) continue;  // with_given_facts() sees to those
    if (spec.owner == Owner::session)
      origin_->facts().put(spec.name, fact);
    else if (spec.owner == Owner::transaction && spec.final_at <= Phase::mail)
      facts.put(spec.name, fact);
  }
}

// Facts that the envelope or the message set, those of a client behind a relay among them: given ones come
// last.
void Rehearsal::set_late_facts() {
  const Vocabulary& vocabulary = in_force_->vocabulary;
  for (const auto& [id, fact] : scene_.given) {
    const FactSpec& spec = vocabulary[id];
    if (!vocabulary.filter(id).empty()) continue;
    if (spec.owner == Owner::recipient)
      for (pipeline::TransactionRecipient& recipient : transaction_->recipients())
        recipient.facts->put(spec.name, fact);
    else if (spec.owner == Owner::transaction)
      transaction_->facts().put(spec.name, fact);
    else if (spec.owner == Owner::session)
      origin_->facts().put(spec.name, fact);
  }
}

void Rehearsal::route(const Address& address) {
  const pipeline::Route route = pipeline::find_route(*in_force_->settings, address, true);
  pipeline::TransactionRecipient& recipient = transaction_->add_recipient(route.address);
  recipient.accepted = !route.refusal;
  if (!route.refusal) return;
  recipient.refused_by = route.refused_by;
  recipient.reply = route.refusal->text();
  recipient.fate = "refused";
}

void Rehearsal::judge(bool at_end) {
  for (pipeline::TransactionRecipient& recipient : transaction_->recipients()) {
    policy::Verdict verdict = transaction_->judge(recipient, false, at_end);
    if (!recipient.accepted) {  // no rule is asked about it; how they stand is told all the same
      recipient.verdict.rules = std::move(verdict.rules);
      continue;
    }
    recipient.verdict = std::move(verdict);
    recipient.facts->set("score", recipient.verdict.score);
    if (!recipient.verdict.settled) continue;
    const pipeline::Decision decision =
        pipeline::decide_on(recipient.verdict, *in_force_->settings, transaction_->id(), from_relay());
    if (decision.action >= policy::Disposition::defer) recipient.reply = decision.reply.text();
  }
}

// What the gateway itself would say, and the fields it would add.
void Rehearsal::conclude(bool whole) {
  const settings::Settings& settings = *in_force_->settings;
  if (entry_.recipients.size() > 0) {
    entry_.reply = entry_.recipients.front().reply;
    entry_.refused_by = entry_.recipients.front().refused_by;
  }
  if (scene_.message && scene_.message->refusal) {
    entry_.refused_by = scene_.message->refused_by;
    reply_ = scene_.message->refusal->text();
    entry_.reply = reply_;
  }
  if (!whole) return;
  if (transaction_->message()->count("Received") > settings.limits.received_fields) {
    entry_.refused_by = "@loop";
    reply_ = pipeline::message_loops(transaction_->id()).text();
    entry_.reply = reply_;
  }
  if (transaction_->recipients().empty()) return;
  std::vector<smtp::Recipient> all;
  for (const pipeline::TransactionRecipient& recipient : transaction_->recipients())
    all.push_back({recipient.address});
  const pipeline::TransactionRecipient& first = transaction_->recipients().front();
  const pipeline::Decision decision =
      pipeline::decide_on(first.verdict, settings, transaction_->id(), from_relay());
  added_ = pipeline::outgoing(*transaction_, first.verdict, decision.would, all).added;
  entry_.added_headers = added_;
}

}  // namespace gateway::rehearsal
