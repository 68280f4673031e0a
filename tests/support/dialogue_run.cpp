#include "tests/support/dialogue_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "tests/support/dialogue_config.h"

namespace support {
namespace {

using Kind = DialogueStep::Kind;
using Lines = std::vector<std::string>;

class DoubleWorld final : public DialogueWorld {
 public:
  explicit DoubleWorld(const gateway::smtp::Offers& offers) { desk_.behaviour.offers = offers; }

  gateway::smtp::ReceptionDesk& desk() override { return desk_; }
  gateway::smtp::SessionSettings settings() override { return SessionBench::settings(); }

  std::vector<std::string> messages() const override {
    std::vector<std::string> texts;
    for (const KeptMessage& message : desk_.record.messages) texts.push_back(message.text);
    return texts;
  }

  std::vector<std::string> records() const override {
    std::vector<std::string> records = desk_.record.calls;
    if (desk_.record.client.early_talker) records.emplace_back("early talker");
    return records;
  }

 private:
  DeskDouble desk_;
};

// The next whole reply at the front of `text`, taken off; empty when there is none.
Lines take_reply(std::string& text) {
  Lines lines;
  std::size_t at = 0;
  for (std::size_t end = text.find("\r\n"); end != text.npos; end = text.find("\r\n", at)) {
    lines.push_back(text.substr(at, end - at));
    at = end + 2;
    if (lines.back().size() > 3 && lines.back()[3] == '-') continue;
    text.erase(0, at);
    return lines;
  }
  return {};
}

std::string joined(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : " / ") + line;
  return text;
}

class Runner {
 public:
  Runner(const Dialogue& dialogue, const MakeDialogueWorld& make_world, const DialogueRun& how)
      : dialogue_(dialogue), how_(how), world_(make_world(dialogue)) {
    gateway::smtp::SessionSettings settings = world_->settings();
    configure(settings, dialogue);
    if (settings.listener.tls != gateway::settings::ListenerTls::off)
      settings.tls = SessionBench::certificate();
    const auto wire = std::make_shared<Wire>();
    wire->fail_at = how.fail_at;
    if (how.one_by_one) wire->most_written_at_once = 1;
    bench_.emplace(std::move(settings), world_->desk(), dialogue.client, wire);
  }

  DialogueEnd run() {
    try {
      for (const DialogueStep& step : dialogue_.steps)
        if (end_.failure.empty()) perform(step);
      flush();
      start();
      if (end_.failure.empty() && !said_.empty()) fail(dialogue_.steps.back(), "nothing more");
      leave();
    } catch (const std::exception& error) {
      end_.failure +=
          fmt::format("{}: the session threw: {}", dialogue_.file.filename().string(), error.what());
    }
    end_.messages = world_->messages();
    for (const std::vector<std::string>& more : {world_->held(), world_->quarantined()})
      end_.messages.insert(end_.messages.end(), more.begin(), more.end());
    end_.operations = bench_->wire().operations;
    return std::move(end_);
  }

 private:
  void perform(const DialogueStep& step) {
    if (step.kind == Kind::say) {
      burst_ += step.text;
      return;
    }
    flush();
    if (step.kind != Kind::hang_up) start();
    switch (step.kind) {
      case Kind::say: return;
      case Kind::hear: return hear(step);
      case Kind::hear_also: return check(step, last_has(step.text), joined(last_));
      case Kind::hear_no: return check(step, !last_has(step.text), joined(last_));
      case Kind::tls: return check(step, bench_->wire().under_tls, "no handshake");
      case Kind::hang_up: return hang_up();
      case Kind::time: return pass(step);
      case Kind::stop: return stop();
      case Kind::closed:
        if (!said_.empty()) return check(step, false, said_);
        return check(step, bench_->over() && bench_->wire().closed, "an open connection");
      case Kind::empty: return check(step, world_->messages().empty(), joined(world_->messages()));
      case Kind::count: return count(step, world_->messages());
      case Kind::held: return count(step, world_->held());
      case Kind::quarantined: return count(step, world_->quarantined());
      case Kind::contains: return check(step, some_message_has(step.text), joined(world_->messages()));
      case Kind::octets:
        return check(step, std::ranges::count(world_->messages(), step.text) != 0,
                     joined(world_->messages()));
      case Kind::recorded: return check(step, recorded(step.text), joined(world_->records()));
      case Kind::not_recorded: return check(step, !recorded(step.text), joined(world_->records()));
    }
  }

  // Sends what the client said since it last waited, in as many pieces as wanted.
  void flush() {
    const std::size_t began = end_.client_octets.size();
    end_.client_octets += burst_;
    note_unfit_cuts(began);
    std::string burst = std::exchange(burst_, {});
    if (burst.empty()) return;
    end_.spoken += "C: " + escaped(burst) + "\n";
    if (how_.one_by_one) {
      for (const char c : burst) send(std::string(1, c));
      return;
    }
    if (how_.cut && *how_.cut > began && *how_.cut < began + burst.size()) {
      send(burst.substr(0, *how_.cut - began));
      burst.erase(0, *how_.cut - began);
    }
    send(std::move(burst));
  }

  void note_unfit_cuts(std::size_t began) {
    constexpr std::string_view kStartTls = "STARTTLS\r\n";
    const std::string& all = end_.client_octets;
    for (std::size_t at = all.find(kStartTls, began); at != all.npos; at = all.find(kStartTls, at + 1))
      if (at + kStartTls.size() < all.size()) end_.unfit.push_back(at + kStartTls.size());
  }

  // What is said before the session starts comes before the greeting; of more than one piece only the first.
  void send(std::string octets) {
    bench_->send(std::move(octets));
    start();
  }

  void start() {
    if (!std::exchange(started_, true)) bench_->start();
    settle();
  }

  void settle() {
    world_->settle(*bench_);
    const std::string text = bench_->take();
    if (text.empty()) return;
    end_.spoken += "S: " + escaped(text) + "\n";
    said_ += text;
    unjudged_ += text;
    count_promises();
  }

  // A positive reply behind a 354, or to the last chunk, says that the message is safe.
  void count_promises() {
    for (Lines reply = take_reply(unjudged_); !reply.empty(); reply = take_reply(unjudged_)) {
      const bool last_chunk = reply.front().starts_with("250 2.0.0 Accepted as ");
      if (last_chunk || (in_data_ && reply.front().starts_with("2"))) ++end_.promised;
      in_data_ = reply.front().starts_with("354");
    }
  }

  void hear(const DialogueStep& step) {
    last_ = take_reply(said_);
    check(step, last_has(step.text), last_.empty() ? "nothing" : joined(last_));
  }

  void count(const DialogueStep& step, const std::vector<std::string>& messages) {
    check(step, messages.size() == step.number, fmt::format("{} messages", messages.size()));
  }

  bool last_has(std::string_view pattern) const {
    return std::ranges::any_of(last_, [&](const std::string& line) { return hears(pattern, line); });
  }

  bool some_message_has(const std::string& text) const {
    return std::ranges::any_of(
        world_->messages(), [&](const std::string& message) { return message.find(text) != message.npos; });
  }

  bool recorded(const std::string& what) const { return std::ranges::count(world_->records(), what) != 0; }

  void hang_up() {
    bench_->hang_up();
    start();
  }

  void pass(const DialogueStep& step) {
    bench_->pass(std::chrono::seconds(step.number));
    settle();
  }

  void stop() {
    bench_->session().finish();
    settle();
  }

  // The client leaves whatever was said; then the session must end.
  void leave() {
    hang_up();
    if (!bench_->over() && end_.failure.empty())
      end_.failure = fmt::format("{}: the session outlives its client", dialogue_.file.filename().string());
  }

  void check(const DialogueStep& step, bool good, const std::string& instead) {
    if (!good) fail(step, step.text.empty() ? "this" : step.text, instead);
  }

  void fail(const DialogueStep& step, const std::string& wanted, const std::string& instead = "") {
    if (how_.fail_at) return;  // with a broken connection nothing of the script need be true
    end_.failure = fmt::format("{}: expected \"{}\", not \"{}\"", dialogue_.at(step.line), escaped(wanted),
                               escaped(instead.empty() ? said_ : instead));
  }

  const Dialogue& dialogue_;
  const DialogueRun how_;
  std::unique_ptr<DialogueWorld> world_;
  std::optional<SessionBench> bench_;  // goes before the world it asks
  DialogueEnd end_;
  std::string burst_;
  std::string said_;      // by the server and not expected yet
  std::string unjudged_;  // by the server, not counted yet
  Lines last_;
  bool started_ = false;
  bool in_data_ = false;
};

// Within a line that is said over and over again each border has been tried in its first two, and will be in
// the last one; of those between, some are enough to come by all places of a buffer.
class Repeated {
 public:
  explicit Repeated(std::string_view octets) {
    for (std::size_t begin = 0; begin < octets.size();) {
      const std::size_t end = std::min(octets.find('\n', begin), octets.size() - 1) + 1;
      lines_.push_back({octets.substr(begin, end - begin), end});
      begin = end;
    }
  }
  // Asked from the first octet to the last.
  bool need_not_be_cut(std::size_t octet) {
    while (lines_[at_].end <= octet) ++at_;
    const bool between = at_ >= 2 && at_ + 1 < lines_.size() && lines_[at_ - 2].text == lines_[at_].text &&
                         lines_[at_ - 1].text == lines_[at_].text && lines_[at_ + 1].text == lines_[at_].text;
    return between && octet % kSome != 0;
  }

 private:
  static constexpr std::size_t kSome = 101;
  struct Line {
    std::string_view text;
    std::size_t end;
  };
  std::vector<Line> lines_;
  std::size_t at_ = 0;
};

std::string story(const DialogueEnd& end) { return end.failure + "\n" + end.spoken; }

}  // namespace

std::unique_ptr<DialogueWorld> make_double_world(const Dialogue& dialogue) {
  return std::make_unique<DoubleWorld>(dialogue.offers);
}

DialogueEnd run_dialogue(const Dialogue& dialogue, const MakeDialogueWorld& make_world,
                         const DialogueRun& how) {
  return Runner(dialogue, make_world, how).run();
}

std::string run_whole(const Dialogue& dialogue, const MakeDialogueWorld& make_world) {
  const DialogueEnd end = run_dialogue(dialogue, make_world);
  return end.failure.empty() ? "" : story(end);
}

std::string run_cut_everywhere(const Dialogue& dialogue, const MakeDialogueWorld& make_world) {
  const DialogueEnd whole = run_dialogue(dialogue, make_world);
  Repeated repeated(whole.client_octets);
  for (std::size_t cut = 1; cut < whole.client_octets.size(); ++cut) {
    if (repeated.need_not_be_cut(cut) || std::ranges::count(whole.unfit, cut) != 0) continue;
    const DialogueEnd end = run_dialogue(dialogue, make_world, {.cut = cut});
    if (!end.failure.empty()) return fmt::format("cut before octet {}: {}", cut, story(end));
    if (end.messages != whole.messages) return fmt::format("cut before octet {}: other messages", cut);
  }
  if (!whole.unfit.empty()) return "";
  const DialogueEnd end = run_dialogue(dialogue, make_world, {.one_by_one = true});
  return end.failure.empty() ? "" : "octet by octet: " + story(end);
}

std::string run_failing_everywhere(const Dialogue& dialogue, const MakeDialogueWorld& make_world) {
  const DialogueEnd whole = run_dialogue(dialogue, make_world);
  for (unsigned n = 0; n < whole.operations; ++n) {
    const DialogueEnd end = run_dialogue(dialogue, make_world, {.fail_at = n});
    const std::string where = fmt::format("operation {} fails: ", n);
    if (!end.failure.empty()) return where + story(end);
    if (end.promised > end.messages.size()) return where + "a message promised is not kept\n" + end.spoken;
    // Whole messages in their order, or none: never a part of one, never one that was not sent.
    if (end.messages.size() > whole.messages.size() ||
        !std::equal(end.messages.begin(), end.messages.end(), whole.messages.begin()))
      return where + "something else was kept\n" + end.spoken;
  }
  return "";
}

}  // namespace support
