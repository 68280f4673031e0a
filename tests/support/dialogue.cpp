#include "tests/support/dialogue.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <stdexcept>

#include "tests/support/dialogue_config.h"
#include "tests/support/temporary_directory.h"

namespace support {
namespace {

using Kind = DialogueStep::Kind;

// One line, eaten from the left.  Mistakes throw; the reader of the file adds where.
class Words {
 public:
  explicit Words(std::string_view line) : rest_(line) { skip(); }

  bool take(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    const std::string_view after = rest_.substr(word.size());
    if (!after.empty() && after.front() != ' ' && word.back() != ':') return false;
    rest_ = after;
    skip();
    return true;
  }

  std::string word() {
    const std::size_t end = std::min(rest_.find(' '), rest_.size());
    if (end == 0) throw std::invalid_argument("something is missing at the end of the line");
    std::string word(rest_.substr(0, end));
    rest_.remove_prefix(end);
    skip();
    return word;
  }

  unsigned number(std::string_view unit = "") {
    const std::string text = word();
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || std::string_view(end) != unit)
      throw std::invalid_argument(
          fmt::format("'{}' is no number{}", text, unit.empty() ? "" : " of seconds"));
    return value;
  }

  std::string quoted() {
    if (!rest_.starts_with('"')) throw std::invalid_argument("a text in \"quotes\" was expected");
    rest_.remove_prefix(1);
    std::string text;
    while (!rest_.empty() && rest_.front() != '"') text += octet();
    if (rest_.empty()) throw std::invalid_argument("the closing quote is missing");
    rest_.remove_prefix(1);
    skip();
    return text;
  }

  bool at_end() const { return rest_.empty() || rest_.front() == '#'; }
  bool at_quote() const { return rest_.starts_with('"'); }

  // All the rest of the line, as it stands.
  std::string rest() { return std::string(std::exchange(rest_, {})); }

  // All the rest but a comment: two spaces, then '#'.
  std::string pattern() {
    std::string text = rest();
    text.erase(std::min(text.find("  #"), text.size()));
    text.erase(text.find_last_not_of(' ') + 1);
    if (text.empty()) throw std::invalid_argument("a pattern was expected");
    return text;
  }

  void end() const {
    if (!at_end()) throw std::invalid_argument(fmt::format("'{}' is too much", rest_));
  }

 private:
  char octet() {
    char c = rest_.front();
    rest_.remove_prefix(1);
    if (c != '\\') return c;
    if (rest_.empty()) throw std::invalid_argument("nothing follows the backslash");
    c = rest_.front();
    rest_.remove_prefix(1);
    switch (c) {
      case 'r': return '\r';
      case 'n': return '\n';
      case 't': return '\t';
      case '\\':
      case '"': return c;
      case 'x': return hex();
      default: throw std::invalid_argument(fmt::format("'\\{}' is no escape", c));
    }
  }

  char hex() {
    unsigned value = 0;
    const std::string_view digits = rest_.substr(0, 2);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (error != std::errc() || end != digits.data() + 2)
      throw std::invalid_argument("\\x takes two hexadecimal digits");
    rest_.remove_prefix(2);
    return static_cast<char>(value);
  }

  void skip() { rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size())); }

  std::string_view rest_;
};

struct Form {  // a step that is its words and at most a text in quotes or a number
  std::string_view words;
  Kind kind;
  enum class Operand : std::uint8_t { none, text, count, seconds, pattern } operand;
};

constexpr std::array kForms{
    Form{"raw:", Kind::say, Form::Operand::text},
    Form{"S:", Kind::hear, Form::Operand::pattern},
    Form{"also:", Kind::hear_also, Form::Operand::pattern},
    Form{"not:", Kind::hear_no, Form::Operand::pattern},
    Form{"tls", Kind::tls, Form::Operand::none},
    Form{"hangup", Kind::hang_up, Form::Operand::none},
    Form{"time", Kind::time, Form::Operand::seconds},
    Form{"stop", Kind::stop, Form::Operand::none},
    Form{"closed", Kind::closed, Form::Operand::none},
    Form{"mailstore empty", Kind::empty, Form::Operand::none},
    Form{"mailstore count", Kind::count, Form::Operand::count},
    Form{"mailstore message contains", Kind::contains, Form::Operand::text},
    Form{"mailstore message octets", Kind::octets, Form::Operand::text},
    Form{"held count", Kind::held, Form::Operand::count},
    Form{"quarantined count", Kind::quarantined, Form::Operand::count},
    Form{"recorded", Kind::recorded, Form::Operand::text},
    Form{"not recorded", Kind::not_recorded, Form::Operand::text},
};

DialogueStep step_of(Words& words, unsigned line) {
  DialogueStep step{.line = line};
  if (words.take("C:")) {
    step.text = words.rest() + "\r\n";
    return step;
  }
  for (const Form& form : kForms) {
    if (!words.take(form.words)) continue;
    step.kind = form.kind;
    switch (form.operand) {
      case Form::Operand::none: break;
      case Form::Operand::text: step.text = words.quoted(); break;
      case Form::Operand::count: step.number = words.number(); break;
      case Form::Operand::seconds: step.number = words.number("s"); break;
      case Form::Operand::pattern: step.text = words.pattern(); break;
    }
    return step;
  }
  throw std::invalid_argument(fmt::format("'{}' is nothing a dialogue can say", words.word()));
}

void read_offers(Words& words, gateway::smtp::Offers& offers) {
  while (!words.at_end()) {
    if (words.take("SIZE"))
      offers.most_octets = words.number();
    else if (words.take("DSN"))
      offers.dsn = true;
    else if (words.take("REQUIRETLS"))
      offers.requiretls = true;
    else if (words.take("BINARYMIME"))
      offers.binary = true;
    else
      throw std::invalid_argument(fmt::format("'{}' is nothing a mailstore offers", words.word()));
  }
}

void read_line(Words words, unsigned line, Dialogue& dialogue) {
  if (words.take("config")) {
    DialogueSetting setting{words.word(), "", line};
    if (!words.take("=")) throw std::invalid_argument("config KEY = VALUE was expected");
    setting.value = words.at_quote() ? words.quoted() : words.word();
    if (!is_dialogue_key(setting.key))
      throw std::invalid_argument(fmt::format("unknown key '{}'", setting.key));
    dialogue.config.push_back(std::move(setting));
  } else if (words.take("client")) {
    const std::string text = words.word();
    const auto ip = gateway::IpAddress::parse(text);
    if (!ip) throw std::invalid_argument(fmt::format("'{}' is no IP address", text));
    dialogue.client = *ip;
  } else if (words.take("zone")) {
    std::string name = words.word();
    std::string type = words.word();
    dialogue.zone.push_back({std::move(name), std::move(type), words.quoted()});
  } else if (words.take("world real")) {
    dialogue.world_real = true;
  } else if (words.take("mailstore offers")) {
    read_offers(words, dialogue.offers);
  } else if (words.take("mailstore unreachable")) {
    dialogue.mailstore.push_back({});
  } else if (words.take("mailstore refuses us")) {
    dialogue.mailstore.push_back({"us", 550, ""});
  } else if (words.take("mailstore refuses")) {
    DialogueMailstore& refusal = dialogue.mailstore.emplace_back();
    refusal.recipient = words.word();
    refusal.code = words.number();
    refusal.enhanced = words.word();
  } else {
    const unsigned times = words.take("repeat") ? words.number() : 1;
    const DialogueStep step = step_of(words, line);
    dialogue.steps.insert(dialogue.steps.end(), times, step);
  }
  words.end();
}

}  // namespace

std::string Dialogue::at(unsigned line) const { return fmt::format("{}:{}", file.filename().string(), line); }

Dialogue parse_dialogue(const std::filesystem::path& file, std::string_view text) {
  Dialogue dialogue{.file = file};
  unsigned number = 0;
  unsigned policy_began = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (policy_began != 0) {
      if (line == "end")
        policy_began = 0;
      else
        dialogue.policy.append(line).append("\n");
      continue;
    }
    if (line == "policy") {
      policy_began = number;
      continue;
    }
    if (line.find_first_not_of(' ') == line.npos || line.starts_with('#')) continue;
    try {
      read_line(Words(line), number, dialogue);
    } catch (const std::invalid_argument& mistake) {
      throw std::invalid_argument(dialogue.at(number) + ": " + mistake.what());
    }
  }
  if (policy_began != 0)
    throw std::invalid_argument(dialogue.at(policy_began) + ": the end of the policy is missing");
  if (dialogue.steps.empty()) throw std::invalid_argument(dialogue.at(number) + ": nothing is said");
  return dialogue;
}

Dialogue load_dialogue(const std::filesystem::path& file) { return parse_dialogue(file, file_text(file)); }

bool hears(std::string_view pattern, std::string_view reply_line) {
  std::string line(reply_line);
  if (line.size() > 3 && line[3] == '-') line[3] = ' ';
  if (!pattern.ends_with('*')) return line == pattern;
  pattern.remove_suffix(1);
  return line.starts_with(pattern);
}

std::string escaped(std::string_view octets) {
  std::string text;
  for (const char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    switch (c) {
      case '\r': text += "\\r"; break;
      case '\n': text += "\\n"; break;
      case '\t': text += "\\t"; break;
      case '\\': text += "\\\\"; break;
      case '"': text += "\\\""; break;
      default:
        if (octet < 0x20 || octet > 0x7e)
          text += fmt::format("\\x{:02x}", octet);
        else
          text += c;
    }
  }
  return text;
}

}  // namespace support
