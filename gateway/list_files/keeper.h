#pragma once
// Keeps the lists of the policy in force as their files are: looks at each file every few seconds and puts a
// policy with what has changed, or ended, in the place of the one before.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/list_files/news.h"
#include "gateway/net/asio.h"
#include "gateway/pipeline/in_force.h"

namespace gateway::list_files {

class Keeper {
 public:
  struct World {
    asio::any_io_executor loop;    // where what is in force is replaced
    asio::any_io_executor reader;  // where files are looked at and read; one thread
    std::function<std::shared_ptr<const pipeline::InForce>()> in_force;  // asked on both
    // Puts `next` in the place of `from`; false when that is no longer in force.
    std::function<bool(const std::weak_ptr<const pipeline::InForce>& from,
                       std::shared_ptr<pipeline::InForce> next)>
        replace;
    std::function<Time()> now;
    News* news = nullptr;  // is told what becomes of each list; null: nobody asks
  };

  explicit Keeper(World world);
  // Begins to look.  The loop and the reader end after this object's last use of them: stop them first.
  void run();

  // What came of take().
  struct Taken {
    std::vector<policy::ListReading> lists;  // those with that file; empty: none in force has it
    std::string policy_version;              // in force now
  };
  // Reads that file at once; a person has changed it and taken so many entries out.
  asio::awaitable<Taken> take(settings::Path file, std::size_t taken_out);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// The list files that a reload took although they have shrunk as by an accident: somebody asked for it, and
// should know.
std::vector<policy::ListReading> shrunk(const policy::Policy& before, const policy::Policy& after);

// "event=list_reloaded …" or "event=list_kept …", as the log has it.
std::string as_log_line(const policy::ListReading& reading, std::string_view policy_version);

}  // namespace gateway::list_files
