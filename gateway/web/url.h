#pragma once
// Addresses of our own pages.  What comes from outside enters them percent-encoded, so that none can lead
// away.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gateway::web {

// A path that stands in our source: "/log".
class Path {
 public:
  template <std::size_t N>
  consteval Path(const char (&literal)[N]) : text_(literal, N - 1) {
    if (text_.empty() || text_[0] != '/' || text_.starts_with("//")) throw "a path of ours begins with one /";
    for (const char c : text_)
      if (c <= ' ' || c >= 0x7f || c == '"' || c == '\'' || c == '<' || c == '>' || c == '&' || c == '\\')
        throw "what has to be encoded is given to below() or with()";
  }
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

class Url {
 public:
  Url(Path path) : text_(path.text()) {}
  // What a browser sent back as a place to go to, if it is one of ours: a path, and not //host.
  static std::optional<Url> local(std::string_view text);

  static Url fragment(std::string_view id);  // #id of the page itself

  Url below(std::string_view segment) const;                      // …/segment
  Url with(std::string_view name, std::string_view value) const;  // …?name=value, then &name=value
  Url with(std::string_view name, std::uint64_t value) const;     //
  Url at(std::string_view id) const;                              // …#id; last

  const std::string& text() const { return text_; }
  friend bool operator==(const Url&, const Url&) = default;

 private:
  static Url of(std::string text);
  std::string text_;
};

}  // namespace gateway::web
