#include "filters/dnsxl/test_points.h"

#include <fmt/format.h>

#include <algorithm>

#include "filters/names/reverse_name.h"

namespace filters::dnsxl {
namespace {

using PointKind = TestPoint::Kind;

void add(std::vector<TestPoint>& points, const DnsList& list, PointKind kind, std::string entry,
         std::string_view name) {
  if (auto question = question_of(list, name))
    points.push_back({kind, std::move(entry), std::move(*question)});
}

void add_address(std::vector<TestPoint>& points, const DnsList& list, PointKind kind,
                 const IpAddress& address) {
  add(points, list, kind, address.text(), names::reversed(address));
}

// The test points for IPv6 are those for IPv4, mapped.
void add_mapped(std::vector<TestPoint>& points, const DnsList& list, PointKind kind,
                const IpAddress& address) {
  std::string name;
  for (std::size_t i = 16; i-- > 0;)
    name += fmt::format("{}{:x}.{:x}", name.empty() ? "" : ".", address.octets()[i] & 15,
                        address.octets()[i] >> 4);
  add(points, list, kind, "::ffff:" + address.text(), name);
}

}  // namespace

std::vector<TestPoint> test_points(const DnsList& list, std::uint32_t random) {
  std::vector<TestPoint> points;
  if (list.kind == dnsxl::Kind::domains) {
    if (!list.test_point.empty()) add(points, list, PointKind::listed, list.test_point, list.test_point);
    add(points, list, PointKind::unlisted, "invalid", "invalid");
    const std::string unheard_of = fmt::format("{:08x}.invalid", random);
    add(points, list, PointKind::unlisted, unheard_of, unheard_of);
    return points;
  }
  if (const auto listed = IpAddress::parse(list.test_point)) {
    add_address(points, list, PointKind::listed, *listed);
    if (listed->is_v4()) add_mapped(points, list, PointKind::listed, *listed);
  }
  const IpAddress unlisted = IpAddress::v4(0x7f000001);
  add_address(points, list, PointKind::unlisted, unlisted);
  add_mapped(points, list, PointKind::unlisted, unlisted);
  // Multicast: nobody sends mail from there.  RFC 1112 §7.2
  add_address(points, list, PointKind::unlisted, IpAddress::v4(0xe0000000 | (random & 0x0fffffff)));
  return points;
}

TestResult judge_test_points(std::span<const TestPoint> points, std::span<const DnsAnswer> answers,
                             bool must_list) {
  using State = TestResult::State;
  bool listed = false;
  const TestPoint* wanted = nullptr;  // the first that had to be listed
  const DnsAnswer* silent = nullptr;
  for (std::size_t i = 0; i < points.size() && i < answers.size(); ++i) {
    const DnsAnswer& answer = answers[i];
    if (points[i].kind == PointKind::listed && !wanted) wanted = &points[i];
    if (answer.failed()) {
      if (!silent) silent = &answer;
      continue;
    }
    const auto error = std::ranges::find_if(answer.records, is_error_code, &DnsRecord::address);
    if (error != answer.records.end())
      return {State::fails, fmt::format("it answers {}, which is an error", told(error->address))};
    if (answer.records.empty()) continue;
    if (points[i].kind == PointKind::unlisted)
      return {State::fails, fmt::format("it lists {}, which no list may (RFC 5782 §5)", points[i].entry)};
    listed = true;
  }
  if (silent) return {State::silent, fmt::format("it does not answer ({})", name(silent->status))};
  if (wanted && !listed && must_list)
    return {State::fails,
            fmt::format("it does not list {}, which each list must (RFC 5782 §5)", wanted->entry)};
  return {};
}

}  // namespace filters::dnsxl
