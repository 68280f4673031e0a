#include "gateway/web/forms.h"

namespace gateway::web {
namespace {

std::string_view word(Button kind) {
  return kind == Button::primary ? "primary" : kind == Button::danger ? "danger" : "plain";
}

}  // namespace

Html hidden(std::string_view name, std::string_view value) {
  return html("<input type='hidden' name='{}' value='{}'>", name, value);
}

Html post_form(const Request& request, const Url& action, const Html& inside) {
  return html("<form method='post' action='{}'>{}{}</form>", action,
              hidden(kFormToken, request.visitor.form_token), inside);
}

Html get_form(const Url& action, const Html& inside) {
  return html("<form method='get' action='{}'>{}</form>", action, inside);
}

Html text_field(std::string_view label, std::string_view name, std::string_view value, std::string_view type,
                std::string_view placeholder) {
  return html(
      "<label class='field' for='{}'><span>{}</span>"
      "<input id='{}' name='{}' type='{}' value='{}' placeholder='{}'></label>",
      name, label, name, name, type, value, placeholder);
}

Html check_box(std::string_view label, std::string_view name, std::string_view value, bool checked) {
  const Html box = checked ? html("<input type='checkbox' name='{}' value='{}' checked>", name, value)
                           : html("<input type='checkbox' name='{}' value='{}'>", name, value);
  return html("<label class='check'>{}<span>{}</span></label>", box, label);
}

Html select_field(std::string_view label, std::string_view name, const std::vector<Option>& options,
                  std::string_view chosen) {
  Html inside;
  for (const Option& one : options)
    inside += one.value == chosen ? html("<option value='{}' selected>{}</option>", one.value, one.label)
                                  : html("<option value='{}'>{}</option>", one.value, one.label);
  return html("<label class='field' for='{}'><span>{}</span><select id='{}' name='{}'>{}</select></label>",
              name, label, name, name, inside);
}

Html button(std::string_view label, Button kind) {
  return html("<button class='{}'>{}</button>", word(kind), label);
}

Html button(std::string_view label, std::string_view name, std::string_view value, Button kind) {
  return html("<button class='{}' name='{}' value='{}'>{}</button>", word(kind), name, value, label);
}

}  // namespace gateway::web
