#pragma once
// What an entry of the journal refers to, for tests of its printouts: they change it as they like and print
// it.

#include <optional>
#include <string>
#include <vector>

#include "gateway/journal/entry.h"
#include "gateway/journal/session_entry.h"

namespace support {

struct SamplePreamble {
  std::string id;
  gateway::Time start{};
  double duration = 0;
  std::string hostname;
  std::string policy_version;
  std::string mode;
  gateway::smtp::Client client;
  std::string client_name;

  void lend(gateway::journal::Preamble& preamble) const;
};

struct SampleRecipient {
  std::string address;
  policy::Verdict verdict;
  std::string reply;
  std::string refused_by;
  std::string fate;
};

struct SampleFact {
  std::string name;
  gateway::Fact fact;
};

struct SampleHeader {
  std::string name;
  std::vector<std::string> values;
};

struct SampleAnswer {
  gateway::DnsQuestion question;
  gateway::DnsAnswer answer;
};

struct SampleEntry : SamplePreamble {
  std::string sender;
  std::vector<SampleRecipient> recipients;
  std::string subject;
  std::string message_id;
  std::string header_from;
  std::uint64_t size = 0;
  std::vector<SampleHeader> headers;
  std::vector<gateway::Evidence> evidence;
  std::vector<SampleFact> facts;
  std::vector<SampleAnswer> answers;
  std::vector<std::string> added_headers;
  policy::Verdict verdict;
  std::string refused_by;
  std::string reply;
  gateway::journal::DeliveryEntry delivery;
  std::string held;
  std::string relay;
  gateway::journal::Stages stages;

  // Refers to this object, so that it must not be a temporary one.
  operator gateway::journal::Entry() const&;
  operator gateway::journal::Entry() && = delete;
};

struct SampleSession : SamplePreamble {
  std::string ended;
  std::string detail;
  unsigned commands = 0;
  unsigned errors = 0;
  std::string last_command;
  std::string reply;
  std::string refused_by;
  std::optional<policy::Verdict> verdict;
  std::uint64_t unrecorded = 0;

  operator gateway::journal::SessionEntry() const&;
  operator gateway::journal::SessionEntry() && = delete;
};

SampleEntry sample_entry();  // of a refused message

}  // namespace support
