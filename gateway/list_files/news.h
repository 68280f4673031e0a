#pragma once
// What became of each list file lately, for whoever asks how the gateway is: when it was taken last, and when
// and why it was not.

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/vocabulary.h"

namespace gateway::list_files {

// Thread-safe.
class News {
 public:
  struct Item {
    Time taken{};
    std::optional<Time> alerted = {};  // the last time that it was found and not taken; nothing: never
    std::string alert = {};            // why; octets from the file may be in it
  };

  explicit News(Time start) : all_taken_(start) {}

  // A start or a reload has read every list.
  void all_taken(Time when);
  void taken(const std::string& list, Time when);
  void alert(const std::string& list, Time when, std::string why);

  Item of(std::string_view list) const;

 private:
  mutable std::mutex mutex_;
  Time all_taken_;
  std::map<std::string, Item, std::less<>> items_;
};

}  // namespace gateway::list_files
