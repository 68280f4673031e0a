#include "tests/support/desk_world.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <condition_variable>
#include <map>
#include <mutex>
#include <stdexcept>

#include "gateway/delivery/deliver_or_hold.h"
#include "gateway/dns/zone_resolver.h"
#include "gateway/pipeline/desk.h"
#include "tests/support/dialogue_config.h"
#include "tests/support/memory_mailstore.h"
#include "tests/support/paths.h"
#include "tests/support/policy_bench.h"
#include "tests/support/temporary_directory.h"

namespace support {
namespace {

namespace asio = gateway::asio;
namespace delivery = gateway::delivery;
namespace json = boost::json;
namespace pipeline = gateway::pipeline;

constexpr std::string_view kSettings = R"(
hostname = "mx.example.com"
policy.files = ["policy.toml"]
[domains."example.com"]
mailstore = "main"
[domains."list.example"]
mailstore = "main"
recipients = { file = "recipients.txt" }
[domains."other.example"]
mailstore = "other"
[mailstore.main]
servers = ["192.0.2.25:25"]
[mailstore.other]
servers = ["192.0.2.26:25"]
)";

void write(const std::filesystem::path& file, std::string_view text) {
  std::ofstream(file, std::ios::binary) << text;
}

// The dialogue's own lines of the configuration, as TOML.
std::string desk_lines(const Dialogue& dialogue) {
  std::string lines;
  for (const DialogueSetting& setting : dialogue.config) {
    const bool number = setting.key == "limits.received_fields";
    const bool list = setting.key == "networks.relays";
    if (!number && !list && !is_desk_key(setting.key)) continue;
    const bool bare = number || setting.value == "true" || setting.value == "false";
    lines += fmt::format(fmt::runtime(list   ? "{} = [\"{}\"]\n"
                                      : bare ? "{} = {}\n"
                                             : "{} = \"{}\"\n"),
                         setting.key, setting.value);
  }
  return lines;
}

// Reading a policy takes its time, and a dialogue runs a thousand times: the last one is kept.
std::shared_ptr<pipeline::InForce> remembered_in_force(const Dialogue& dialogue) {
  static std::string known;
  static std::shared_ptr<pipeline::InForce> in_force;
  const std::string key = dialogue.policy + "\f" + desk_lines(dialogue);
  if (!in_force || known != key) in_force = desk_in_force(dialogue.policy, desk_lines(dialogue));
  known = key;
  return in_force;
}

// zone NAME TXT "…"; NAME MX "10 mx.a.example"; NAME status "timeout" for all types, NAME TXT "!timeout" for
// one.
gateway::dns::Zone zone_of(const Dialogue& dialogue) {
  json::object zone;
  for (const DialogueRecord& record : dialogue.zone) {
    std::string utf8;  // each octet is a code point of its own: DESIGN §6
    for (const char c : record.value) {
      const auto octet = static_cast<unsigned char>(c);
      if (octet < 0x80) {
        utf8 += c;
      } else {
        utf8 += static_cast<char>(0xc0 | octet >> 6);
        utf8 += static_cast<char>(0x80 | (octet & 0x3f));
      }
    }
    json::value& name = zone[record.name];
    if (!name.is_object()) name = json::object();
    json::value& there = name.as_object()[record.type];
    if (record.type == "status" || record.type == "CNAME") {
      there = utf8;
    } else if (utf8.starts_with('!')) {
      there = {{"status", utf8.substr(1)}};
    } else {
      if (!there.is_array()) there = json::array();
      json::value value(utf8);
      if (const std::size_t space = utf8.find(' '); record.type == "MX")
        value = json::array{std::stoi(utf8.substr(0, space)), utf8.substr(space + 1)};
      there.as_array().push_back(std::move(value));
    }
  }
  auto read = gateway::dns::Zone::parse(json::serialize(zone), dialogue.file.filename().string() + ".json");
  if (!read) throw std::invalid_argument(read.error().text());
  return *read;
}

// As the mailstore gets it, but for our Received field: its time and id are never the same.
std::string as_kept(const delivery::Parcel& parcel) {
  std::string text = parcel.header;
  std::size_t end = text.find("\r\n");
  while (end + 2 < text.size() && (text[end + 2] == ' ' || text[end + 2] == '\t'))
    end = text.find("\r\n", end + 2);
  if (text.starts_with("Received:")) text.erase(0, end + 2);
  text += "\r\n";
  gateway::Message("", parcel.octets, parcel.body_offset).for_each_body_slice([&](std::string_view slice) {
    text += slice;
  });
  return text;
}

// One for all: making and removing one for each run is what would take the time.
const std::filesystem::path& journal_directory() {
  static const TemporaryDirectory directory;
  return directory.path();
}

class RealWorld final : public DialogueWorld {
 public:
  explicit RealWorld(const Dialogue& dialogue)
      : in_force_(remembered_in_force(dialogue)),
        resolver_(zone_of(dialogue)),
        journal_(journal_directory(), 0, {.gather = std::chrono::milliseconds(0)}),
        mailstore_(std::make_shared<MemoryMailstore>()),
        standing_(in_force_),
        desk_({standing_, resolver_, state_, nullptr, ids_, journal_, trouble_, session_limiter_}) {
    for (const DialogueMailstore& behaviour : dialogue.mailstore) behave(behaviour);
    mailstore_->offered = dialogue.offers;
    in_force_->delivery = std::make_shared<delivery::Handler>(
        std::map<std::string, std::shared_ptr<delivery::Mailstore>>{{"main", mailstore_}}, held_,
        in_force_->settings->when_unreachable, noon);
    listener_ = journal_.on_record([this](std::string_view line) {
      const std::lock_guard lock(mutex_);
      lines_.emplace_back(line);
      heard_.notify_all();
    });
  }

  ~RealWorld() override {
    journal_.forget(listener_);
    in_force_->delivery.reset();
  }

  gateway::smtp::ReceptionDesk& desk() override { return desk_; }
  gateway::smtp::SessionSettings settings() override { return SessionBench::settings(); }

  std::vector<std::string> messages() const override {
    std::vector<std::string> texts;
    for (const delivery::Parcel& parcel : mailstore_->taken) texts.push_back(as_kept(parcel));
    return texts;
  }
  std::vector<std::string> held() const override { return kept(delivery::Keep::retry); }
  std::vector<std::string> quarantined() const override { return kept(delivery::Keep::quarantine); }

  void settle(SessionBench& bench) override {
    records_.reset();
    bench.settle();
  }

  std::vector<std::string> records() const override {
    if (!records_) records_ = read_records();
    return *records_;
  }

 private:
  std::vector<std::string> read_records() const {
    // The journal writes on a thread of its own: wait until it has come to a line of ours.
    constexpr std::string_view kFlush = "{\"flush\":true}";
    asio::io_context loop;
    journal_.post(loop.get_executor(), {kFlush, ""});
    loop.run();
    std::unique_lock lock(mutex_);
    heard_.wait(lock, [&] { return !lines_.empty() && lines_.back() == kFlush; });
    std::erase(lines_, kFlush);
    std::vector<std::string> records;
    for (const std::string& line : lines_) tell(json::parse(line).as_object(), records);
    return records;
  }

  void behave(const DialogueMailstore& behaviour) {
    if (behaviour.recipient.empty()) {
      mailstore_->always = MemoryMailstore::unreachable();
    } else if (behaviour.recipient == "us") {
      mailstore_->always.emplace();
      mailstore_->always->refuses_us = true;
      mailstore_->always->detail = "550 we do not know you";
    } else {
      const bool for_good = behaviour.code >= 500;
      mailstore_->fates[behaviour.recipient] = {
          for_good ? delivery::Fate::failed_for_good : delivery::Fate::failed_for_now,
          static_cast<int>(behaviour.code), behaviour.enhanced, "the mailstore's own words"};
    }
  }

  std::vector<std::string> kept(delivery::Keep keep) const {
    std::vector<std::string> texts;
    for (const delivery::HeldMessage& message : held_.messages)
      if (message.keep == keep) texts.push_back(as_kept(message.parcel));
    return texts;
  }

  static void tell(const json::object& record, std::vector<std::string>& out) {
    const auto text = [](const json::object& object, std::string_view key) {
      const json::value* value = object.if_contains(key);
      return value && value->is_string() ? std::string(value->get_string()) : std::string();
    };
    const auto told = [&](const json::object& object) -> const json::object& {
      const json::value* inner = object.if_contains("explain");
      return inner ? inner->as_object() : object;
    };
    if (text(record, "kind") == "session") out.push_back("session " + text(record, "ended"));
    if (const std::string by = text(record, "refused_by"); !by.empty()) out.push_back("refused by " + by);
    const json::object& explained = told(record);
    if (!explained.contains("verdict")) return;
    const json::object& verdict = explained.at("verdict").as_object();
    out.push_back("verdict " + text(verdict, "action") + " " + text(verdict, "rule"));
    if (const std::string held = text(record, "held"); !held.empty()) out.push_back("held " + held);
    for (const json::value& one : verdict.at("trial").as_array())
      out.push_back("trial " + std::string(one.as_string()));
    if (!explained.contains("recipients")) return;
    for (const json::value& one : explained.at("recipients").as_array())
      out.push_back("recipient " + text(one.as_object(), "address") + " " + text(one.as_object(), "fate"));
    for (const json::value& one : explained.at("evidence").as_array())
      out.push_back("evidence " + text(one.as_object(), "method") + " " + text(one.as_object(), "outcome"));
  }

  const std::shared_ptr<pipeline::InForce> in_force_;
  gateway::dns::ZoneResolver resolver_;
  mutable std::mutex mutex_;
  mutable std::condition_variable heard_;
  mutable std::vector<std::string> lines_;
  mutable std::optional<std::vector<std::string>> records_;  // nothing was said since they were read
  mutable gateway::journal::Journal journal_;
  unsigned listener_ = 0;
  MemoryHeldStore held_;
  const std::shared_ptr<MemoryMailstore> mailstore_;
  pipeline::Standing standing_;
  gateway::journal::IdMaker ids_{1};
  gateway::state::NoState state_;
  gateway::state::TroubleMemory trouble_;
  gateway::journal::SessionLimiter session_limiter_{1};
  pipeline::FrontDesk desk_;
};

}  // namespace

std::shared_ptr<pipeline::InForce> desk_in_force(const std::string& policy, const std::string& more) {
  const TemporaryDirectory directory;
  const std::filesystem::path file = directory.path() / "postern.toml";
  write(file, more + std::string(kSettings));
  write(directory.path() / "recipients.txt", "user@list.example\n");
  write(directory.path() / "policy.toml",
        policy.empty() ? file_text(support::source_dir() / "config/policy.toml") : policy);
  policy::Diagnostics diagnostics;
  auto in_force = pipeline::InForce::load(file, noon(), diagnostics);
  if (!in_force) throw std::invalid_argument(diagnostics.render());
  return in_force;
}

std::unique_ptr<DialogueWorld> make_real_world(const Dialogue& dialogue) {
  return std::make_unique<RealWorld>(dialogue);
}

std::unique_ptr<DialogueWorld> make_dialogue_world(const Dialogue& dialogue) {
  return dialogue.wants_real_world() ? make_real_world(dialogue) : make_double_world(dialogue);
}

}  // namespace support
