#pragma once
// The file of a list as it was read once.  It has its text while rules are compiled, and afterwards what they
// made of it, so that a policy can be made again without reading files that have not changed.

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "policy/condition.h"
#include "policy/entry_list.h"
#include "policy/facts/result.h"
#include "policy/file_stamp.h"
#include "policy/language/list_text.h"
#include "policy/likeness.h"
#include "policy/ordinary_file.h"

namespace policy::language {

class ListFile {
 public:
  using Path = std::filesystem::path;
  static constexpr std::size_t kMostOctets = 256 << 20;  // some ten million domains

  // Entries whose end has come by `now` do not count.  The error says why it cannot be read: "it is a
  // directory".
  static Result<std::shared_ptr<ListFile>> read(const Path& path, Time now);
  // The first lines only, some thousand: enough to see what kind of entries a list has.
  static Result<std::shared_ptr<ListFile>> read_beginning(const Path& path, Time now);

  // The same without the entries whose end has come since: what counts when the file of now is not taken.
  std::shared_ptr<ListFile> at(Time now) const;

  const Path& path() const { return path_; }
  const FileStamp& stamp() const { return stamp_; }
  bool unsettled() const { return unsettled_; }  // it changed while it was read
  bool blank() const { return blank_; }          // nothing is in it, no comment either
  std::size_t count() const { return count_; }   // entries that count
  std::size_t count_at(Time later) const;        // of them
  std::optional<Time> next_end() const;
  std::uint64_t digest() const { return digest_; }  // of the entries that count
  const std::vector<ListLine>& unclear() const {
    return unclear_;
  }  // the first lines whose end cannot be read

  // Each line with an entry that counts, in order.  Before settle().
  template <class Take>
  void each_entry(const Take& take) const {
    ListLine line;
    for (std::string_view rest = text_; next_line(rest, line);)
      if (!line.entry.empty() && counts(line)) take(line);
  }
  std::size_t octets() const { return text_.size(); }

  // What was made of it.
  std::map<EntryList::Kind, Entries> made;
  std::map<Likeness::Kind, Known> known;
  std::optional<bool> has_domains;

  // The text is no longer needed, but where entries have an end.  From here on nothing is changed, and any
  // thread may read.
  void settle();
  bool settled() const { return settled_; }

 private:
  static Result<std::shared_ptr<ListFile>> made_of(Result<OrdinaryFile> read, const Path& path, Time now);
  explicit ListFile(Path path, Time now) : path_(std::move(path)), now_(now) {}
  void survey();
  bool counts(const ListLine& line) const;

  Path path_;
  Time now_;
  FileStamp stamp_;
  bool unsettled_ = false;
  bool blank_ = true;
  bool settled_ = false;
  std::string text_;
  std::size_t count_ = 0;
  std::uint64_t digest_ = 0;
  std::vector<Time> ends_;  // of entries that count, sorted
  std::vector<ListLine> unclear_;
};

}  // namespace policy::language
