#pragma once
// The text by which addresses are compared, as Address::comparable() has it, in memory of the caller's.

#include <memory_resource>
#include <string>

#include "policy/facts/address.h"

namespace policy {

std::pmr::string comparable(const Address& address, std::pmr::memory_resource* memory);

}  // namespace policy
