#pragma once
// What may stand in a piece of our HTML, found out when it is compiled: each {} in its place, and nothing
// that the content policy forbids.

#include <cstddef>
#include <string_view>

namespace gateway::web::html_template {

enum class Place {
  text,
  attribute,
  address
};  // of a {}: between tags, in the quotes of an attribute, of href and the like

constexpr bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == ':';
}

constexpr bool is_address(std::string_view attribute) {
  for (const std::string_view one :
       {"href", "src", "action", "formaction", "data", "poster", "cite", "xlink:href"})
    if (attribute == one) return true;
  return false;
}

// Walks over the text and calls found(Place) at each {}.  Throws, which does not compile, where a {} stands
// anywhere else and at what is refused: style and on… attributes, values without quotes, text in <script> and
// <style>.
template <class Found>
constexpr void walk(std::string_view text, Found found) {
  enum class In { text, tag, quotes } in = In::text;
  char quote = 0;
  std::string_view attribute;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool hole = c == '{';
    if (hole && (i + 1 == text.size() || text[i + 1] != '}')) throw "a { stands for a value only as {}";
    switch (in) {
      case In::text:
        if (hole) found(Place::text);
        if (c == '<') {
          in = In::tag;
          std::string_view name = text.substr(i + 1);
          std::size_t length = 0;
          while (length < name.size() && is_word(name[length])) ++length;
          name = name.substr(0, length);
          if (name == "style") throw "styles stand in gateway/web/assets";
          const std::string_view rest = text.substr(i);
          if (name == "script" && rest.substr(rest.find('>') + 1).substr(0, 9) != "</script>")
            throw "scripts stand in gateway/web/assets";
          attribute = {};
        }
        break;
      case In::tag:
        if (hole) throw "a {} within a tag stands in the quotes of an attribute";
        if (c == '>') in = In::text;
        if (c == '=') {
          if (i + 1 == text.size() || (text[i + 1] != '"' && text[i + 1] != '\''))
            throw "the value of an attribute stands in quotes";
          std::size_t begin = i;
          while (begin > 0 && is_word(text[begin - 1])) --begin;
          attribute = text.substr(begin, i - begin);
          if (attribute == "style" || attribute.starts_with("on"))
            throw "the content policy allows no style and no script in an attribute";
        } else if (c == '"' || c == '\'') {
          in = In::quotes;
          quote = c;
        }
        break;
      case In::quotes:
        if (hole && is_address(attribute)) {
          if (text[i - 1] != quote || i + 2 == text.size() || text[i + 2] != quote)
            throw "an address is one whole Url";
          found(Place::address);
        } else if (hole) {
          found(Place::attribute);
        }
        if (c == quote) in = In::tag;
        break;
    }
  }
  if (in != In::text) throw "a tag does not end";
}

}  // namespace gateway::web::html_template
