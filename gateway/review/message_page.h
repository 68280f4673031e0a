#pragma once
// One transaction as a person would draw it: what was claimed, what was found of it, what the rules made of
// that, what the sender was told, and what became of the message.  Connections without a message have a page,
// too.

#include "gateway/review/world.h"
#include "gateway/web/request.h"
#include "gateway/web/response.h"

namespace gateway::review {

web::Response message_page(const web::Request& request, const World& world);
// As a policy test: /message/ID/as-test, with ?names=real for the real names and addresses.
web::Response message_as_test(const web::Request& request, const World& world);

}  // namespace gateway::review
