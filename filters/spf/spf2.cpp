#include "filters/spf/spf2.h"

#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>

#include <cstring>
#include <memory>

#include "filters/spf/walk.h"

extern "C" {
#include <spf2/spf.h>
}

namespace filters::spf {
namespace {

struct Release {
  void operator()(SPF_server_t* server) const { SPF_server_free(server); }
  void operator()(SPF_request_t* request) const { SPF_request_free(request); }
  void operator()(SPF_response_t* response) const { SPF_response_free(response); }
  void operator()(SPF_dns_rr_t* answer) const { SPF_dns_rr_free(answer); }
};
template <class T>
using Handled = std::unique_ptr<T, Release>;

using AnswerPtr = Handled<SPF_dns_rr_t>;

AnswerPtr make_answer(SPF_dns_server_t* source, const char* name, ns_type type, int status) {
  return AnswerPtr(SPF_dns_rr_new_init(source, name, type, 0, status));
}

// One more record; false when there is no memory.  `octets` is copied as it is.
bool append(SPF_dns_rr_t& answer, const void* octets, std::size_t size) {
  const int at = answer.num_rr;
  if (SPF_dns_rr_buf_realloc(&answer, at, size) != SPF_E_SUCCESS) return false;
  std::memcpy(answer.rr[at], octets, size);
  answer.num_rr = at + 1;
  return true;
}

bool append(SPF_dns_rr_t& answer, const std::string& text) {
  return append(answer, text.c_str(), text.size() + 1);
}

bool append(SPF_dns_rr_t& answer, const IpAddress& address) {
  const auto& octets = address.octets();
  return answer.rr_type == ns_t_a ? append(answer, octets.data() + 12, 4) : append(answer, octets.data(), 16);
}

std::optional<RecordType> record_type(ns_type type) {
  switch (static_cast<int>(type)) {
    case ns_t_a: return RecordType::a;
    case ns_t_aaaa: return RecordType::aaaa;
    case ns_t_mx: return RecordType::mx;
    case ns_t_txt: return RecordType::txt;
    default: return std::nullopt;  // type 99 among them: obsolete, RFC 7208 §3.1
  }
}

AnswerPtr answer_from(Walk& walk, SPF_dns_server_t* source, const char* name, ns_type type) {
  const auto asked = record_type(type);
  if (!asked) return make_answer(source, name, type, NO_DATA);
  const Walk::Reply reply = walk.look_up(name, *asked);
  if (reply.status == Walk::Reply::Status::again) return make_answer(source, name, type, TRY_AGAIN);
  if (reply.status == Walk::Reply::Status::nothing) return make_answer(source, name, type, NO_DATA);
  AnswerPtr answer = make_answer(source, name, type, NETDB_SUCCESS);
  bool complete = answer != nullptr;
  if (*asked == RecordType::txt) complete = complete && append(*answer, reply.text);
  for (const std::string& host : reply.names) complete = complete && append(*answer, host);
  for (const IpAddress& address : reply.addresses) complete = complete && append(*answer, address);
  if (complete) return answer;
  walk.fail("no memory");
  return make_answer(source, name, type, TRY_AGAIN);
}

// No exception may pass through the library.
extern "C" SPF_dns_rr_t* look_up(SPF_dns_server_t* source, const char* name, ns_type type, int) {
  Walk& walk = *static_cast<Walk*>(source->hook);
  try {
    return answer_from(walk, source, name, type).release();
  } catch (const std::exception& error) {
    try {
      walk.fail(error.what());
    } catch (const std::exception&) {
      // The library's own word, permerror or temperror, has to do.
    }
    return make_answer(source, name, type, TRY_AGAIN).release();
  }
}

Outcome outcome_of(SPF_result_t result) {
  switch (result) {
    case SPF_RESULT_NONE: return Outcome::none;
    case SPF_RESULT_NEUTRAL: return Outcome::neutral;
    case SPF_RESULT_PASS: return Outcome::pass;
    case SPF_RESULT_FAIL: return Outcome::fail;
    case SPF_RESULT_SOFTFAIL: return Outcome::softfail;
    case SPF_RESULT_TEMPERROR: return Outcome::temperror;
    case SPF_RESULT_PERMERROR:
    case SPF_RESULT_INVALID:  // after a failed look-up the walk knows better
      return Outcome::permerror;
  }
  return Outcome::permerror;
}

}  // namespace

LibraryResult run_spf2(Walk& walk) {
  SPF_dns_server_t resolver{};  // without `destroy` it stays ours
  resolver.lookup = look_up;
  resolver.name = "pinned";
  resolver.hook = &walk;

  const Handled<SPF_server_t> server(SPF_server_new_dns(&resolver, 0));
  if (!server) return {};
  SPF_server_set_max_dns_mech(server.get(), 1000);  // its count is per include; ours is the one that counts
  const Handled<SPF_request_t> request(SPF_request_new(server.get()));
  if (!request) return {};

  const IpAddress client = disguise(walk.check().client, walk.check().client);
  if (client.is_v4()) {
    in_addr address{};
    std::memcpy(&address, client.octets().data() + 12, sizeof address);
    SPF_request_set_ipv4(request.get(), address);
  } else {
    in6_addr address{};
    std::memcpy(&address, client.octets().data(), sizeof address);
    SPF_request_set_ipv6(request.get(), address);
  }
  if (SPF_request_set_env_from(request.get(), ("postmaster@" + walk.start()).c_str()) != 0) return {};

  SPF_response_t* raw = nullptr;
  SPF_request_query_mailfrom(request.get(), &raw);
  const Handled<SPF_response_t> response(raw);
  if (!response) return {};
  return {outcome_of(SPF_response_result(response.get())),
          SPF_response_reason(response.get()) == SPF_REASON_DEFAULT};
}

}  // namespace filters::spf
