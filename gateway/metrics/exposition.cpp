#include "gateway/metrics/exposition.h"

#include <fmt/format.h>

#include "gateway/vocabulary.h"

namespace gateway::metrics {
namespace {

std::string_view name(Exposition::Type type) {
  switch (type) {
    case Exposition::Type::counter: return "counter";
    case Exposition::Type::gauge: return "gauge";
    case Exposition::Type::histogram: return "histogram";
    case Exposition::Type::info: return "info";
  }
  return "unknown";
}

// The format is UTF-8, and knows three escapes.
std::string escaped(std::string_view value) {
  std::string text;
  for (const char c : policy::is_valid_utf8(value) ? std::string(value) : printable(value)) switch (c) {
      case '\\': text += "\\\\"; break;
      case '"': text += "\\\""; break;
      case '\n': text += "\\n"; break;
      default: text += c;
    }
  return text;
}

}  // namespace

void Exposition::family(std::string_view name, Type type, std::string_view help) {
  name_ = name;
  text_ += fmt::format("# TYPE {} {}\n# HELP {} {}\n", name, metrics::name(type), name, escaped(help));
}

void Exposition::sample(std::string_view suffix, Labels labels, double value) {
  (text_ += name_) += suffix;
  char before = '{';
  for (const auto& [label, of] : labels) {
    text_ += fmt::format("{}{}=\"{}\"", before, label, escaped(of));
    before = ',';
  }
  if (labels.size() > 0) text_ += '}';
  text_ += fmt::format(" {}\n", value);
}

std::string Exposition::done() && { return std::move(text_) + "# EOF\n"; }

}  // namespace gateway::metrics
