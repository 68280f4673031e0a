#include "policy/language/list_file.h"

#include <algorithm>

#include "policy/facts/text.h"

namespace policy::language {
namespace {

constexpr std::size_t kUnclearKept = 10;
constexpr std::size_t kBeginning = 64 << 10;

void add(std::uint64_t& hash, std::string_view text) {  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  hash = (hash ^ 0xFFu) * 1099511628211u;
}

}  // namespace

Result<std::shared_ptr<ListFile>> ListFile::read(const Path& path, Time now) {
  return made_of(read_ordinary_file(path, kMostOctets), path, now);
}

Result<std::shared_ptr<ListFile>> ListFile::read_beginning(const Path& path, Time now) {
  return made_of(policy::read_beginning(path, kBeginning), path, now);
}

Result<std::shared_ptr<ListFile>> ListFile::made_of(Result<OrdinaryFile> read, const Path& path, Time now) {
  if (!read) return read.error();
  const std::shared_ptr<ListFile> file(new ListFile(path, now));
  file->text_ = std::move(read->text);
  file->stamp_ = read->stamp;
  file->unsettled_ = read->unsettled;
  file->survey();
  return file;
}

std::shared_ptr<ListFile> ListFile::at(Time now) const {
  const std::shared_ptr<ListFile> file(new ListFile(path_, now));
  file->text_ = text_;
  file->stamp_ = stamp_;
  file->unsettled_ = unsettled_;
  file->survey();
  return file;
}

bool ListFile::counts(const ListLine& line) const {
  if (line.comment.empty()) return true;
  const EntryComment comment = read_comment(line.comment);
  return !comment.until || now_ < *comment.until;
}

void ListFile::survey() {
  digest_ = 14695981039346656037u;
  ListLine line;
  for (std::string_view rest = text_; next_line(rest, line);) {
    if (!trim(line.whole).empty()) blank_ = false;
    if (line.entry.empty()) continue;
    const EntryComment comment = read_comment(line.comment);
    if (comment.until && *comment.until <= now_) continue;
    if (comment.until) ends_.push_back(*comment.until);
    if (comment.unclear && unclear_.size() < kUnclearKept) unclear_.push_back(line);
    ++count_;
    add(digest_, line.entry);
  }
  std::ranges::sort(ends_);
}

std::size_t ListFile::count_at(Time later) const {
  return count_ - static_cast<std::size_t>(std::ranges::upper_bound(ends_, later) - ends_.begin());
}

std::optional<Time> ListFile::next_end() const {
  if (ends_.empty()) return std::nullopt;
  return ends_.front();
}

void ListFile::settle() {
  settled_ = true;
  unclear_.clear();  // they point into the text
  if (ends_.empty()) text_.clear();
  text_.shrink_to_fit();
  ends_.shrink_to_fit();
}

}  // namespace policy::language
