// DMARC as a whole, with whatever DNS answers: what is decided is what RFC 9989 read step by step decides,
// and what a look-up that failed leaves open stays so, whatever it might have answered.
//
// A line each: "a NAME" author domain, "s NAME" SPF passed, "S NAME" SPF not decided, "d NAME" and "D NAME"
// the same of a signature, "r NAME TEXT" record of a domain, "f NAME" its look-up fails, "x" the author
// domain does not exist, "X" nobody knows.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <sstream>

#include "filters/dmarc/dmarc_filter.h"
#include "filters/registry.h"
#include "tests/support/dmarc_scene.h"
#include "tests/support/naive_dmarc.h"

namespace {

using namespace policy::facts;

constexpr std::size_t kMostLines = 40;
constexpr std::size_t kMostQuestions = 200;  // of a filter and message; DESIGN §3

struct World {
  support::NaiveDmarc sure;      // as if what is in doubt had not passed
  support::NaiveDmarc hopeful;   // … had passed
  std::set<std::string> failed;  // domains whose look-up fails
  support::DmarcScene scene;
  bool existence_fails = false;
};

void add_identity(World& world, bool spf, bool sure, const std::string& domain) {
  const std::string text = (sure ? "" : "!") + domain;
  if (spf) {
    if (!world.scene.spf.empty()) return;
    world.scene.spf = text;
    world.hopeful.spf = domain;
    if (sure) world.sure.spf = domain;
  } else {
    world.scene.dkim.push_back(text);
    world.hopeful.dkim.push_back(domain);
    if (sure) world.sure.dkim.push_back(domain);
  }
}

World read(const std::string& input) {
  World world;
  std::istringstream lines(input);
  std::string line;
  for (std::size_t count = 0; count < kMostLines && std::getline(lines, line); ++count) {
    if (line == "x") world.sure.author_exists = world.hopeful.author_exists = false;
    if (line == "X") world.existence_fails = true;
    if (line.size() < 3) continue;
    const auto end = line.find(' ', 2);
    const auto name = Domain::parse(std::string_view(line).substr(2, end - 2));
    if (!name) continue;
    switch (line[0]) {
      case 'a': world.scene.author = name->text(); break;
      case 's': add_identity(world, true, true, name->text()); break;
      case 'S': add_identity(world, true, false, name->text()); break;
      case 'd': add_identity(world, false, true, name->text()); break;
      case 'D': add_identity(world, false, false, name->text()); break;
      case 'r':
        if (end != line.npos) world.sure.texts[name->text()].push_back(line.substr(end + 1));
        break;
      case 'f': world.failed.insert(name->text()); break;
      default: break;
    }
  }
  for (const std::string& name : world.failed) world.sure.texts.erase(name);
  world.hopeful.texts = world.sure.texts;
  world.sure.author = world.hopeful.author = world.scene.author;
  return world;
}

DnsAnswer answer(const World& world, const DnsQuestion& question) {
  DnsAnswer answer;
  if (question.type != RecordType::txt) {
    answer.status = world.existence_fails      ? DnsStatus::servfail
                    : world.sure.author_exists ? DnsStatus::nodata
                                               : DnsStatus::nxdomain;
    return answer;
  }
  const std::string domain = question.name.substr(std::string("_dmarc.").size());
  if (world.failed.contains(domain)) return answer.status = DnsStatus::timeout, answer;
  if (const auto at = world.sure.texts.find(domain); at != world.sure.texts.end()) {
    answer.status = DnsStatus::ok;
    for (const std::string& text : at->second) answer.records.push_back({.text = text, .address = {}});
  }
  return answer;
}

filters::Finding examine(const World& world) {
  static const Vocabulary vocabulary = filters::make_vocabulary();
  static const auto filter = filters::dmarc::make_dmarc({});
  Facts facts(vocabulary);
  support::set_scene(world.scene, facts);
  Answers answers;
  for (;;) {
    filters::Finding finding = filter->examine(facts, answers);
    if (finding.questions.empty()) return finding;
    for (const Question& question : finding.questions) {
      const auto& asked = std::get<DnsQuestion>(question);
      if (answers.has(asked)) std::abort();
      answers.pin(asked, answer(world, asked));
    }
    if (answers.all().size() > kMostQuestions) std::abort();
  }
}

// What is said for sure is so.
void compare(const filters::Finding& finding, const support::NaiveDmarc::Result& expected) {
  const auto check = [&](std::string_view fact, const std::string& text) {
    const std::string found = support::said(finding, fact);
    if (!found.starts_with('?') && found != text) std::abort();
  };
  check("dmarc.result", expected.result);
  check("dmarc.policy", expected.policy);
  check("dmarc.domain", expected.policy_domain);
  check("dmarc.org_domain", expected.organisation);
  const Fact* aligned = support::fact(finding, "dmarc.aligned");
  const List* sure = std::get_if<List>(&aligned->value);
  const auto& all = expected.aligned;
  const auto is_expected = [&](const std::string& domain) {
    return std::find(all.begin(), all.end(), domain) != all.end();
  };
  if (sure && !std::all_of(sure->begin(), sure->end(), is_expected)) std::abort();
  if (aligned->known() && sure->empty() != all.empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 8192) return 0;
  World world = read(std::string(reinterpret_cast<const char*>(data), size));
  if (world.scene.author.empty() || world.scene.dkim.size() > 20) return 0;
  const filters::Finding finding = examine(world);
  const bool trouble = !world.failed.empty() || world.existence_fails ||
                       world.hopeful.dkim.size() != world.sure.dkim.size() ||
                       world.hopeful.spf != world.sure.spf;
  for (const filters::FactValue& value : finding.facts)
    if (value.fact.troubled() && !trouble) std::abort();

  using Texts = std::vector<std::string>;
  const Texts answers[] = {{},
                           {"v=DMARC1; p=none"},
                           {"v=DMARC1; p=reject; sp=quarantine; adkim=s; aspf=s"},
                           {"v=DMARC1; p=quarantine; psd=n"},
                           {"v=DMARC1; p=reject; psd=y"},
                           {"v=DMARC1; p=?"},
                           {"v=DMARC1; psd=n", "v=DMARC1; psd=y"}};
  for (const Texts& texts : answers) {
    for (support::NaiveDmarc* naive : {&world.sure, &world.hopeful}) {
      for (const std::string& name : world.failed) naive->texts[name] = texts;
      for (const bool exists : {true, false}) {
        if (world.existence_fails) naive->author_exists = exists;
        compare(finding, naive->judge());
      }
    }
    if (world.failed.empty()) break;
  }
  return 0;
}
