#include "gateway/review/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "gateway/journal/local_time.h"
#include "gateway/review/log_request.h"
#include "gateway/review/markup.h"
#include "gateway/web/parts.h"

namespace gateway::review {
namespace {

using web::html;
using web::Html;

// Of the drawing, in its own units.
constexpr unsigned kWidth = 800, kHeight = 250, kLeft = 72, kRight = 6, kTop = 18, kBottom = 34;
constexpr unsigned kLines = 4;   // of the grid
constexpr unsigned kLabels = 6;  // below it
constexpr double kGap = 0.22;    // of a bar's width

struct Scale {
  std::uint64_t most;  // at the top
  double bar;          // width with its gap

  double x(std::size_t step) const { return kLeft + bar * static_cast<double>(step); }
  double height(std::uint64_t count) const {
    return static_cast<double>(kHeight - kTop - kBottom) * static_cast<double>(count) /
           static_cast<double>(most);
  }
  double y(std::uint64_t count) const { return kHeight - kBottom - height(count); }
};

std::string at(double place) { return fmt::format("{:.1f}", place); }

// "1.5k"
std::string short_number(double number) {
  constexpr std::string_view kUnits[] = {"", "k", "M", "G"};
  std::size_t unit = 0;
  for (; number >= 1000 && unit < 3; ++unit) number /= 1000;
  return fmt::format("{:.4g}{}", number, kUnits[unit]);
}

std::string label(Time when, const Period& period) {
  const std::time_t seconds = when.time_since_epoch().count();
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  char text[32];
  const std::size_t length = std::strftime(text, sizeof text, period.hours <= 24 ? "%H:%M" : "%b %e", &parts);
  return {text, length};
}

SearchWords words_of(const Step& step) {
  return {{"since", to_text(Value(step.begin))}, {"until", to_text(Value(step.last))}};
}

Html bar_of(const Step& step, std::size_t number, const Scale& scale) {
  Html parts;
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < kOutcomes.size(); ++i) {
    if (step.outcomes[i] == 0) continue;
    const std::uint64_t above = below + step.outcomes[i];
    parts += html("<rect class='{}' x='{}' y='{}' width='{}' height='{}'></rect>", kOutcomes[i],
                  at(scale.x(number) + scale.bar * kGap / 2), at(scale.y(above)), at(scale.bar * (1 - kGap)),
                  at(scale.height(step.outcomes[i])));
    below = above;
  }
  if (parts.empty()) return {};
  std::string told = fmt::format("{}: {} messages", journal::local_time(step.begin), grouped(below));
  for (std::size_t i = 0; i < kOutcomes.size(); ++i)
    if (step.outcomes[i] > 0) told += fmt::format(", {} {}", grouped(step.outcomes[i]), title_of_outcome(i));
  return html("<a href='{}' tabindex='-1'><title>{}</title>{}</a>", log_url(words_of(step)), told, parts);
}

Html grid(const Scale& scale) {
  Html lines;
  for (unsigned i = 0; i <= kLines; ++i) {
    const double value = static_cast<double>(scale.most) * i / kLines;
    const double y = kHeight - kBottom - static_cast<double>(kHeight - kTop - kBottom) * i / kLines;
    lines += html("<line class='grid' x1='{}' x2='{}' y1='{}' y2='{}'></line>", kLeft, kWidth - kRight, at(y),
                  at(y));
    if (static_cast<double>(static_cast<std::uint64_t>(value)) == value)
      lines += html("<text class='of-y' x='{}' y='{}'>{}</text>", kLeft - 8, at(y + 4), short_number(value));
  }
  return lines;
}

Html labels(const Overview& view, const Period& period, const Scale& scale) {
  Html texts;
  const std::size_t each = std::max<std::size_t>(1, view.steps.size() / kLabels);
  for (std::size_t i = 0; i < view.steps.size(); i += each)
    texts += html("<text class='of-x' x='{}' y='{}'>{}</text>", at(scale.x(i)), kHeight - 12,
                  label(view.steps[i].begin, period));
  return texts;
}

std::string description(const Overview& view) {
  std::string text = fmt::format("{} to {}: {} messages", journal::local_time(view.since),
                                 journal::local_time(view.until), grouped(sum(view.outcomes)));
  for (std::size_t i = 0; i < kOutcomes.size(); ++i)
    if (view.outcomes[i] > 0) text += fmt::format(", {} {}", grouped(view.outcomes[i]), title_of_outcome(i));
  return text + ". The table below has the numbers.";
}

}  // namespace

std::uint64_t nice_ceiling(std::uint64_t number) {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 60;
  for (std::uint64_t ten = 1; ten < kMost; ten *= 10)
    for (const std::uint64_t one : {1, 2, 5})
      if (one * ten >= number) return one * ten;
  return number;
}

Html plot(const Overview& view, const Period& period) {
  std::uint64_t most = 4;
  for (const Step& step : view.steps) most = std::max(most, sum(step.outcomes));
  const Scale scale{nice_ceiling(most), static_cast<double>(kWidth - kLeft - kRight) /
                                            static_cast<double>(std::max<std::size_t>(1, view.steps.size()))};
  Html bars;
  for (std::size_t i = 0; i < view.steps.size(); ++i) bars += bar_of(view.steps[i], i, scale);
  return html(
      "<svg class='plot' viewBox='0 0 {} {}' role='img' aria-labelledby='plot-title plot-text'>"
      "<title id='plot-title'>Messages over the last {}</title><desc id='plot-text'>{}</desc>{}{}{}</svg>",
      kWidth, kHeight, period.title, description(view), grid(scale), bars, labels(view, period, scale));
}

Html plot_table(const Overview& view) {
  std::vector<std::size_t> shown;
  for (std::size_t i = 0; i < kOutcomes.size(); ++i)
    if (view.outcomes[i] > 0 || kOutcomes[i] != "open") shown.push_back(i);
  std::vector<web::Table::Column> columns{{"from"}};
  for (const std::size_t i : shown) columns.push_back({title_of_outcome(i), web::Table::Kind::number});
  web::Table table("Messages over time", std::move(columns));
  for (auto step = view.steps.rbegin(); step != view.steps.rend(); ++step) {
    std::vector<Html> cells{web::moment(step->begin)};
    for (const std::size_t i : shown) {
      SearchWords words = words_of(*step);
      words.push_back({"outcome", std::string(kOutcomes[i])});
      const std::string number = grouped(step->outcomes[i]);
      cells.push_back(step->outcomes[i] == 0 ? html("{}", number) : log_link(std::move(words), number));
    }
    table.row(cells);
  }
  return table.html();
}

}  // namespace gateway::review
