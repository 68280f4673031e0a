#include "filters/dnsxl/address_list_filter.h"

#include <fmt/format.h>

#include "filters/dnsxl/set_aside.h"
#include "filters/names/reverse_name.h"

namespace filters::dnsxl {
namespace {

std::string text_of(const std::vector<IpAddress>& codes) {
  std::string text;
  for (const IpAddress& code : codes) text.append(text.empty() ? "" : ", ").append(code.text());
  return text;
}

// What was made of each code that counts.
std::string meaning(const Listing& listing) {
  std::string text;
  for (const CountedCodes* codes : listing.counted)
    text += fmt::format("{}{} counts {}", text.empty() ? "" : ", ", codes->written, codes->weight);
  return text;
}

class AddressListFilter final : public Filter {
 public:
  AddressListFilter(const AddressLists& what, std::vector<DnsList> lists)
      : what_(what), lists_(std::move(lists)) {}

  std::string_view name() const override { return what_.method; }
  Owner owner() const override { return Owner::session; }
  Needs needs() const override { return {Phase::connect}; }

  Finding examine(const Facts& facts, const Answers& answers) const override {
    Finding finding;
    const IpAddress* client = facts.get<IpAddress>("client.ip");
    if (!client) return trouble("client.ip is not known");
    const std::string entry = names::reversed(*client);
    for (const DnsList& list : lists_) {
      if (set_aside(facts, list.id)) continue;
      auto question = question_of(list, entry);
      if (question && !answers.dns(*question)) finding.questions.emplace_back(std::move(*question));
    }
    return finding.questions.empty() ? conclude(facts, answers, {}) : finding;
  }

  // A list that has not answered counts as not listing: what it costs to wait for it must not decide.
  Finding conclude(const Facts& facts, const Answers& answers, std::string_view because) const override {
    const IpAddress* client = facts.get<IpAddress>("client.ip");
    if (!client) return trouble(because.empty() ? "client.ip is not known" : because);
    const std::string entry = names::reversed(*client);
    const std::string shown = client->text();
    double score = 0;
    List listed;
    List codes;
    Finding finding;
    finding.evidence.reserve(lists_.size());
    for (const DnsList& list : lists_) {
      Evidence& evidence = finding.evidence.emplace_back(blank(list));
      if (const auto why = set_aside(facts, list.id)) {
        evidence.outcome = Outcome::temperror;
        evidence.reason = fmt::format("{} is set aside, and was not asked: {}", list.id, *why);
        continue;
      }
      auto question = question_of(list, entry);
      if (!question) continue;
      const Listing listing = read(list, answers.dns(*question));
      judge(evidence, list, listing, shown);
      evidence.steps.push_back({.asked = std::move(question), .meaning = step(listing, evidence.reason)});
      if (listing.state != Listing::State::listed) continue;
      score += listing.weight;
      listed.push_back(list.id);
      for (const IpAddress& code : listing.codes) codes.push_back(list.id + ":" + code.text());
    }
    finding.facts = {FactValue::known(what_.score, score), FactValue::known(what_.listed, std::move(listed)),
                     FactValue::known(what_.codes, std::move(codes))};
    return finding;
  }

  Finding trouble(std::string_view because) const override {
    return nothing_found(what_.method, what_.facts, because);
  }

 private:
  Evidence blank(const DnsList& list) const {
    Evidence evidence{
        .method = std::string(what_.method), .property = "dns.zone", .value = list.shown_zone()};
    evidence.details.emplace_back("list", list.id);
    return evidence;
  }

  void judge(Evidence& evidence, const DnsList& list, const Listing& listing, std::string_view client) const {
    using enum Listing::State;
    evidence.reason = told(list, listing, client);
    switch (listing.state) {
      case listed:
        evidence.outcome = what_.when_listed;
        evidence.details.emplace_back("codes", text_of(listing.codes));
        evidence.details.emplace_back("score", fmt::format("{}", listing.weight));
        break;
      case not_listed:
      case uncounted: evidence.outcome = Outcome::none; break;
      case in_error:
      case silent:
      case open: evidence.outcome = Outcome::temperror; break;
    }
  }

  static std::string step(const Listing& listing, const std::string& reason) {
    return listing.state == Listing::State::listed ? meaning(listing) : reason;
  }

  const AddressLists what_;
  const std::vector<DnsList> lists_;
};

}  // namespace

std::unique_ptr<Filter> make_address_list_filter(const AddressLists& what, std::vector<DnsList> lists) {
  return std::make_unique<AddressListFilter>(what, std::move(lists));
}

}  // namespace filters::dnsxl
