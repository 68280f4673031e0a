#pragma once
// One line of a list for people and for programs.

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "gateway/list_files/list_edit.h"
#include "policy/lists.h"

namespace gateway::commands {

// "until 2026-06-01 14:00:00 +0200", "ended 2026-…", or nothing: it stays.
std::string duration_of(const list_files::Line& line);

// "(blocked.txt:3)", "by 192.0.2.0/24 (blocked.txt:3), until …: flood": what lists `entry`.
std::string by_line(const list_files::Line& line, const policy::ListInfo& list, std::string_view entry);

boost::json::object line_as_json(const list_files::Line& line);

}  // namespace gateway::commands
