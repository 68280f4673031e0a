#pragma once
// What the header section of a part says about its content, in every reading that some mail reader has of it:
// several fields of one name, several values of one parameter, all count.  RFC 2045, 2046, 2183

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "filters/mime/transfer_encoding.h"

namespace filters::mime {

struct PartHeader {
  std::vector<std::string> types;       // lower-case, "text/plain"; empty when no Content-Type says one
  bool odd_type = false;                // to strict readers one of them is no type at all
  std::vector<std::string> names;       // as written, but for RFC 2231; in the order of the fields
  std::vector<std::string> boundaries;  // more than one: readers disagree
  std::string charset;                  // the first that a Content-Type names; empty: none does
  Encodings encodings;                  // never empty
  bool attachment = false;              // Content-Disposition says so
  bool complete = true;                 // false: longer, or of more parameters, than is looked at

  bool is(std::string_view type) const;           // one of the types is that
  bool any_of(std::string_view main_type) const;  // or of that main type, such as "multipart"
  bool plain_text() const;                        // shown as text, by all readers that go by the type
};

// Takes the lines of a header section, one by one.
class PartHeaderReader {
 public:
  enum class Kind { field, blank, no_field };  // blank: continues a field by nothing but white space

  Kind line(std::string_view line, bool cut);
  // What was said by the lines since the last call.
  PartHeader take();

 private:
  void end_of_field();
  void content_type(std::string_view value);
  void disposition(std::string_view value);

  enum class Kept { none, type, disposition, encoding };
  Kept kept_ = Kept::none;
  std::string field_;  // the value of the field kept, its folds as LF
  std::size_t read_ = 0;
  PartHeader header_;
};

}  // namespace filters::mime
