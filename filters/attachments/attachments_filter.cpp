#include "filters/attachments/attachments_filter.h"

#include <fmt/format.h>

#include <algorithm>

#include "policy/facts/text.h"

#include "filters/attachments/look.h"
#include "filters/attachments/work.h"
#include "filters/registry.h"

namespace filters::attachments {
namespace {

using enum Owner;

constexpr FactSpec kFacts[] = {
    {"message.attachments", Type::list, Phase::message, transaction,
     "extensions of what is attached, lower-case, by name and by content; archives and nested messages are "
     "looked "
     "into"},
    {"attachments.encrypted", Type::boolean, Phase::message, transaction,
     "an archive or a document among them is encrypted"},
    {"attachments.macros", Type::boolean, Phase::message, transaction, "a document among them has macros"},
};

// A yes stands, whatever was not looked at.
FactValue flag(std::string_view name, bool found, const std::string& because) {
  return found || because.empty() ? FactValue::known(name, found) : FactValue::troubled(name, because);
}

class AttachmentsFilter final : public Filter {
 public:
  explicit AttachmentsFilter(const Options& options) : limits_(options.attachments) {}

  std::string_view name() const override { return "attachments"; }
  Needs needs() const override { return {Phase::message}; }

  std::uint64_t work(const Facts& facts, const Answers&) const override {
    const Message* message = facts.message();
    return message && message->complete() ? attachments::work(*message, limits_) : 0;
  }

  Finding examine(const Facts& facts, const Answers&) const override {
    const Message* message = facts.message();
    if (!message || !message->complete()) return trouble("the message is not complete");
    Look look(limits_, message->size());
    look.message(*message->octets(), mime::Begins::header);
    Found found = look.take();

    Finding finding;
    const std::string because = fmt::format("{}", fmt::join(found.bounds_met, "; "));
    if (!found.extensions.list().empty() || !because.empty())
      finding.evidence.push_back(evidence(found, because));
    finding.facts.push_back(
        because.empty() ? FactValue::known("message.attachments", found.extensions.list())
                        : FactValue::troubled("message.attachments", because, found.extensions.list()));
    finding.facts.push_back(flag("attachments.encrypted", found.encrypted, because));
    finding.facts.push_back(flag("attachments.macros", found.macros, because));
    return finding;
  }

  Finding trouble(std::string_view because) const override {
    return nothing_found("attachments", kFacts, because);
  }

 private:
  static Evidence evidence(Found& found, const std::string& because) {
    Evidence evidence{.method = "attachments",
                      .outcome = because.empty() ? Outcome::none : Outcome::permerror,
                      .reason = because.empty() ? std::string() : "not all is looked at: " + because};
    evidence.details.emplace_back("extensions",
                                  printable(fmt::format("{}", fmt::join(found.extensions.list(), " ")), 400));
    if (found.encrypted) evidence.details.emplace_back("encrypted", "yes");
    if (found.macros) evidence.details.emplace_back("macros", "yes");
    evidence.steps = found.trail.take();
    return evidence;
  }

  const Limits limits_;
};

}  // namespace

std::span<const FactSpec> facts() { return kFacts; }

std::unique_ptr<Filter> make_attachments(const Options& options) {
  return std::make_unique<AttachmentsFilter>(options);
}

}  // namespace filters::attachments
