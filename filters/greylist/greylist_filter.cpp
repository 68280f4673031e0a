#include "filters/greylist/greylist_filter.h"

#include <fmt/format.h>

#include <algorithm>

#include "policy/facts/text.h"

#include "filters/greylist/identity.h"
#include "filters/registry.h"

namespace filters::greylist {
namespace {

using std::chrono::seconds;

constexpr std::string_view kGreylist = "greylist";
constexpr std::string_view kReason = "greylist.reason";
constexpr std::string_view kUntil = "greylist.until";

constexpr std::string_view kTable = "greylist";
constexpr std::string_view kKnownTable = "greylist.known";

constexpr FactSpec kFacts[] = {
    {kGreylist, Type::choice, Phase::rcpt, Owner::recipient,
     "a stranger's mail to this recipient: new, waiting until it may come again, or passed", Type::text,
     "new waiting passed"},
    {kReason, Type::text, Phase::rcpt, Owner::recipient, "why greylist says so"},
    {kUntil, Type::time, Phase::rcpt, Owner::recipient, "from when on the mail passes if it comes again"},
};

std::string shown(Time time) { return to_text(Value(time)); }

// Who sends to whom, and what is remembered of it.
struct Case {
  Identity identity;
  StateQuestion triplet;
  StateQuestion known;
};

std::optional<Case> case_of(const Facts& facts) {
  const IpAddress* client = facts.get<IpAddress>("client.ip");
  const Address* sender = facts.get<Address>("sender.address");
  const Address* recipient = facts.get<Address>("rcpt.address");
  if (!client || !sender || !recipient) return std::nullopt;
  Case found;
  found.identity = identity_of(facts, *client);
  found.triplet.table = kTable;
  found.triplet.key = found.identity.key + '\n' + folded_sender(*sender) + '\n' + recipient->comparable();
  found.known.table = kKnownTable;
  found.known.key = found.identity.key;
  return found;
}

bool holds(const Facts& facts, FactName name) {
  const bool* value = facts.get<bool>(name);
  return value && *value;
}

// Who is never kept waiting.
std::string_view exempt(const Facts& facts) {
  if (holds(facts, "client.trusted")) return "the client is in networks.trusted";
  if (holds(facts, "client.relay")) return "the client is in networks.relays";
  return {};
}

Finding finding(std::string_view word, std::string reason, Time until) {
  Finding found;
  found.facts.push_back(FactValue::known(kGreylist, Choice{std::string(word)}));
  found.facts.push_back(FactValue::known(kReason, std::move(reason)));
  found.facts.push_back(FactValue::known(kUntil, until));
  return found;
}

class GreylistFilter final : public Filter {
 public:
  explicit GreylistFilter(const Terms& terms) : terms_(terms) {}

  std::string_view name() const override { return "greylist"; }
  Owner owner() const override { return Owner::recipient; }
  Needs needs() const override { return {Phase::rcpt, {"spf", "rdns"}}; }
  std::uint64_t work(const Facts&, const Answers&) const override { return 0; }

  Finding examine(const Facts& facts, const Answers& answers) const override {
    const Time* now = facts.get<Time>("now");
    if (!now) return trouble("the time is not known");
    if (const std::string_view why = exempt(facts); !why.empty())
      return finding("passed", std::string(why), *now);
    const auto asked = case_of(facts);
    if (!asked) return trouble("client.ip or sender.address is not known");
    const StateAnswer* triplet = answers.state(asked->triplet);
    const StateAnswer* known = answers.state(asked->known);
    if (!triplet || !known) {
      Finding open;
      open.questions = {asked->triplet, asked->known};
      return open;
    }
    return judge(*asked, *triplet, *known, *now);
  }

  // A mark is made when a stranger comes, and kept longer when he passed.  What was refused for good, or came
  // to no verdict, has not waited.
  std::vector<StateUpdate> learn(const Facts& facts, const Answers& answers,
                                 const Ending& ending) const override {
    const Choice* found = facts.get<Choice>(kGreylist);
    if (!found || !exempt(facts).empty()) return {};
    if (!ending.verdict.settled || ending.verdict.action == policy::Disposition::reject) return {};
    const auto asked = case_of(facts);
    const StateAnswer* triplet = asked ? answers.state(asked->triplet) : nullptr;
    const StateAnswer* known = asked ? answers.state(asked->known) : nullptr;
    if (!triplet || !known || !triplet->failed.empty() || !known->failed.empty()) return {};
    const auto touch = [](const StateQuestion& question, seconds keep) {
      return StateUpdate{StateUpdate::Does::touch, question.table, question.key, 0, keep};
    };
    if (found->word == "new") return {touch(asked->triplet, terms_.window)};
    if (found->word == "waiting") return {};
    std::vector<StateUpdate> updates;
    if (triplet->mark) updates.push_back(touch(asked->triplet, terms_.keep));
    if (ending.taken) updates.push_back(touch(asked->known, terms_.keep));
    return updates;
  }

  Finding trouble(std::string_view because) const override {
    Finding found;
    for (const FactSpec& spec : kFacts)
      found.facts.push_back(FactValue::troubled(spec.name, std::string(because)));
    return found;
  }

 private:
  bool is_known(const StateAnswer& known) const {
    return terms_.known_after > 0 && known.mark && known.mark->count >= terms_.known_after;
  }

  Finding judge(const Case& asked, const StateAnswer& triplet, const StateAnswer& known, Time now) const {
    const std::string& who = asked.identity.shown;
    for (const StateAnswer* answer : {&known, &triplet})
      if (!answer->failed.empty())
        return finding("passed", "what is remembered cannot be asked: " + printable(answer->failed), now);
    if (is_known(known))
      return finding("passed",
                     fmt::format("{} is known: {} messages passed since {}", who, known.mark->count,
                                 shown(known.mark->first)),
                     now);
    if (!triplet.mark)
      return finding("new", fmt::format("{} has not sent from this sender to this recipient before", who),
                     now + terms_.delay);
    const Time first = triplet.mark->first;
    const Time until = first + terms_.delay;
    // A clock that was set back tells nothing about how long it was.
    if (now < until && now >= first)
      return finding("waiting", fmt::format("{} came first at {}", who, shown(first)), until);
    return finding("passed", fmt::format("{} came first at {}, and again", who, shown(first)),
                   std::min(now, until));
  }

  const Terms terms_;
};

}  // namespace

std::span<const FactSpec> facts() { return kFacts; }

std::unique_ptr<Filter> make_greylist(const Options& options) {
  return std::make_unique<GreylistFilter>(options.greylist);
}

}  // namespace filters::greylist
