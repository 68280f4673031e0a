#pragma once
// cpp-httplib as its package was built: its types depend on it.  Included by nothing else.

#define CPPHTTPLIB_OPENSSL_SUPPORT
#include <httplib.h>
