#pragma once
// What stands in a piece of HTML, as text for a person who judges it: tags dropped, where links lead written
// out, nothing fetched and nothing run.  Total and linear; what no browser shows may show here.

#include <string>
#include <string_view>

namespace gateway::held {

struct HtmlText {
  std::string text;  // lines end in LF; octets are as they came, so not yet fit for a terminal
  bool cut = false;  // there was more
};

// At most some `most` octets of text.
HtmlText html_text(std::string_view html, std::size_t most);

}  // namespace gateway::held
