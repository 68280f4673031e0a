// What judging and looking up in lists cost: for bench/policy.
//
//   postern_policy_cost [judging|lists]          prints medians

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>

#include "filters/registry.h"
#include "policy/entry_list.h"
#include "policy/facts/domain.h"
#include "policy/policy.h"

namespace {

using namespace policy;
using Clock = std::chrono::steady_clock;

constexpr unsigned kRules = 500;
constexpr unsigned kFacts = 60;
constexpr unsigned kEntries = 1'000'000;
constexpr unsigned kRuns = 2'001;

std::mt19937 random_number(4711);

double nanoseconds(Clock::duration taken) { return std::chrono::duration<double, std::nano>(taken).count(); }

// Of many calls, measured one by one or, where they are short, in groups.
template <class Call>
double median(unsigned runs, unsigned group, const Call& call) {
  std::vector<double> all;
  for (unsigned i = 0; i < runs; ++i) {
    const auto began = Clock::now();
    for (unsigned n = 0; n < group; ++n) call();
    all.push_back(nanoseconds(Clock::now() - began) / group);
  }
  std::ranges::nth_element(all, all.begin() + runs / 2);
  return all[runs / 2];
}

class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / fmt::format("postern-bench-{}", ::getpid())) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::filesystem::path write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

std::shared_ptr<const Policy> load(const std::filesystem::path& file, const Vocabulary& vocabulary) {
  Diagnostics diagnostics;
  auto loaded = Policy::load(std::array{file}, vocabulary, {}, Time(std::chrono::days(20'000)), diagnostics);
  if (!loaded) {
    fmt::print(stderr, "{}", diagnostics.render());
    std::exit(1);
  }
  return loaded;
}

// A value that no term below holds for.
Value harmless(const FactSpec& spec) {
  switch (spec.type) {
    case Type::boolean: return false;
    case Type::number: return 1.0;
    case Type::text: return std::string("some words of usual length");
    case Type::domain: return Domain::parse("mail.partner.example").value();
    case Type::address: return Address::parse("ann.author@partner.example").value();
    case Type::ip: return IpAddress::parse("192.0.2.1").value();
    case Type::outcome: return Outcome::none;
    case Type::choice: return Choice{std::string(spec.choices.substr(0, spec.choices.find(' ')))};
    case Type::list: return List{"partner.example", "mail.partner.example"};
    case Type::time: return Time(std::chrono::days(20'000));
  }
  return false;
}

// A test of the fact that does not hold; nothing where there is none without a pattern.
std::string term(const FactSpec& spec) {
  const unsigned number = random_number() % 1000;
  switch (spec.type) {
    case Type::boolean: return std::string(spec.name);
    case Type::number: return fmt::format("{} > {}", spec.name, 100 + number);
    case Type::text: return fmt::format("{} == \"some words of usual lengt{}\"", spec.name, number % 10);
    case Type::domain:
      switch (number % 3) {
        case 0: return fmt::format("{} == \"mail.partner{}.example\"", spec.name, number % 10);
        case 1: return fmt::format("{} in lists.partners", spec.name);
        default: return fmt::format("{} under \"partner{}.example\"", spec.name, number);
      }
    case Type::address: return fmt::format("{} == \"ann.author@partner{}.example\"", spec.name, number % 10);
    case Type::ip: return fmt::format("{} in 198.51.{}.0/24", spec.name, number % 256);
    case Type::outcome: return fmt::format("{} == {}", spec.name, kOutcomes[1 + number % 7]);
    case Type::choice:
      return fmt::format("{} == {}", spec.name, spec.choices.substr(spec.choices.rfind(' ') + 1));
    case Type::list: return fmt::format("{} has \"partner{}.example\"", spec.name, number);
    case Type::time: return fmt::format("{} > 2030-01-{:02}", spec.name, 1 + number % 28);
  }
  return "false";
}

void judge(const Folder& folder, std::string_view joined_by) {
  const Vocabulary vocabulary = filters::make_vocabulary();
  std::vector<const FactSpec*> specs;
  for (std::size_t i = 0; i < vocabulary.size() && specs.size() < kFacts; ++i)
    if (vocabulary[FactId(i)].name != "score") specs.push_back(&vocabulary[FactId(i)]);
  std::string text =
      "[score]\nreject = 10\n[lists]\npartners = [\"a.example\", \"b.example\", \"c.example\"]\n";
  for (unsigned i = 0; i < kRules; ++i) {
    text += fmt::format("[[rule]]\nid = \"rule-number-{}\"\nwhen = '", i);
    for (unsigned n = 0; n < 3; ++n) {
      if (n > 0) text += fmt::format(" {} ", joined_by);
      text += term(*specs[random_number() % specs.size()]);
    }
    text += fmt::format("'\n{}\n", i % 5 == 0   ? "score = 1.5"
                                   : i % 5 == 1 ? "then = \"quarantine\""
                                                : "then = \"reject\"");
  }
  const auto policy = load(folder.write("policy.toml", text), vocabulary);
  Facts configuration(vocabulary, Owner::configuration);
  Facts session(configuration, Owner::session);
  Facts transaction(session, Owner::transaction);
  Facts recipient(transaction, Owner::recipient);
  for (const FactSpec* spec : specs) {
    Facts& owner = spec->owner == Owner::configuration ? configuration
                   : spec->owner == Owner::session     ? session
                   : spec->owner == Owner::transaction ? transaction
                                                       : recipient;
    owner.set(spec->name, harmless(*spec));
  }
  transaction.set_message(std::make_shared<const Message>("Subject: some words\r\n"));
  if (policy->decide(recipient, {.at_end = true}).rule != "@default") {
    fmt::print(stderr, "postern_policy_cost: a rule decides\n");
    std::exit(1);
  }
  const auto cost = [&](Policy::Moment moment) {
    return median(kRuns, 1, [&] { policy->decide(recipient, moment); }) / 1000;
  };
  fmt::print(
      "{} rules of three terms joined by '{}', {} facts: {:.1f} µs; with the outcome of each rule {:.1f} "
      "µs\n",
      kRules, joined_by, specs.size(), cost({.at_end = true}), cost({.at_end = true, .outcomes = true}));
}

std::string domain(unsigned number) {
  static constexpr std::string_view kTops[] = {"com", "net", "org", "example", "info"};
  // Spread, so that neighbours in the file are not neighbours in memory.
  const std::uint64_t mixed = (number + 1) * 0x9E3779B97F4A7C15u;
  return fmt::format("mail.{:x}-{}.{}", mixed >> 44, number, kTops[mixed % std::size(kTops)]);
}

// In one block: what a message holds has just been read, and is not far away in memory either.
class Queries {
 public:
  void push_back(std::string_view query) {
    text_ += query;
    ends_.push_back(text_.size());
  }
  std::size_t size() const { return ends_.size(); }
  std::string_view operator[](std::size_t i) const {
    const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
    return std::string_view(text_).substr(begin, ends_[i] - begin);
  }

 private:
  std::string text_;
  std::vector<std::size_t> ends_;
};

template <class List, class Ask>
void look_up(std::string_view what, const Entries& list, const List& queries, const Ask& ask) {
  std::size_t next = 0;
  std::size_t found = 0;
  const double cost =
      median(kRuns, 500, [&] { found += ask(*list, queries[next++ % queries.size()]) ? 1 : 0; });
  fmt::print("{}: {:.0f} ns a look-up, {:.0f} % found\n", what, cost,
             100.0 * static_cast<double>(found) / (kRuns * 500.0));
}

Queries half_of_them(std::string_view before, bool shortened) {
  Queries queries;
  for (unsigned i = 0; i < kEntries; ++i) {
    const unsigned number = random_number() % kEntries;
    std::string name = domain(i % 2 ? number : kEntries + number);
    if (shortened) name = name.substr(5);
    queries.push_back(std::string(before) + name);
  }
  return queries;
}

Entries made(EntryList::Kind kind, const std::vector<std::string>& entries) {
  EntryList::Maker maker(kind);
  for (const std::string& entry : entries) maker.add(entry);
  Entries list = maker.done();
  fmt::print("{} entries of type {}: {:.1f} MB\n", entries.size(), name(kind),
             static_cast<double>(list->memory_bytes()) / 1e6);
  return list;
}

void lists() {
  const auto all = [](const auto& entry) {
    std::vector<std::string> entries;
    for (unsigned i = 0; i < kEntries; ++i) entries.push_back(entry(i));
    return entries;
  };
  const Entries domains = made(EntryList::Kind::domain, all(domain));
  look_up("domain in list", domains, half_of_them("", false),
          [](const EntryList& list, std::string_view name) { return list.has(name); });
  // Three labels, of which the entry has two: what is below it counts.
  const Entries parents = made(EntryList::Kind::domain, all([](unsigned i) { return domain(i).substr(5); }));
  look_up("domain under list", parents, half_of_them("", false),
          [](const EntryList& list, std::string_view name) { return list.covers(name); });
  const Entries addresses =
      made(EntryList::Kind::address, all([](unsigned i) { return "ann@" + domain(i).substr(5); }));
  look_up("address in list", addresses, half_of_them("ann@", true),
          [](const EntryList& list, std::string_view name) { return list.has(name); });
  const auto ip = [](unsigned number) { return IpAddress::v4(number * 2654435761u); };
  const Entries networks =
      made(EntryList::Kind::network,
           all([&](unsigned i) { return fmt::format("{}/{}", ip(i).text(), 24 + i % 9); }));
  std::vector<IpAddress> queries;
  for (unsigned i = 0; i < kEntries; ++i)
    queries.push_back(ip(i % 2 ? random_number() % kEntries : random_number()));
  look_up("address in networks", networks, queries,
          [](const EntryList& list, const IpAddress& one) { return list.has(one); });
}

void load_file(const Folder& folder) {
  std::string text;
  for (unsigned i = 0; i < kEntries; ++i) text += domain(i) + "\n";
  folder.write("million.txt", text);
  const auto file =
      folder.write("lists.toml",
                   "[lists]\nmillion = { file = \"million.txt\", type = \"domain\" }\n[[rule]]\nid = "
                   "\"r\"\nwhen = 'from.domain under lists.million'\nthen = \"reject\"\n");
  const Vocabulary vocabulary = filters::make_vocabulary();
  const double cost = median(5, 1, [&] { load(file, vocabulary); });
  fmt::print("a policy with a list file of {} domains ({:.0f} MB) is loaded in {:.2f} s\n", kEntries,
             static_cast<double>(text.size()) / 1e6, cost / 1e9);
}

}  // namespace

int main(int count, char** words) {
  const std::string_view part = count > 1 ? words[1] : "all";
  const Folder folder;
  if (part != "lists") {
    judge(folder, "and");
    judge(folder, "or");
  }
  if (part == "judging") return 0;
  lists();
  load_file(folder);
}
