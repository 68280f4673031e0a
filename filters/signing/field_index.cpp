#include "filters/signing/field_index.h"

#include <algorithm>
#include <array>
#include <map>

#include "policy/facts/text.h"

namespace filters::signing {
namespace {

// Who writes and what: another of these on top changes what people are shown.  An added To or Date does not,
// and other verifiers let it pass.
constexpr std::array<std::string_view, 6> kShown{"from",    "sender",       "reply-to",
                                                 "subject", "content-type", "content-transfer-encoding"};

bool less_nocase(std::string_view a, std::string_view b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [](char x, char y) { return to_lower(x) < to_lower(y); });
}

// A line that is no field to us, because of what stands before its colon, but is one to some readers.  No h=
// can cover it.
bool is_read_as(const Field& line, std::string_view name) {
  if (!line.name.empty()) return false;
  std::size_t at = 0;
  for (const char c : line.raw.substr(0, line.raw.find(':'))) {
    if (c <= 0x20 || c >= 0x7f) continue;  // below 0: no ASCII
    if (at == name.size() || to_lower(c) != name[at]) return false;
    ++at;
  }
  return at == name.size();
}

}  // namespace

FieldIndex::FieldIndex(const Message& message) {
  const auto& fields = message.fields();
  fields_.reserve(fields.size());
  for (auto field = fields.rbegin(); field != fields.rend(); ++field)
    if (!field->name.empty()) fields_.push_back(&*field);
  std::stable_sort(fields_.begin(), fields_.end(),
                   [](const Field* a, const Field* b) { return less_nocase(a->name, b->name); });
}

std::vector<const Field*> FieldIndex::covered(std::span<const std::string> names, const Field* own) const {
  std::vector<const Field*> found;
  std::map<std::string_view, std::vector<const Field*>::const_iterator>
      next;  // of each name, the next to take
  for (const std::string& name : names) {
    const auto [at, fresh] = next.try_emplace(name, fields_.end());
    auto& field = at->second;
    if (fresh)
      field = std::lower_bound(
          fields_.begin(), fields_.end(), std::string_view(name),
          [](const Field* each, std::string_view wanted) { return less_nocase(each->name, wanted); });
    if (field != fields_.end() && *field == own) ++field;
    if (field == fields_.end() || !equal_nocase((*field)->name, name)) continue;
    found.push_back(*field++);
  }
  return found;
}

std::string_view added_field(const Message& message, std::span<const std::string> names) {
  const auto added = std::find_if(kShown.begin(), kShown.end(), [&](std::string_view name) {
    const auto covered = static_cast<std::size_t>(std::count(names.begin(), names.end(), name));
    return covered > 0 &&
           (message.count(name) > covered ||
            std::ranges::any_of(message.fields(), [&](const Field& line) { return is_read_as(line, name); }));
  });
  return added == kShown.end() ? std::string_view() : *added;
}

}  // namespace filters::signing
