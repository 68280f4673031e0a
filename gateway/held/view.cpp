#include "gateway/held/view.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "filters/mime/charset.h"
#include "filters/mime/encoded_word.h"
#include "filters/mime/line_reader.h"
#include "filters/mime/parts.h"
#include "filters/mime/transfer_encoding.h"
#include "gateway/held/html_text.h"
#include "policy/facts/message.h"

namespace gateway::held {
namespace {

namespace mime = filters::mime;
using mime::Part;

// The first of them that says something; "identity" where all do.
mime::Encoding encoding_of(const Part& part) {
  for (const mime::Encoding one : mime::kEncodings)
    if (one != mime::Encoding::identity && part.header.encodings.has(one)) return one;
  return mime::Encoding::identity;
}

struct Decoded {
  std::string octets;
  bool cut = false;
};

Decoded decoded(const Octets& octets, const Part& part, std::size_t most) {
  Decoded content;
  mime::Decoder decoder(encoding_of(part));
  mime::for_each_slice(octets, part.begin, part.end, [&](std::string_view slice) {
    decoder.decode(slice, content.octets);
    content.cut = content.octets.size() > most;
    return !content.cut;
  });
  if (content.cut) content.octets.resize(most);
  return content;
}

std::uint64_t decoded_size(const Octets& octets, const Part& part) {
  std::uint64_t size = 0;
  std::string room;
  mime::Decoder decoder(encoding_of(part));
  mime::for_each_slice(octets, part.begin, part.end, [&](std::string_view slice) {
    room.clear();
    decoder.decode(slice, room);
    size += room.size();
    return true;
  });
  return size;
}

// Line by line, so that the ends of lines are all that is left as it was.
std::string shown_lines(std::string_view text, std::size_t longest) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    text.remove_prefix(std::min(end + 1, text.size()));
    for (bool first = true; first || !line.empty(); first = false) {
      const std::size_t tab = std::min(line.find('\t'), line.size());
      out += printable(line.substr(0, tab), longest);
      if (tab < line.size()) out += "    ";
      line.remove_prefix(std::min(tab + 1, line.size()));
    }
    out += '\n';
  }
  return out;
}

void take_fields(const Message& message, const ViewLimits& limits, View& view) {
  for (const policy::Field& field : message.fields()) {
    if (view.fields.size() == limits.fields) {
      view.remarks.push_back(
          fmt::format("{} more header fields are not shown", message.fields().size() - limits.fields));
      return;
    }
    std::string unfolded = unfold(field.value);
    std::ranges::replace(unfolded, '\t', ' ');
    view.fields.push_back(
        {printable(field.name, 100), printable(mime::decode_text(trim(unfolded)), limits.field_octets)});
  }
}

const Part* text_of(const std::vector<Part>& parts) {
  const auto find = [&](auto fits) -> const Part* {
    const auto found = std::ranges::find_if(parts, [&](const Part& part) {
      return !part.in_parts && !part.is_message && !part.header.attachment && fits(part.header);
    });
    return found == parts.end() ? nullptr : &*found;
  };
  if (const Part* plain = find([](const mime::PartHeader& header) { return header.plain_text(); }))
    return plain;
  return find([](const mime::PartHeader& header) { return header.is("text/html"); });
}

void take_text(const Octets& octets, const Part& part, const ViewLimits& limits, View& view) {
  const bool html = part.header.is("text/html");
  view.text_type = html ? "text/html" : "text/plain";
  Decoded content = decoded(octets, part, html ? 4 * limits.text_octets : limits.text_octets);
  std::string text = mime::Charset::find(part.header.charset.empty() ? "utf-8" : part.header.charset)
                         .to_utf8(content.octets);
  if (html) {
    HtmlText without_tags = html_text(text, limits.text_octets);
    content.cut = content.cut || without_tags.cut;
    text = std::move(without_tags.text);
  }
  view.text = shown_lines(text, limits.line_octets);
  if (content.cut)
    view.remarks.push_back(fmt::format("the text is cut: the first {} kB are shown, it has {} as it was sent",
                                       limits.text_octets / 1024,
                                       fmt::format("{} kB", (part.end - part.begin) / 1024)));
}

std::string shown_name(const Part& part) {
  return part.header.names.empty() ? std::string()
                                   : printable(mime::decode_text(part.header.names.front()), 300);
}

}  // namespace

View view(const delivery::HeldMessage& message, const ViewLimits& limits) {
  View view;
  take_fields(Message(message.parcel.header), limits, view);
  const Octets& octets = *message.parcel.octets;
  const mime::Parts found = mime::read_parts(octets, mime::Begins::header, {});
  const Part* const text = text_of(found.parts);
  if (text) take_text(octets, *text, limits, view);
  std::set<std::pair<std::uint64_t, std::uint64_t>> seen;  // readers that disagree find a part twice
  std::size_t more = 0;
  for (const Part& part : found.parts) {
    if (part.in_parts || &part == text || !seen.emplace(part.begin, part.end).second) continue;
    if (text && part.begin == text->begin) continue;
    if (view.attachments.size() == limits.attachments) {
      ++more;
      continue;
    }
    const std::string type = part.is_message             ? "message/rfc822"
                             : part.header.types.empty() ? "text/plain"
                                                         : printable(part.header.types.front(), 100);
    view.attachments.push_back({shown_name(part), type, decoded_size(octets, part)});
  }
  if (more > 0) view.remarks.push_back(fmt::format("{} more parts are not listed", more));
  for (const std::string& bound : found.bounds_met) view.remarks.push_back(bound);
  return view;
}

void write(journal::JsonWriter& json, const View& view) {
  json.key("headers").begin_array();
  for (const View::Field& field : view.fields) {
    json.begin_object();
    json.key("name").text(field.name);
    json.key("value").text(field.value);
    json.end_object();
  }
  json.end_array();
  json.key("text").text(view.text);
  json.key("text_type").text(view.text_type);
  json.key("attachments").begin_array();
  for (const View::Attachment& one : view.attachments) {
    json.begin_object();
    json.key("name").text(one.name);
    json.key("type").text(one.type);
    json.key("size").integer(static_cast<std::int64_t>(one.octets));
    json.end_object();
  }
  json.end_array();
  json.key("remarks").begin_array();
  for (const std::string& remark : view.remarks) json.text(remark);
  json.end_array();
}

}  // namespace gateway::held
