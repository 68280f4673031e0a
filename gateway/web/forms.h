#pragma once
// Forms and their fields.  A field's id is its name: labels and links point there.

#include <string_view>
#include <utility>
#include <vector>

#include "gateway/web/html.h"
#include "gateway/web/request.h"

namespace gateway::web {

inline constexpr std::string_view kFormToken = "form_token";  // the field that each POST has

// A form that changes something; it carries the visitor's token.  Inside: fields and buttons.
Html post_form(const Request& request, const Url& action, const Html& inside);
// A form that asks: its fields become the query.
Html get_form(const Url& action, const Html& inside);

Html hidden(std::string_view name, std::string_view value);
// `type` as HTML has it: text, search, password, date …
Html text_field(std::string_view label, std::string_view name, std::string_view value,
                std::string_view type = "text", std::string_view placeholder = {});
Html check_box(std::string_view label, std::string_view name, std::string_view value, bool checked);
struct Option {
  std::string_view value;
  std::string_view label;
};
Html select_field(std::string_view label, std::string_view name, const std::vector<Option>& options,
                  std::string_view chosen);
enum class Button { plain, primary, danger };
Html button(std::string_view label, Button kind = Button::plain);
// One of several in a form: which was pressed is told by name and value.
Html button(std::string_view label, std::string_view name, std::string_view value,
            Button kind = Button::plain);

}  // namespace gateway::web
