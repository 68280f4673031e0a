#pragma once
// Looks at one list file every few seconds decide when it is read again.  Pure: who looks says what was seen.

#include <optional>
#include <string>

#include "policy/file_stamp.h"

namespace gateway::list_files {

class FileWatch {
 public:
  enum class Step {
    nothing,
    read,      // it has changed and come to rest, is gone, or an entry's time has come
    expire,    // the file is left alone, but an entry's time has come
    unsettled  // it has changed between any two looks for a while; told once
  };

  static constexpr unsigned kPatience = 30;  // looks, while each sees another file

  // `seen`: nothing when the file cannot be looked at; `taken`: of what is in force; `ended`: the time of one
  // of its entries has come.  A file counts as changed when two looks in a row see the same change, so that
  // one that is being written is left alone.
  Step look(const std::optional<policy::FileStamp>& seen, const policy::FileStamp& taken, bool ended);

  // What was read was not taken, for that reason: it is not read again until it changes.  False when the same
  // was said of the same file before.
  bool kept(const std::string& why);
  void taken();

 private:
  bool looked_ = false;
  std::optional<policy::FileStamp> last_;  // seen at the last look
  std::optional<std::string> refused_;     // what was seen then was not taken, and why
  unsigned changing_ = 0;                  // looks
};

}  // namespace gateway::list_files
