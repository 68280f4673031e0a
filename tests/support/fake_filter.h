#pragma once
// Filters made of lambdas, and a resolver whose answers the test gives when it likes.

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "filters/filter.h"
#include "gateway/dns/resolver.h"

namespace support {

// Declares nothing itself: the facts "NAME.found" (text) and "NAME.count" (number) belong into the
// vocabulary.
class FakeFilter final : public filters::Filter {
 public:
  using Examine = std::function<filters::Finding(const policy::Facts&, const policy::Answers&)>;
  using Foresee = std::function<std::vector<policy::Question>(const policy::Facts&, const policy::Answers&)>;

  FakeFilter(std::string_view name, filters::Needs needs, Examine examine, Foresee foresee = {})
      : name_(name), needs_(std::move(needs)), examine_(std::move(examine)), foresee_(std::move(foresee)) {}

  std::string_view name() const override { return name_; }
  policy::Owner owner() const override { return owner_; }
  void set_owner(policy::Owner owner) { owner_ = owner; }
  filters::Needs needs() const override { return needs_; }
  filters::Finding examine(const policy::Facts& facts, const policy::Answers& answers) const override {
    return examine_(facts, answers);
  }
  std::vector<policy::Question> foresee(const policy::Facts& facts,
                                        const policy::Answers& answers) const override {
    return foresee_ ? foresee_(facts, answers) : std::vector<policy::Question>();
  }
  bool foresees_more() const override { return foresees_more_; }
  void foresee_once() { foresees_more_ = false; }
  std::uint64_t work(const policy::Facts& facts, const policy::Answers& answers) const override {
    return work_ ? *work_ : Filter::work(facts, answers);
  }
  void set_work(std::uint64_t octets) { work_ = octets; }
  filters::Finding trouble(std::string_view because) const override;

  // Evidence and both facts, known.
  static filters::Finding found(std::string_view name, std::string text);
  static filters::Finding asks(std::vector<policy::DnsQuestion> questions);

 private:
  std::string_view name_;  // a literal
  filters::Needs needs_;
  policy::Owner owner_ = policy::Owner::transaction;
  Examine examine_;
  Foresee foresee_;
  std::optional<std::uint64_t> work_;
  bool foresees_more_ = true;
};

// Facts of the fake filters "first", "second" and "third".
const policy::Vocabulary& fake_vocabulary();

class FakeResolver final : public gateway::dns::Resolver {
 public:
  std::optional<policy::DnsAnswer> known(const policy::DnsQuestion& question) override;
  void ask(policy::DnsQuestion question, gateway::asio::any_io_executor executor, Handler handler) override;

  static policy::DnsAnswer text(std::string text, std::uint32_t ttl = 300);
  static policy::DnsAnswer status(policy::DnsStatus status);

  // Answers the first pending question of that name, through its executor; false when there is none.
  bool answer(std::string_view name, policy::DnsAnswer answer);

  struct Pending {
    policy::DnsQuestion question;
    gateway::asio::any_io_executor executor;
    Handler handler;
  };
  std::map<policy::DnsQuestion, policy::DnsAnswer> memory;  // what known() knows
  std::vector<Pending> pending;
  std::vector<std::string> asked;  // names, in order
};

}  // namespace support
