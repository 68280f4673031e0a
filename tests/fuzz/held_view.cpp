// A message that is shown to a person: whatever it is, the view is printable, and within its bounds.
#include "gateway/held/view.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

void check_shown(std::string_view text, bool lines) {
  for (const char c : text)
    if ((static_cast<unsigned char>(c) < 0x20 && !(lines && c == '\n')) || c == 0x7f) std::abort();
  if (!policy::is_valid_utf8(text)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string octets(reinterpret_cast<const char*>(data), size);
  const std::size_t end = octets.find("\r\n\r\n");
  gateway::delivery::HeldMessage held;
  held.parcel.header = end == octets.npos ? octets : octets.substr(0, end + 2);
  held.parcel.octets = std::make_shared<gateway::MemoryOctets>(octets);
  const gateway::held::ViewLimits limits{
      .fields = 20, .field_octets = 200, .text_octets = 2000, .line_octets = 100, .attachments = 10};
  const gateway::held::View view = gateway::held::view(held, limits);
  if (view.fields.size() > limits.fields || view.attachments.size() > limits.attachments) std::abort();
  if (view.text.size() > 40 * limits.text_octets) std::abort();
  check_shown(view.text, true);
  for (const auto& field : view.fields) {
    check_shown(field.name, false);
    check_shown(field.value, false);
  }
  for (const auto& one : view.attachments) {
    check_shown(one.name, false);
    check_shown(one.type, false);
  }
  return 0;
}
