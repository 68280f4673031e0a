#pragma once
// Mailstores as the configuration names them.

#include <map>
#include <memory>
#include <string>

#include "gateway/delivery/disk.h"
#include "gateway/delivery/server_book.h"
#include "gateway/settings/settings.h"

namespace gateway::delivery {

using Mailstores = std::map<std::string, std::shared_ptr<Mailstore>>;

// All loops may share them; they must be destroyed before the loops are.  `workers` do the disk's work, and
// `disk` must outlive that.  An error is a sentence for the administrator.
Result<Mailstores> make_mailstores(const settings::Settings& settings, Disk& disk,
                                   asio::any_io_executor workers, ServerBook& book);

}  // namespace gateway::delivery
