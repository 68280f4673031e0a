#pragma once
// A message made fit to be looked at by the person who decides about it: header fields, its text, the names
// of what is attached.  No HTML is rendered and nothing is active; control octets and bidirectional controls
// are shown as \xNN; everything has a bound, and what was cut is said.

#include <cstdint>
#include <string>
#include <vector>

#include "gateway/delivery/held_store.h"
#include "gateway/journal/json_writer.h"

namespace gateway::held {

struct ViewLimits {
  std::size_t fields = 300;
  std::size_t field_octets = 2000;
  std::size_t text_octets = 256 << 10;
  std::size_t line_octets = 10'000;
  std::size_t attachments = 300;
};

struct View {
  struct Field {
    std::string name;
    std::string value;  // unfolded, encoded words decoded
  };
  struct Attachment {
    std::string name;  // "" when it has none
    std::string type;  // "application/pdf"
    std::uint64_t octets = 0;
  };

  std::vector<Field> fields;
  std::string text;                     // lines end in LF
  std::string text_type;                // "text/plain", "text/html": what it was made of; "": there is none
  std::vector<Attachment> attachments;  // all other parts
  std::vector<std::string> remarks;     // what was cut or could not be read
};

// Reads the message; blocks.
View view(const delivery::HeldMessage& message, const ViewLimits& limits = {});

// The members of an object that is open.
void write(journal::JsonWriter& json, const View& view);

}  // namespace gateway::held
