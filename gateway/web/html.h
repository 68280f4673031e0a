#pragma once
// HTML in which escaping cannot be forgotten: markup is what stands in our source, everything else is text.
//
//   Html cell = html("<td class='{}'><a href='{}'>{}</a></td>", kind, Url("/message").below(id), subject);
//
// The first argument is a literal and is checked when it is compiled; each {} takes a text or a whole number
// (escaped, with control and bidirectional characters made visible), a Url (nothing else may stand in href,
// src and action) or, between tags, other Html.

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>

#include "gateway/web/html_template.h"
#include "gateway/web/url.h"

namespace gateway::web {

class Html {
 public:
  Html() = default;
  Html& operator+=(const Html& more) {
    markup_ += more.markup_;
    return *this;
  }
  friend Html operator+(Html one, const Html& other) { return one += other; }

  bool empty() const { return markup_.empty(); }
  const std::string& markup() const { return markup_; }

 private:
  friend class HtmlValue;
  friend Html text_lines(std::string_view text);
  std::string markup_;
};

// What takes the place of a {}.
class HtmlValue {
 public:
  HtmlValue(const Html& html) : octets_(html.markup_) {}
  HtmlValue(const Url& url) : HtmlValue(std::string_view(url.text())) {}
  template <std::convertible_to<std::string_view> Text>
  HtmlValue(const Text& text) : octets_(escaped(text)) {}
  template <std::integral Number>
  requires(!std::same_as<Number, bool> && !std::same_as<Number, char>) HtmlValue(Number number)
      : octets_(std::to_string(number)) {}

  static Html fill(std::string_view text, std::initializer_list<HtmlValue> values);

 private:
  static std::string escaped(std::string_view text);
  std::string octets_;
};

template <class... Values>
class HtmlTemplate {
 public:
  template <std::size_t N>
  consteval HtmlTemplate(const char (&literal)[N]) : text_(literal, N - 1) {
    using html_template::Place;
    const bool fits[sizeof...(Values) + 1][3] = {
        {may_stand<Values>(Place::text), may_stand<Values>(Place::attribute),
         may_stand<Values>(Place::address)}...,
        {}};
    std::size_t count = 0;
    html_template::walk(text_, [&](Place place) {
      if (count == sizeof...(Values)) throw "there are more {} than values";
      if (!fits[count][static_cast<int>(place)])
        throw "this value may not stand there: an address is a Url, and Html stands between tags";
      ++count;
    });
    if (count != sizeof...(Values)) throw "there are more values than {}";
  }
  std::string_view text() const { return text_; }

 private:
  template <class Value>
  static consteval bool may_stand(html_template::Place place) {
    if (std::is_same_v<Value, Url>) return true;
    if (std::is_same_v<Value, Html>) return place == html_template::Place::text;
    return place != html_template::Place::address;
  }
  std::string_view text_;
};

template <class... Values>
Html html(HtmlTemplate<std::type_identity_t<Values>...> text, const Values&... values) {
  return HtmlValue::fill(text.text(), {HtmlValue(values)...});
}

// Text whose line ends and tabs are kept, for <pre> and <textarea>.
Html text_lines(std::string_view text);

}  // namespace gateway::web
