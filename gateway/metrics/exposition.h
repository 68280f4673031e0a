#pragma once
// Figures as OpenMetrics 1.0 text, which Prometheus and others read.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace gateway::metrics {

class Exposition {
 public:
  static constexpr const char* kContentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

  enum class Type { counter, gauge, histogram, info };
  // What the samples behind it belong to; `name` as in postern_transactions.
  void family(std::string_view name, Type type, std::string_view help);

  // Values may hold any octets.
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;
  // `suffix` as the type wants it: "_total" of a counter, "_bucket", "_count" and "_sum" of a histogram,
  // "_info"; none of a gauge.
  void sample(std::string_view suffix, Labels labels, double value);

  std::string done() &&;  // the whole text

 private:
  std::string name_;
  std::string text_;
};

}  // namespace gateway::metrics
