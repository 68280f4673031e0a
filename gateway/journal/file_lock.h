#pragma once
// An advisory lock on an open file, flock(2): the journal's writer shares it for each append, and who puts
// another file in the place of a day's lines holds it alone.

#include <chrono>

namespace gateway::journal {

class FileLock {
 public:
  enum class Kind { shared, alone };

  // Waits no longer than that: anyone who may read the file could hold it for ever.
  FileLock(int descriptor, Kind kind, std::chrono::milliseconds patience);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

  bool held() const { return held_; }

 private:
  const int descriptor_;
  bool held_ = false;
};

}  // namespace gateway::journal
