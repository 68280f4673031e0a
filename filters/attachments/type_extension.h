#pragma once
// The extension that mail readers give a part that has no name, by its type.

#include <string_view>

namespace filters::attachments {

// Empty for types of which nothing is to be said.
std::string_view type_extension(std::string_view type);

}  // namespace filters::attachments
