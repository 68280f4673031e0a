#include "gateway/delivery/release_mark.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cerrno>
#include <set>

#include "gateway/net/descriptor.h"

namespace gateway::delivery {
namespace {

namespace json = boost::json;

constexpr off_t kLargest = 16 << 20;

bool read_all(int descriptor, std::string& octets) {
  for (std::size_t filled = 0; filled < octets.size();) {
    const ssize_t got = ::read(descriptor, octets.data() + filled, octets.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    filled += static_cast<std::size_t>(got);
  }
  return true;
}

bool decode(std::string_view text, ReleaseMark& mark) {
  json::parse_options options;
  options.allow_invalid_utf8 = true;
  boost::system::error_code error;
  const json::value value = json::parse(text, error, {}, options);
  if (error || !value.is_object()) return false;
  const json::object& object = value.get_object();
  const json::value* const begun = object.if_contains("begun");
  const json::value* const who = object.if_contains("who");
  const json::value* const via = object.if_contains("via");
  const json::value* const recipients = object.if_contains("recipients");
  const auto is_text = [](const json::value& one) { return one.is_string(); };
  if (!begun || !begun->is_int64() || !who || !who->is_string() || !via || !via->is_string() || !recipients ||
      !recipients->is_array() || !std::ranges::all_of(recipients->get_array(), is_text))
    return false;
  mark.begun = Time(std::chrono::seconds(begun->get_int64()));
  mark.who = who->get_string();
  mark.via = via->get_string();
  for (const json::value& one : recipients->get_array()) mark.recipients.emplace_back(one.get_string());
  return true;
}

}  // namespace

std::vector<std::string> ReleaseMark::in_doubt(const std::vector<smtp::Recipient>& waiting) const {
  const std::set<std::string_view> named(recipients.begin(), recipients.end());
  std::vector<std::string> some;
  for (const smtp::Recipient& one : waiting)
    if (std::string text = one.address.text(); everybody || named.contains(text))
      some.push_back(std::move(text));
  return some;
}

std::filesystem::path release_mark_of(std::filesystem::path held) {
  return held.replace_extension(".release");
}

std::string encode(const ReleaseMark& mark) {
  json::array recipients;
  for (const std::string& one : mark.recipients) recipients.emplace_back(one);
  json::object object{{"begun", mark.begun.time_since_epoch().count()}, {"who", mark.who}, {"via", mark.via}};
  object["recipients"] = std::move(recipients);
  return json::serialize(object);
}

ReleaseMark read_release_mark(const std::filesystem::path& held) {
  ReleaseMark mark;
  const std::filesystem::path path = release_mark_of(held);
  const net::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (file.get() < 0 && errno == ENOENT) return mark;
  struct stat found {};
  const bool is_file = file.get() >= 0 && ::fstat(file.get(), &found) == 0 && S_ISREG(found.st_mode);
  std::string text(is_file && found.st_size <= kLargest ? static_cast<std::size_t>(found.st_size) : 0, '\0');
  if (is_file && read_all(file.get(), text) && decode(text, mark)) return mark;
  mark = {};
  mark.begun = Time(std::chrono::seconds(found.st_mtime));
  mark.everybody = true;
  return mark;
}

}  // namespace gateway::delivery
