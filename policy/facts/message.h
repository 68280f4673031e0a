#pragma once
// A message as the filters see it: header fields parsed from the octets received, and the content as slices,
// so that a large body may lie in a file.  RFC 5322 §2.2; malformed lines are kept, never lost.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace policy::inline facts {

// Where the octets of a whole message lie (memory or a file): header section, empty line, body, all lines
// ended CRLF, unless the body is a binary one (RFC 3030).
class Octets {
 public:
  virtual ~Octets() = default;
  virtual std::uint64_t size() const = 0;
  // Up to room.size() octets from `offset`: a view into memory, or into `room`.  Empty only at the end.  Safe
  // to call from any thread.  Throws std::runtime_error when the disk fails.
  virtual std::string_view read(std::uint64_t offset, std::span<char> room) const = 0;
  // All of it, when it lies in memory; else empty.
  virtual std::string_view in_memory() const { return {}; }
};

class MemoryOctets final : public Octets {
 public:
  explicit MemoryOctets(std::string text) : text_(std::move(text)) {}
  std::uint64_t size() const override { return text_.size(); }
  std::string_view read(std::uint64_t offset, std::span<char> room) const override;
  std::string_view in_memory() const override { return text_; }

 private:
  std::string text_;
};

struct Field {
  std::string_view
      name;  // as written, without trailing white space ("From :" is From); empty for a line that is no field
  std::string_view value;  // all behind the colon, folds included, without the final CRLF
  std::string_view raw;    // the whole field with its CRLFs
};

class Message {
 public:
  // `header` is the header section with the CRLF of its last field, without the empty line.
  explicit Message(std::string header);
  Message(std::string header, std::shared_ptr<const Octets> octets, std::uint64_t body_offset);
  // The body has come to a header section that was known before.
  Message(const Message& known, std::shared_ptr<const Octets> octets, std::uint64_t body_offset);

  // Splits a whole message.  Line ends must be CRLF already.
  static std::shared_ptr<const Message> parse(std::string text);

  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;

  std::string_view header() const { return header_->text; }
  const std::vector<Field>& fields() const { return header_->fields; }
  // Fields of that name (without case), from the top.
  std::vector<const Field*> find(std::string_view name) const;
  const Field* first(std::string_view name) const;
  std::size_t count(std::string_view name) const;

  bool complete() const { return octets_ != nullptr; }  // the body is here too
  std::uint64_t size() const;  // of the whole message; of the header section until complete
  std::uint64_t body_offset() const { return body_offset_; }
  const std::shared_ptr<const Octets>& octets() const { return octets_; }

  // Calls `slice(std::string_view)` for the body from front to back, at most `most` octets at a time.
  template <class Slice>
  void for_each_body_slice(Slice slice, std::size_t most = 64 * 1024) const {
    const std::string_view known = octets_ ? octets_->in_memory() : std::string_view();
    std::vector<char> room(known.empty() ? most : 0);
    for (std::uint64_t at = body_offset_; octets_ && at < octets_->size();) {
      const std::string_view part = known.empty() ? octets_->read(at, room) : known.substr(at, most);
      if (part.empty()) break;
      slice(part);
      at += part.size();
    }
  }

 private:
  struct Header {
    explicit Header(std::string text);
    const std::string text;
    const std::vector<Field> fields;  // views into the text
  };

  std::shared_ptr<const Header> header_;
  std::shared_ptr<const Octets> octets_;
  std::uint64_t body_offset_ = 0;
};

// A field value on one line: folds removed (RFC 5322 §2.2.3), surrounding white space trimmed.
std::string unfold(std::string_view value);

}  // namespace policy::inline facts
