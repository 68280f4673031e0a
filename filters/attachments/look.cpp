#include "filters/attachments/look.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

#include "policy/facts/text.h"

#include "filters/attachments/cabinet.h"
#include "filters/attachments/extension.h"
#include "filters/attachments/octets.h"
#include "filters/attachments/ole2.h"
#include "filters/attachments/rar.h"
#include "filters/attachments/seven_zip.h"
#include "filters/attachments/tar.h"
#include "filters/attachments/tnef.h"
#include "filters/attachments/type_extension.h"
#include "filters/attachments/zip.h"
#include "filters/attachments/zip_kind.h"
#include "filters/mime/encoded_word.h"
#include "filters/mime/line_reader.h"

namespace filters::attachments {
namespace {

using namespace policy::facts;
using namespace std::string_view_literals;

constexpr std::uint64_t kAtLeast = 1 << 20;  // octets that may be unpacked however small the message is
constexpr std::uint64_t kRatio = 100;        // times its size otherwise
constexpr std::uint64_t kPasses = 8;         // over each octet; more are needed only where files overlap
constexpr std::uint64_t kSetUp = 4096;       // octets that it costs to begin to unpack a file
constexpr std::string_view kMessages = " eml mht mhtml mim mime nws ";
constexpr std::string_view kZips = " zip jar war apk xpi docx docm xlsx xlsm xlsb pptx pptm ";
constexpr std::string_view kOpened =
    " zip jar apk docx docm xlsx xlsm xlsb pptx pptm odt ods odp doc xls ppt msg tar gz tgz eml rar 7z ";

std::string quoted(std::string_view name) {
  return fmt::format("'{}'", printable(mime::decode_text(name), 100));
}

// "/Encrypt" in a trailer, or in the dictionary of a cross-reference stream.  ISO 32000-1 §7.6.1
bool is_encrypted_pdf(std::string_view file) {
  constexpr auto kKey = "/Encrypt"sv;
  for (auto at = file.find(kKey); at != file.npos; at = file.find(kKey, at + 1)) {
    const char next = static_cast<char>(octet(file, at + kKey.size()));
    if (next <= ' ' || next == '<' || (next >= '0' && next <= '9')) return true;
  }
  return false;
}

}  // namespace

bool is_container(Format format) {
  switch (format) {
    case Format::zip:
    case Format::ole2:
    case Format::rar:
    case Format::seven_zip:
    case Format::gzip:
    case Format::tar:
    case Format::cabinet:
    case Format::pdf:
    case Format::onenote:
    case Format::tnef: return true;
    default: return false;
  }
}

Look::Look(const Limits& limits, std::uint64_t message_octets)
    : limits_(limits),
      parts_left_(limits.parts),
      entries_left_(limits.entries),
      unpacked_left_(std::min(limits.unpacked, kAtLeast + kRatio * message_octets)),
      work_left_(kAtLeast * 4 + kSetUp * limits.entries + kPasses * message_octets) {}

// --- parts

void Look::message(const Octets& octets, mime::Begins with, unsigned depth) {
  if (!spend(octets.size())) return;
  mime::Parts parts = mime::read_parts(octets, with, {.depth = limits_.depth, .parts = parts_left_}, depth);
  for (std::string& bound : parts.bounds_met) found_.bound_met(std::move(bound));
  parts_left_ -= std::min(parts_left_, static_cast<unsigned>(parts.parts.size()));
  for (const mime::Part& one : parts.parts) part(one, octets);
}

void Look::part(const mime::Part& part, const Octets& octets) {
  const mime::PartHeader& header = part.header;
  Item item{.label = "part " + part.number, .depth = part.depth};
  for (const std::string& name : header.names) add_names(name, item, found_.extensions);
  item.body_text = header.names.empty() && !header.attachment &&
                   std::ranges::all_of(header.types, [](const std::string& type) {
                     return type.starts_with("text/") || type.starts_with("multipart");
                   });
  if (part.is_message) add("eml", found_.extensions);
  if (item.named.list().empty() && !item.body_text)
    for (const std::string& type : header.types) {
      const std::string_view extension = type_extension(type);
      add(extension, found_.extensions);
      item.named.add(extension);
    }
  if (!header.names.empty()) item.label += ' ' + quoted(header.names.front());
  if (!item.body_text) item.step = found_.trail.add(item.depth, item.label, false);
  if (part.is_message) found_.trail.append(item.step, " is a message");
  if (part.in_parts) return;
  for (const mime::Encoding encoding : mime::kEncodings) {
    if (!header.encodings.has(encoding)) continue;
    content(part, octets, encoding, mime::Decoder::Padding::ends_quantum, item);
    if (item.body_text && header.plain_text() && encoding != mime::Encoding::identity)
      uuencoded_in(part, octets, encoding);
  }
}

void Look::content(const mime::Part& part, const Octets& octets, mime::Encoding encoding,
                   mime::Decoder::Padding padding, Item& item) {
  const mime::PartHeader& header = part.header;
  // The first octets tell whether there is more to know.
  mime::Decoder decoder(encoding, padding);
  std::string head;
  std::size_t enough = kShortHead;
  mime::for_each_slice(octets, part.begin, part.end, [&](std::string_view slice) {
    while (!slice.empty() && head.size() < enough && !decoder.ended()) {
      decoder.decode(slice.substr(0, 2 * kShortHead), head);
      slice.remove_prefix(std::min(slice.size(), 2 * kShortHead));
      if (head.size() >= kShortHead && !item.body_text && sniff(head) == Format::unknown) enough = kHead;
    }
    return head.size() < enough && !decoder.ended();
  });
  if (!spend(head.size())) return;
  const bool is_message = part.is_message || item.named.has_one_of(kMessages);
  const bool encoded_parts = header.any_of("multipart") && encoding != mime::Encoding::identity;
  const bool more = recognise(head, item, found_.extensions) || encoded_parts;
  const std::uint64_t size = part.end - part.begin;
  if ((more || is_message) && spend(size)) {
    std::string decoded;
    std::string_view data;
    mime::Decoder whole(encoding, padding);
    if (encoding == mime::Encoding::identity && !octets.in_memory().empty()) {
      data = octets.in_memory().substr(static_cast<std::size_t>(part.begin), static_cast<std::size_t>(size));
    } else {
      mime::for_each_slice(octets, part.begin, part.end, [&](std::string_view slice) {
        whole.decode(slice, decoded);
        return !whole.ended();
      });
      data = decoded;
    }
    if (more) look_into(data, item, found_.extensions);
    if (encoded_parts) inner_message("Content-Type: multipart/mixed\r\n\r\n", data, item);
    if (is_message) inner_message({}, data, item);
    if (whole.padding_inside() && padding == mime::Decoder::Padding::ends_quantum)
      content(part, octets, encoding, mime::Decoder::Padding::is_skipped, item);
  } else if (decoder.padding_inside() && padding == mime::Decoder::Padding::ends_quantum) {
    content(part, octets, encoding, mime::Decoder::Padding::is_skipped, item);
  }
}

void Look::inner_message(std::string_view header, std::string_view content, const Item& item) {
  if (item.depth >= limits_.depth)
    return found_.bound_met(fmt::format("parts lie more than {} deep in each other", limits_.depth));
  std::string text(header);
  text += content;
  message(policy::MemoryOctets(std::move(text)), mime::Begins::header, item.depth + 1);
}

// Files in the text of a part, once it is decoded.
void Look::uuencoded_in(const mime::Part& part, const Octets& octets, mime::Encoding encoding) {
  if (!spend(part.end - part.begin)) return;
  mime::Decoder decoder(encoding);
  std::string text;
  std::size_t looked_at = 0;
  constexpr auto kBegin = "begin"sv;
  bool found = false;
  mime::for_each_slice(octets, part.begin, part.end, [&](std::string_view slice) {
    decoder.decode(slice, text);
    found = text.find(kBegin, looked_at) != text.npos;
    looked_at = text.size() - std::min(text.size(), kBegin.size());
    return !found;
  });
  if (!found) return;
  text.clear();
  mime::Decoder whole(encoding);
  mime::for_each_slice(octets, part.begin, part.end, [&](std::string_view slice) {
    whole.decode(slice, text);
    return true;
  });
  const policy::MemoryOctets decoded(std::move(text));
  mime::Parts parts = mime::read_parts(decoded, mime::Begins::body,
                                       {.depth = limits_.depth, .parts = parts_left_}, part.depth);
  for (std::string& bound : parts.bounds_met) found_.bound_met(std::move(bound));
  parts_left_ -= std::min(parts_left_, static_cast<unsigned>(parts.parts.size()));
  for (const mime::Part& one : parts.parts)
    if (!one.header.names.empty()) this->part(one, decoded);
}

// --- what a file is

bool Look::recognise(std::string_view head, Item& item, Extensions& into) {
  item.format = sniff(head);
  // Programs that open a zip archive look for its end, so anything may stand in front of it.
  const bool zip_by_name = item.format != Format::zip && item.named.has_one_of(kZips);
  const bool shown_as_text = item.body_text && (item.format == Format::html || item.format == Format::svg ||
                                                item.format == Format::script);
  if (item.format == Format::unknown || shown_as_text) return zip_by_name;
  if (item.step.at == Trail::Place().at)
    item.step = found_.trail.add(item.depth, item.label, true);  // it matters, whatever its header says
  if (item.format == Format::picture) return zip_by_name;
  const About& known = about(item.format);
  const bool refined = item.format == Format::zip || item.format == Format::ole2;
  if (item.format == Format::script)
    add_kind(script_extension(head), {}, item, into);
  else if (!refined)
    add_kind(known.extension, known.also, item, into);
  if (!refined) found_.trail.append(item.step, fmt::format(" {}", known.words));
  return zip_by_name || is_container(item.format);
}

void Look::look_into(std::string_view data, const Item& item, Extensions& into) {
  if (!spend(data.size())) return;
  const TakeMember take = [&](const Member& one) { return member(one, item, into); };
  switch (item.format) {
    case Format::zip: zip(data, item, into); break;
    case Format::ole2: ole2(data, item, into); break;
    case Format::rar: read_rar(data, take); break;
    case Format::seven_zip: read_seven_zip(data, take); break;
    case Format::gzip: gzip(data, item, into); break;
    case Format::tar: read_tar(data, take); break;
    case Format::cabinet: read_cabinet(data, take); break;
    case Format::tnef: read_tnef(data, take); break;
    case Format::onenote: onenote(data, item, into); break;
    case Format::pdf:
      if (is_encrypted_pdf(data)) encrypted(item);
      break;
    default: break;
  }
  if (item.format != Format::zip && item.named.has_one_of(kZips) && data.find("PK\x05\x06"sv) != data.npos)
    zip(data, item, into);
}

void Look::zip(std::string_view data, const Item& item, Extensions& into) {
  ZipKind kind;
  Extensions inside;
  read_zip(data, [&](const Member& one) {
    kind.take(one);
    return member(one, item, inside);
  });
  add_kind(kind.extension(), kind.also(), item, into);
  found_.trail.append(item.step, fmt::format(" {}{}", kind.words(), kind.macros() ? " with macros" : ""));
  found_.macros = found_.macros || kind.macros();
  for (const std::string& extension : inside.list())
    if (!kind.is_document() || !ZipKind::is_inner(extension)) add(extension, into);
}

void Look::ole2(std::string_view data, const Item& item, Extensions& into) {
  const Ole2 kind = read_ole2(data, [&](const Member& one) { return member(one, item, into); });
  add_kind(kind.extension, kind.also, item, into);
  found_.trail.append(item.step, fmt::format(" {}{}", kind.words, kind.macros ? " with macros" : ""));
  found_.macros = found_.macros || kind.macros;
  if (kind.encrypted) encrypted(item);
  if (!kind.whole) found_.bound_met(fmt::format("{}: not all of the OLE2 document is read", item.label));
}

void Look::gzip(std::string_view data, const Item& item, Extensions& into) {
  constexpr std::uint8_t kExtra = 4;
  constexpr std::uint8_t kName = 8;
  std::size_t at = 10;
  if ((octet(data, 3) & kExtra) != 0) at += 2u + little16(data, 10);
  const std::string_view rest = cut(data, at, 1024);
  const std::string_view name =
      (octet(data, 3) & kName) != 0 ? rest.substr(0, rest.find('\0')) : std::string_view();
  Item inner{.label = name.empty() ? std::string("its content") : quoted(name), .depth = item.depth + 1};
  if (!name.empty()) add_names(name, inner, into);
  if (inner.depth > limits_.depth)
    return found_.bound_met(fmt::format("archives lie more than {} deep in each other", limits_.depth));
  std::string unpacked;
  inflater_.unpack(data, Inflater::Wrapping::gzip, kHead, unpacked);
  if (!spend(unpacked.size()) || !recognise(unpacked, inner, into)) return;
  unpacked.clear();
  if (inflate_whole(data, Inflater::Wrapping::gzip, unpacked)) look_into(unpacked, inner, into);
}

// Embedded files follow a GUID, their length and twelve octets more.  [MS-ONESTORE] 2.6.13
void Look::onenote(std::string_view data, const Item& item, Extensions& into) {
  constexpr auto kFile = "\xe7\x16\xe3\xbd\x65\x26\x11\x45\xa4\xc4\x8d\x4d\x0b\x7a\x9e\xac"sv;
  for (auto at = data.find(kFile); at != data.npos; at = data.find(kFile, at + 1)) {
    const std::string_view file = cut(data, at + 36, little64(data, at + 16));
    if (!file.empty() && !member({.packing = Member::Packing::stored, .packed = file}, item, into)) return;
  }
}

// --- what archives hold

bool Look::member(const Member& member, const Item& parent, Extensions& into) {
  if (entries_left_ == 0) {
    found_.bound_met(fmt::format("archives hold more than {} files", limits_.entries));
    return false;
  }
  --entries_left_;
  Item item{.label = member.name.empty() ? "a file in it" : quoted(member.name), .depth = parent.depth + 1};
  if (!member.name.empty()) add_names(member.name, item, into);
  if (item.depth > limits_.depth) {
    found_.bound_met(fmt::format("archives lie more than {} deep in each other", limits_.depth));
    return false;
  }
  const bool whole_kept =
      member.packing == Member::Packing::stored || member.packing == Member::Packing::deflated;
  if (!member.name.empty() && !member.name.ends_with('/') &&
      (whole_kept || member.packing == Member::Packing::other))
    item.step = found_.trail.add(item.depth, item.label, false);
  if (member.encrypted) encrypted(member.name.empty() ? parent : item);
  if (whole_kept) member_content(member, item, into);
  const bool in_zip = parent.format == Format::zip && !member.encrypted;
  if (member.packing == Member::Packing::other && in_zip && item.named.has_one_of(kOpened))
    found_.bound_met(fmt::format("{} is packed by a method that is not undone", item.label));
  return true;
}

void Look::member_content(const Member& member, Item& item, Extensions& into) {
  const bool packed = member.packing == Member::Packing::deflated;
  std::string unpacked;
  if (packed) inflater_.unpack(member.packed, Inflater::Wrapping::none, kShortHead, unpacked);
  if (!spend(packed ? kSetUp : kShortHead)) return;
  const std::string_view head = packed ? std::string_view(unpacked) : cut(member.packed, 0, kHead);
  const bool is_message = item.named.has_one_of(kMessages);
  const bool more = recognise(head, item, into);
  if (!more && !is_message) return;
  if (packed) {
    unpacked.clear();
    if (!inflate_whole(member.packed, Inflater::Wrapping::none, unpacked)) return;
  }
  const std::string_view data = packed ? std::string_view(unpacked) : member.packed;
  if (more) look_into(data, item, into);
  if (is_message && spend(data.size())) inner_message({}, data, item);
}

// --- bounds and findings

bool Look::inflate_whole(std::string_view packed, Inflater::Wrapping wrapping, std::string& out) {
  const auto end = inflater_.unpack(packed, wrapping, unpacked_left_, out);
  unpacked_left_ -= std::min<std::uint64_t>(unpacked_left_, out.size());
  work_left_ += kPasses * out.size();
  if (end == Inflater::End::bound) found_.bound_met("what is packed is more than may be unpacked");
  return !out.empty();
}

bool Look::spend(std::uint64_t octets) {
  if (octets > work_left_) {
    found_.bound_met("its parts or files overlap, and are more than may be looked through");
    return false;
  }
  work_left_ -= octets;
  return true;
}

void Look::add_names(std::string_view name, Item& item, Extensions& into) {
  read_extensions(name, [&](const std::string& extension) {
    item.named.add(extension);
    add(extension, into);
  });
}

void Look::add(std::string_view extension, Extensions& into) {
  if (!into.add(extension))
    found_.bound_met(fmt::format("there are more than {} extensions", Extensions::kMost));
}

void Look::add_kind(std::string_view extension, std::string_view also, const Item& item, Extensions& into) {
  if (!item.named.has(extension) && !item.named.has_one_of(also)) add(extension, into);
}

void Look::encrypted(const Item& item) {
  found_.encrypted = true;
  found_.trail.append(item.step, ", encrypted");
}

}  // namespace filters::attachments
