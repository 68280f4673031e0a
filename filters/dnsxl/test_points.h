#pragma once
// Whether a list is in order: entries that each list must have, and such as none may have.  RFC 5782 §5

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "filters/dnsxl/list.h"

namespace filters::dnsxl {

struct TestPoint {
  enum class Kind {
    listed,    // one of these must be listed
    unlisted,  // none of these may be
  };
  Kind kind = Kind::listed;
  std::string entry;  // for people: "127.0.0.2"
  DnsQuestion question;
};

// Those of RFC 5782 §5, and one that no cache and no rule of the zone has seen before: an address that nobody
// can send from, or a name below "invalid", made of `random`.  A list without a test point has only those
// that must not be listed.
std::vector<TestPoint> test_points(const DnsList& list, std::uint32_t random);

struct TestResult {
  enum class State { holds, silent, fails } state = State::holds;
  std::string why = {};  // for people
};

// `answers`: in the order of the points.  `must_list` is false where the answers come from a file for trying
// out, which need not hold the points: then only what is wrongly listed counts.
TestResult judge_test_points(std::span<const TestPoint> points, std::span<const DnsAnswer> answers,
                             bool must_list = true);

}  // namespace filters::dnsxl
