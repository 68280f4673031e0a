#include "gateway/journal/untold_gap.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>

#include "gateway/journal/json_reader.h"
#include "gateway/journal/json_writer.h"

namespace gateway::journal {
namespace {

constexpr std::size_t kSize = 1024;  // octets, always; blanks behind the text
constexpr std::size_t kMostWhy = 100;
constexpr mode_t kMode = 0640;

std::int64_t seconds(Time time) { return time.time_since_epoch().count(); }

std::string text_of(const Gap& gap) {
  JsonWriter json;
  json.begin_object();
  json.key("since").integer(seconds(gap.since));
  json.key("until").integer(seconds(gap.until));
  json.key("failed").integer(static_cast<std::int64_t>(gap.failed));
  json.key("dropped").integer(static_cast<std::int64_t>(gap.dropped));
  json.key("why").text(std::string_view(gap.why).substr(0, kMostWhy));
  json.end_object();
  return json.str();
}

}  // namespace

std::optional<Gap> UntoldGap::left() {
  const net::Descriptor file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, kSize> octets{};
  const ssize_t size = file.get() < 0 ? 0 : ::pread(file.get(), octets.data(), octets.size(), 0);
  if (size <= 0) return std::nullopt;
  JsonReader json(std::string_view(octets.data(), static_cast<std::size_t>(size)));
  Gap gap;
  const auto count = [&json] {
    return static_cast<std::uint64_t>(std::clamp(json.number().value_or(0), 0.0, 1e15));
  };
  const auto time = [&] { return Time(std::chrono::seconds(static_cast<std::int64_t>(count()))); };
  const bool read = json.object([&](std::string_view name) {
    if (name == "since")
      gap.since = time();
    else if (name == "until")
      gap.until = time();
    else if (name == "failed")
      gap.failed = count();
    else if (name == "dropped")
      gap.dropped = count();
    else if (name == "why")
      gap.why = json.text().value_or("");
  });
  if (!read || gap.lost() == 0) return std::nullopt;
  kept_ = gap.lost();
  return gap;
}

void UntoldGap::make_room() {
  if (file_.get() >= 0) return;
  net::Descriptor file(::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, kMode));
  if (file.get() < 0) return;
  file_ = std::move(file);
  if (kept_ == 0) write({});
}

void UntoldGap::keep(const Gap& gap) {
  if (gap.lost() == kept_) return;
  make_room();
  if (write(text_of(gap))) kept_ = gap.lost();
}

void UntoldGap::clear() {
  if (kept_ == 0) return;
  make_room();
  if (write({})) kept_ = 0;
}

// In place: the file keeps its size.  What fails is tried again with the next loss, or the next gap's end;
// that records are lost has been complained of.
bool UntoldGap::write(std::string_view text) {
  std::string whole(kSize - 1, ' ');
  whole.replace(0, text.size(), text);
  whole += '\n';
  return ::pwrite(file_.get(), whole.data(), whole.size(), 0) == static_cast<ssize_t>(whole.size());
}

}  // namespace gateway::journal
