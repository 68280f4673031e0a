#include "filters/arc/chain.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "policy/facts/text.h"

#include "filters/arc/instance.h"
#include "filters/signing/tag_list.h"

namespace filters::arc {
namespace {

enum Kind : std::size_t { results, message_signature, seal };
constexpr std::array<std::string_view, 3> kNames{"ARC-Authentication-Results", "ARC-Message-Signature",
                                                 "ARC-Seal"};
constexpr std::size_t kMostFields = kNames.size() * kMostSets;

std::optional<Kind> kind(const Field& field) {
  for (const Kind each : {results, message_signature, seal})
    if (field.name.size() == kNames[each].size() && equal_nocase(field.name, kNames[each])) return each;
  return std::nullopt;
}

enum class Status { none, pass, fail };  // cv=

// What the field of one kind and instance says of itself.
struct Slot {
  const Field* field = nullptr;
  std::optional<Status> status;  // of a seal
  signing::Signature sealed;     // of a seal
  std::string defect;            // why a seal cannot be judged
};

class Reader {
 public:
  Chain read(const Message& message) {
    for (const Field& field : message.fields()) {
      const std::optional<Kind> found = kind(field);
      if (!found) continue;
      if (++count_ > kMostFields) break;
      take(field, *found);
    }
    return conclude();
  }

 private:
  // The first complaint stays.
  void complain(std::string reason) {
    if (reason_.empty()) reason_ = std::move(reason);
  }

  void take(const Field& field, Kind kind) {
    Slot slot{.field = &field, .status = {}, .sealed = {}, .defect = {}};
    const Result<unsigned> instance =
        kind == results ? leading_instance(field.value) : read_tags(field, kind, slot);
    if (!instance) return complain(fmt::format("{}: {}", kNames[kind], instance.error().text()));
    if (*instance > slots_.size()) slots_.resize(*instance);
    Slot& place = slots_[*instance - 1][kind];
    if (place.field) return complain(fmt::format("set {} has more than one {}", *instance, kNames[kind]));
    place = std::move(slot);
  }

  static Result<unsigned> read_tags(const Field& field, Kind kind, Slot& slot) {
    const Result<signing::TagList> tags = signing::TagList::parse(field.value);
    if (!tags) return tags.error();
    if (kind == seal) read_seal(*tags, slot);
    const std::string_view* position = tags->find("i");
    return position ? parse_position(*position) : Result<unsigned>(Error("i= is missing"));
  }

  static void read_seal(const signing::TagList& tags, Slot& slot) {
    if (const std::string_view* status = tags.find("cv")) {
      if (equal_nocase(*status, "none")) slot.status = Status::none;
      if (equal_nocase(*status, "pass")) slot.status = Status::pass;
      if (equal_nocase(*status, "fail")) slot.status = Status::fail;
      if (!slot.status) slot.defect = fmt::format("cv={} is not known", *status);
    } else {
      slot.defect = "cv= is missing";
    }
    Result<signing::Signature> sealed = signing::parse_signature(tags, signing::ArcField::seal);
    if (!sealed)
      slot.defect = sealed.error().text();
    else
      slot.sealed = std::move(*sealed);
    if (tags.find("h")) slot.defect = "h= has no place in a seal";  // RFC 8617 §4.1.3
  }

  Chain conclude() {
    Chain chain;
    if (count_ == 0) return chain;
    for (const auto& slots : slots_)
      if (slots[seal].field) chain.newest = signing::claim(slots[seal].field->value).domain;
    if (count_ > kMostFields)  // RFC 8617 §5.2 step 1
      reason_ = fmt::format("there are more than {} sets", kMostSets);
    else if (ended(chain))
      return chain;
    for (std::size_t i = 0; i < slots_.size(); ++i) check_set(i);
    if (!reason_.empty()) {
      chain.state = ChainState::broken;
      chain.reason = std::move(reason_);
      return chain;
    }
    chain.state = ChainState::whole;
    for (auto& slots : slots_)
      chain.sets.push_back({.results = slots[results].field,
                            .message_signature = slots[message_signature].field,
                            .seal = slots[seal].field,
                            .sealed = std::move(slots[seal].sealed)});
    return chain;
  }

  // Once a sealer has found the chain broken nobody may add to it, and what is there counts no more than no
  // chain at all (RFC 8617 §5.1.2, §5.2): "none".  Its seal is over that last set alone and proves nothing.
  bool ended(Chain& chain) const {
    for (std::size_t i = slots_.size(); i-- > 0;) {
      if (slots_[i][seal].status != Status::fail) continue;
      chain.state = ChainState::ended;
      chain.reason = fmt::format("set {} says that the chain was broken when it came there (cv=fail)", i + 1);
      return true;
    }
    return false;
  }

  // RFC 8617 §5.2 step 3
  void check_set(std::size_t i) {
    const auto& slots = slots_[i];
    if (!slots[results].field && !slots[message_signature].field && !slots[seal].field)
      return complain(fmt::format("there is no set {}", i + 1));
    for (const Kind each : {results, message_signature, seal})
      if (!slots[each].field) return complain(fmt::format("set {} has no {}", i + 1, kNames[each]));
    const Slot& sealed = slots[seal];
    if (!sealed.defect.empty()) return complain(fmt::format("the seal of set {}: {}", i + 1, sealed.defect));
    if (i == 0 && sealed.status != Status::none)
      return complain("the seal of set 1 says cv=pass, though no set is below it");
    if (i > 0 && sealed.status != Status::pass)
      return complain(fmt::format("the seal of set {} says cv=none, though set {} is below it", i + 1, i));
  }

  std::vector<std::array<Slot, 3>> slots_;  // by instance, from 1
  std::size_t count_ = 0;
  std::string reason_;
};

}  // namespace

Chain read_chain(const Message& message) { return Reader().read(message); }

Result<signing::Signature> parse_message_signature(std::string_view value) {
  const Result<signing::TagList> tags = signing::TagList::parse(value);
  if (!tags) return tags.error();
  Result<signing::Signature> signature =
      signing::parse_signature(*tags, signing::ArcField::message_signature);
  if (signature && signature->covers("arc-seal") > 0) return Error("h= names ARC-Seal");  // RFC 8617 §4.1.2
  return signature;
}

}  // namespace filters::arc
