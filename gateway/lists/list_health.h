#pragma once
// The DNS lists of the configuration, which of them are set aside, and why.  DESIGN §4: a list that is out of
// order counts as not listing.

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "filters/dnsxl/list.h"
#include "gateway/lists/list_state.h"

namespace gateway::lists {

// Thread-safe.
class ListHealth {
 public:
  using Clock = ListState::Clock;
  using DnsList = filters::dnsxl::DnsList;

  // The lists that are asked from now on; one that was known before keeps its state.  Ids are unique.
  void use(std::vector<DnsList> lists);

  // What is called, on any thread, when a list is to be tested at once.
  void on_hurry(std::function<void()> hurry);

  // The fact dns_lists.set_aside; null: none is.
  std::shared_ptr<const policy::List> set_aside() const;

  // Why each list is set aside, in their order; empty: it is asked.
  std::vector<std::pair<std::string, std::string>> states() const;

  // Whether it is a question for one of the lists.
  bool has(const DnsQuestion& question) const;
  // An answer to one, that was not remembered.
  void answered(const DnsQuestion& question, const DnsAnswer& answer, Clock::time_point now);

  // The lists to be tested now, which are taken to be under test from here on.
  std::vector<DnsList> take_due(Clock::time_point now);
  Clock::time_point next_test() const;  // max(): nothing is to be done
  void tested(const DnsList& list, const filters::dnsxl::TestResult& result, Clock::time_point now);
  bool all_tested() const;  // each once

 private:
  struct Row {
    DnsList list;
    std::string suffix;  // of names below it
    ListState state;
  };
  void tell(const Row& row, ListState::News news);
  void publish();

  mutable std::mutex mutex_;
  std::vector<Row> rows_;
  std::shared_ptr<const policy::List> set_aside_;
  std::function<void()> hurry_;
};

}  // namespace gateway::lists
