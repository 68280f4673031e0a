#include "gateway/list_files/file_watch.h"

namespace gateway::list_files {

FileWatch::Step FileWatch::look(const std::optional<policy::FileStamp>& seen, const policy::FileStamp& taken,
                                bool ended) {
  const bool same = looked_ && last_ == seen;
  looked_ = true;
  last_ = seen;
  if (!same) refused_.reset();
  if (seen == taken) {
    changing_ = 0;
    return ended ? Step::read : Step::nothing;
  }
  const Step leave = ended ? Step::expire : Step::nothing;
  if (!same) return ++changing_ == kPatience ? Step::unsettled : leave;
  changing_ = 0;
  return refused_ ? leave : Step::read;
}

bool FileWatch::kept(const std::string& why) {
  if (refused_ == why) return false;
  refused_ = why;
  return true;
}

void FileWatch::taken() { refused_.reset(); }

}  // namespace gateway::list_files
