#include "policy/forgery.h"

#include <algorithm>

namespace policy {
namespace {

// What anyone can write into a message or say in a session.
bool is_forgeable(const Test& test, const Vocabulary& vocabulary) {
  if (test.op == Test::Op::constant) return true;
  const FactId* id = std::get_if<FactId>(&test.left);
  if (!id) return true;  // a header field
  const std::string_view name = vocabulary[*id].name;
  for (const std::string_view said :
       {"from.", "reply_to.", "helo.", "sender.", "message.", "subject", "spf.", "dkim.", "arc.", "dmarc."})
    if (name.starts_with(said)) return true;
  return false;
}

// What a stranger can make of a test.  Of SPF, DKIM and DMARC he brings about whatever he likes, but neither
// a pass nor a domain that passed.  Of ARC all but trust: a chain of others, taken from their mail, passes
// once he has sealed it and any message with it.
Truths forged(const Test& test, const Vocabulary& vocabulary) {
  if (test.op == Test::Op::constant)
    return std::get<bool>(std::get<Value>(test.right)) ? Truth::yes : Truth::no;
  const Truths any = Truths(Truth::yes).with(Truth::no);
  if (!is_forgeable(test, vocabulary)) return Truth::open;
  const FactId* id = std::get_if<FactId>(&test.left);
  if (!id || test.op == Test::Op::troubled) return any;
  const FactSpec& spec = vocabulary[*id];
  if (spec.name == "dkim.pass_domains" || spec.name == "dmarc.aligned")
    return Truths(Truth::no).with(Truth::open);
  if (spec.name == "arc.trusted") return Truths(Truth::no).with(Truth::open);
  if (spec.name == "arc.result") return any;
  const Value* value = std::get_if<Value>(&test.right);
  if (spec.type != Type::outcome || !value || *value != Value(Outcome::pass)) return any;
  return Truths(test.op == Test::Op::different ? Truth::yes : Truth::no).with(Truth::open);
}

// Whose identity a test is about.
enum class Identity { none, author, sender };
Identity identity_of(FactId id, const Vocabulary& vocabulary) {
  const std::string_view name = vocabulary[id].name;
  for (const std::string_view author :
       {"from.domain", "from.address", "from.name", "from.local", "dmarc.domain", "dmarc.org_domain"})
    if (name == author) return Identity::author;
  for (const std::string_view sender : {"sender.domain", "sender.address", "sender.local", "spf.domain"})
    if (name == sender) return Identity::sender;
  return Identity::none;
}
Identity identity_of(const Test& test, const Vocabulary& vocabulary) {
  const FactId* id = std::get_if<FactId>(&test.left);
  return id && test.op != Test::Op::constant ? identity_of(*id, vocabulary) : Identity::none;
}

// A stranger who has a domain of his own: he passes SPF and DKIM, or DMARC, with that, and writes another's
// name where nothing vouches for it.
Truths borrowed(const Test& test, Identity forged_one, const Vocabulary& vocabulary) {
  const FactId* id = std::get_if<FactId>(&test.left);
  if (test.op == Test::Op::constant || !id) return forged(test, vocabulary);
  const std::string_view name = vocabulary[*id].name;
  const FactId* other = std::get_if<FactId>(&test.right);
  const Identity whose = identity_of(*id, vocabulary);
  if (whose != Identity::none) {
    // Compared with each other they are the same domain, or he gains nothing.
    if (whose != forged_one || (other && identity_of(*other, vocabulary) != Identity::none))
      return Truth::open;
    return Truths(Truth::yes).with(Truth::no);
  }
  const bool own =
      name == "dkim.result" || name == (forged_one == Identity::author ? "spf.mailfrom" : "dmarc.result");
  if (own && test.op != Test::Op::troubled) return Truths(Truth::yes).with(Truth::no);
  return forged(test, vocabulary);
}

bool can_borrow(const Condition& condition, Identity forged_one, const Vocabulary& vocabulary) {
  const auto about_it = [&](const Test& test) { return identity_of(test, vocabulary) == forged_one; };
  return std::ranges::any_of(condition.tests(), about_it) &&
         condition.possible([&](const Test& test) { return borrowed(test, forged_one, vocabulary); })
             .has(Truth::yes);
}

}  // namespace

// What he cannot forge is taken to be against him.
std::optional<std::string_view> way_to_forge(const Condition& condition, const Vocabulary& vocabulary) {
  if (condition.possible([&](const Test& test) { return forged(test, vocabulary); }).has(Truth::yes))
    return "can be met by anyone: nothing in it is authenticated; add dmarc.result == pass, spf.mailfrom == "
           "pass or "
           "client.ip";
  if (can_borrow(condition, Identity::author, vocabulary))
    return "can be met by anyone who has a domain: what passes may be his own, and says nothing of the "
           "author; add "
           "dmarc.result == pass";
  if (can_borrow(condition, Identity::sender, vocabulary))
    return "can be met by anyone who has a domain: what passes may be his own, and says nothing of the "
           "envelope "
           "sender; add spf.mailfrom == pass";
  return std::nullopt;
}

}  // namespace policy
