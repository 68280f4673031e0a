#include "gateway/rehearsal/toml_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "policy/facts/utf8.h"

namespace gateway::rehearsal {
namespace {

std::string array(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& one : texts) all += (all.empty() ? "" : ", ") + toml_text(one);
  return "[" + all + "]";
}

struct Writer {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(double value) const { return fmt::format("{}", value); }
  std::string operator()(const List& value) const { return array(value); }
  std::string operator()(Time value) const { return to_text(Value(value)); }
  template <class T>
  std::string operator()(const T& value) const {
    return toml_text(to_text(Value(value)));
  }
};

}  // namespace

std::string toml_text(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    std::uint32_t point = 0;
    const std::size_t length = policy::read_point(text, point);
    const bool shown = length > 0 && point >= 0x20 && point != 0x7f && !policy::is_invisible(point);
    if (point == '"' || point == '\\')
      out.append("\\").append(text.substr(0, 1));
    else if (shown)
      out += text.substr(0, length);
    else if (length > 0)
      out += point > 0xffff ? fmt::format("\\U{:08x}", point) : fmt::format("\\u{:04x}", point);
    else
      out += fmt::format("\\\\x{:02x}", static_cast<unsigned char>(text.front()));
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out + "\"";
}

std::string toml_fact(const Fact& fact) {
  if (fact.known()) return std::visit(Writer{}, fact.value);
  if (!fact.troubled()) return R"({ state = "open" })";
  return fact.because.empty() ? R"({ state = "troubled" })"
                              : R"({ state = "troubled", because = )" + array(fact.because) + " }";
}

}  // namespace gateway::rehearsal
