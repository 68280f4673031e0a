#include "gateway/held/html_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "gateway/vocabulary.h"
#include "policy/facts/utf8.h"

namespace gateway::held {
namespace {

constexpr std::size_t kLongestLink = 2000;  // octets of an address that are shown
constexpr std::size_t kLongestEntity = 10;  // "&thetasym;" is as long as those that matter get
constexpr std::array<std::string_view, 24> kBlocks{
    "address", "article", "blockquote", "br", "center", "dd", "div", "dl", "dt", "footer", "form", "h1",
    "h2",      "h3",      "h4",         "h5", "h6",     "hr", "li",  "ol", "p",  "pre",    "tr",   "ul"};
constexpr std::array<std::string_view, 3> kUnseen{"script", "style", "noscript"};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f'; }
bool is_letter(char c) { return to_lower(c) >= 'a' && to_lower(c) <= 'z'; }

struct Entity {
  std::string_view name;
  std::string_view text;
};
constexpr Entity kEntities[] = {
    {"amp", "&"},         {"lt", "<"},          {"gt", ">"},          {"quot", "\""},
    {"apos", "'"},        {"nbsp", " "},        {"copy", "\u00a9"},   {"reg", "\u00ae"},
    {"euro", "\u20ac"},   {"pound", "\u00a3"},  {"auml", "\u00e4"},   {"ouml", "\u00f6"},
    {"uuml", "\u00fc"},   {"Auml", "\u00c4"},   {"Ouml", "\u00d6"},   {"Uuml", "\u00dc"},
    {"szlig", "\u00df"},  {"eacute", "\u00e9"}, {"egrave", "\u00e8"}, {"agrave", "\u00e0"},
    {"ccedil", "\u00e7"}, {"ndash", "\u2013"},  {"mdash", "\u2014"},  {"hellip", "\u2026"},
    {"bull", "\u2022"},   {"lsquo", "\u2018"},  {"rsquo", "\u2019"},  {"ldquo", "\u201c"},
    {"rdquo", "\u201d"},  {"shy", ""}};

// Appends what stands at the front, which is a "&"; how many octets that took.
std::size_t take_entity(std::string_view at, std::string& out) {
  const std::size_t end = at.substr(0, kLongestEntity + 2).find(';');
  const std::string_view name = end == at.npos ? std::string_view() : at.substr(1, end - 1);
  if (name.size() > 1 && name[0] == '#') {
    const bool hex = to_lower(name[1]) == 'x';
    const std::string_view digits = name.substr(hex ? 2 : 1);
    std::uint32_t point = 0;
    const auto [stop, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), point, hex ? 16 : 10);
    if (error == std::errc() && stop == digits.data() + digits.size() && point != 0) {
      append_point(out, point);
      return end + 1;
    }
  }
  const auto* const found = std::ranges::find(kEntities, name, &Entity::name);
  if (name.empty() || found == std::end(kEntities)) {
    out += '&';
    return 1;
  }
  out += found->text;
  return end + 1;
}

std::string with_entities(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (text.front() != '&') {
      out += text.front();
      text.remove_prefix(1);
    } else {
      text.remove_prefix(take_entity(text, out));
    }
  }
  return out;
}

struct Tag {
  std::string name;  // lower-case
  bool closes = false;
  std::string link;  // href, or the alt text of a picture
};

class Reader {
 public:
  Reader(std::string_view html, std::size_t most) : html_(html), most_(most) {}

  HtmlText read() {
    while (at_ < html_.size() && out_.size() < most_) step();
    end_link();
    while (out_.ends_with('\n') || out_.ends_with(' ')) out_.pop_back();
    return {std::move(out_), at_ < html_.size()};
  }

 private:
  char ahead(std::size_t by) const { return at_ + by < html_.size() ? html_[at_ + by] : '\0'; }

  void step() {
    const char c = html_[at_];
    if (c == '<' && (is_letter(ahead(1)) || ahead(1) == '/' || ahead(1) == '!' || ahead(1) == '?')) {
      markup();
    } else if (c == '&') {
      std::string text;
      at_ += take_entity(html_.substr(at_), text);
      for (const char one : text) put(one);
    } else {
      put(c);
      ++at_;
    }
  }

  void put(char c) {
    if (is_space(c)) {
      if (!out_.empty() && out_.back() != '\n' && out_.back() != ' ') out_ += ' ';
      return;
    }
    out_ += c;
  }

  void line_end() {
    while (out_.ends_with(' ')) out_.pop_back();
    if (!out_.empty() && !out_.ends_with("\n\n")) out_ += '\n';
  }

  void markup() {
    if (html_.substr(at_).starts_with("<!--")) {
      const std::size_t end = html_.find("-->", at_ + 4);
      at_ = end == html_.npos ? html_.size() : end + 3;
      return;
    }
    const Tag tag = read_tag();
    const bool block = std::ranges::find(kBlocks, tag.name) != kBlocks.end();
    if (block) line_end();
    if (tag.name == "td" || tag.name == "th") put(' ');
    if (tag.name == "img" && !tag.link.empty()) show("[picture: " + tag.link + "]");
    if (tag.name == "a") {
      end_link();
      if (!tag.closes) link_ = tag.link;
    }
    if (!tag.closes && std::ranges::find(kUnseen, tag.name) != kUnseen.end()) skip_to_end_of(tag.name);
  }

  // From "<" to behind ">": quotes may hold one.
  Tag read_tag() {
    Tag tag;
    ++at_;
    if (ahead(0) == '/') {
      tag.closes = true;
      ++at_;
    }
    while (at_ < html_.size() && !is_space(html_[at_]) && html_[at_] != '>' && html_[at_] != '/') {
      if (tag.name.size() < 20) tag.name += to_lower(html_[at_]);
      ++at_;
    }
    while (at_ < html_.size() && html_[at_] != '>') attribute(tag);
    if (at_ < html_.size()) ++at_;
    return tag;
  }

  void attribute(Tag& tag) {
    while (at_ < html_.size() && (is_space(html_[at_]) || html_[at_] == '/')) ++at_;
    std::size_t begin = at_;
    while (at_ < html_.size() && !is_space(html_[at_]) && html_[at_] != '>' && html_[at_] != '=') ++at_;
    const std::string name = to_lower(html_.substr(begin, std::min<std::size_t>(at_ - begin, 20)));
    while (at_ < html_.size() && is_space(html_[at_])) ++at_;
    if (ahead(0) != '=') return;
    ++at_;
    while (at_ < html_.size() && is_space(html_[at_])) ++at_;
    const char quote = ahead(0);
    std::string_view value;
    if (quote == '"' || quote == '\'') {
      begin = ++at_;
      at_ = std::min(html_.find(quote, at_), html_.size());
      value = html_.substr(begin, at_ - begin);
      if (at_ < html_.size()) ++at_;
    } else {
      begin = at_;
      while (at_ < html_.size() && !is_space(html_[at_]) && html_[at_] != '>') ++at_;
      value = html_.substr(begin, at_ - begin);
    }
    const bool told = (tag.name == "a" && name == "href") || (tag.name == "img" && name == "alt");
    if (told && tag.link.empty()) tag.link = with_entities(trim(value.substr(0, kLongestLink)));
  }

  // Nothing in these is text, "</name" alone ends them.
  void skip_to_end_of(const std::string& name) {
    for (;;) {
      at_ = html_.find("</", at_);
      if (at_ == html_.npos) {
        at_ = html_.size();
        return;
      }
      if (equal_nocase(html_.substr(at_ + 2, name.size()), name)) return;
      at_ += 2;
    }
  }

  void show(const std::string& text) {
    for (const char c : text) put(c);
  }

  // The words of a link say one thing, where it leads another, as often as not.
  void end_link() {
    if (!link_.empty()) show(" <" + link_ + "> ");
    link_.clear();
  }

  const std::string_view html_;
  const std::size_t most_;
  std::size_t at_ = 0;
  std::string out_;
  std::string link_;
};

}  // namespace

HtmlText html_text(std::string_view html, std::size_t most) { return Reader(html, most).read(); }

}  // namespace gateway::held
