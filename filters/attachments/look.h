#pragma once
// Looks through a message: its parts, the archives and documents among them, and what these hold.

#include <cstdint>
#include <string>
#include <string_view>

#include "policy/facts/message.h"

#include "filters/attachments/format.h"
#include "filters/attachments/found.h"
#include "filters/attachments/inflate.h"
#include "filters/attachments/limits.h"
#include "filters/attachments/member.h"
#include "filters/mime/parts.h"

namespace filters::attachments {

class Look {
 public:
  Look(const Limits& limits, std::uint64_t message_octets);

  void message(const policy::Octets& octets, mime::Begins with, unsigned depth = 0);
  Found take() { return std::move(found_); }

 private:
  // One file: what it is called, and what became known of it.
  struct Item {
    std::string label;  // for people
    unsigned depth = 0;
    Extensions named = {};  // by its names
    Trail::Place step = {};
    bool body_text = false;  // shown in place by mail readers, and so no attachment
    Format format = Format::unknown;
  };

  void part(const mime::Part& part, const policy::Octets& octets);
  void content(const mime::Part& part, const policy::Octets& octets, mime::Encoding encoding,
               mime::Decoder::Padding padding, Item& item);
  void uuencoded_in(const mime::Part& part, const policy::Octets& octets, mime::Encoding encoding);
  void inner_message(std::string_view header, std::string_view content, const Item& item);
  bool member(const Member& member, const Item& parent, Extensions& into);
  void member_content(const Member& member, Item& item, Extensions& into);

  // What `head` says the item is; true when more is to be known from all of its content.
  bool recognise(std::string_view head, Item& item, Extensions& into);
  void look_into(std::string_view data, const Item& item, Extensions& into);
  void zip(std::string_view data, const Item& item, Extensions& into);
  void ole2(std::string_view data, const Item& item, Extensions& into);
  void gzip(std::string_view data, const Item& item, Extensions& into);
  void onenote(std::string_view data, const Item& item, Extensions& into);

  void add_names(std::string_view name, Item& item, Extensions& into);
  void add(std::string_view extension, Extensions& into);
  // By content: unless its name says so already.
  void add_kind(std::string_view extension, std::string_view also, const Item& item, Extensions& into);
  void encrypted(const Item& item);
  bool spend(std::uint64_t octets);  // false when no more may be gone through
  bool inflate_whole(std::string_view packed, Inflater::Wrapping wrapping, std::string& out);

  const Limits limits_;
  unsigned parts_left_;
  unsigned entries_left_;
  std::uint64_t unpacked_left_;
  std::uint64_t work_left_;  // octets to be gone through
  Inflater inflater_;
  Found found_;
};

// What is worth a look beyond its head, by the head.
bool is_container(Format format);

}  // namespace filters::attachments
