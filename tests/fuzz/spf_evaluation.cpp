// A whole SPF evaluation.  The first line is the client, "ADDRESS<tab>HELO<tab>LOCAL-PART<tab>DOMAIN"; each
// other one is a record, "NAME<tab>TYPE<tab>TEXT", where in the place of the type may stand how a look-up
// fails.
//
// It must end within its bounds, as RFC 7208 read without libspf2 ends, and twice in the same way.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "filters/spf/check.h"
#include "tests/support/answer_book.h"
#include "tests/support/naive_spf.h"

namespace {

using namespace policy::facts;
using filters::spf::Check;
using filters::spf::CheckResult;

constexpr std::size_t kMostQuestions = 145;
constexpr int kMostRounds = 32;
constexpr std::size_t kMostSteps = 42;  // and one about the explanation

std::string_view cut(std::string_view& text, char end) {
  const std::string_view piece = text.substr(0, text.find(end));
  text.remove_prefix(std::min(text.size(), piece.size() + 1));
  return piece;
}

void add(support::AnswerBook& book, std::string_view line) {
  const std::string name(cut(line, '\t'));
  const std::string_view word = cut(line, '\t');
  if (const auto status = parse_dns_status(word); status && *status != DnsStatus::ok) {
    book.status(name, *status);
    return;
  }
  if (word == "CNAME") return book.cname(name, std::string(line));
  const auto type = parse_record_type(word);
  if (!type) return;
  DnsRecord record{.text = std::string(line), .address = {}};
  if (*type == RecordType::a || *type == RecordType::aaaa) {
    const auto address = IpAddress::parse(line.substr(0, 64));
    if (!address || (*type == RecordType::a && !address->is_v4())) return;
    record = {.text = {}, .address = *address};
  } else if (*type != RecordType::txt) {
    record.text = DnsQuestion(line, *type).name;
  }
  book.add(name, *type, std::move(record));
}

CheckResult evaluate(const Check& check, const support::AnswerBook& book, Answers& answers) {
  for (int round = 0;; ++round) {
    CheckResult result = filters::spf::check_host(check, answers);
    if (result.questions.empty()) return result;
    for (const Question& question : result.questions) {
      if (answers.has(question)) std::abort();  // it asks again what it was answered
      const auto& asked = std::get<DnsQuestion>(question);
      answers.pin(asked, book.answer(asked));
    }
    if (round == kMostRounds || answers.all().size() > kMostQuestions) std::abort();
  }
}

bool is_printable(std::string_view text) {
  for (const char c : text)
    if (c < ' ' || c > '~') return false;
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string_view first = cut(text, '\n');
  const auto client = IpAddress::parse(cut(first, '\t').substr(0, 64));
  if (!client) return 0;
  Check check;
  check.client = *client;
  check.helo = cut(first, '\t');
  check.local = cut(first, '\t');
  check.domain = cut(first, '\t');
  support::AnswerBook book;
  while (!text.empty()) add(book, cut(text, '\n'));

  Answers answers;
  const CheckResult result = evaluate(check, book, answers);
  const auto dns = [&](const DnsQuestion& question) { return book.answer(question); };
  if (result.outcome != support::naive_spf(check, dns)) std::abort();
  if (result.outcome == Outcome::policy) std::abort();
  if (result.trouble.empty() == (result.outcome == Outcome::temperror)) std::abort();
  if (result.steps.size() > kMostSteps) std::abort();
  const CheckResult again = filters::spf::check_host(check, answers);
  if (again.outcome != result.outcome || again.reason != result.reason ||
      again.mechanism != result.mechanism || again.steps.size() != result.steps.size())
    std::abort();

  // What is fetched for people changes nothing that was found.
  check.explain = true;
  const CheckResult explained = evaluate(check, book, answers);
  if (explained.outcome != result.outcome || explained.reason != result.reason) std::abort();
  if (explained.explanation.size() > 500 || !is_printable(explained.explanation)) std::abort();
  if (explained.steps.size() > kMostSteps) std::abort();
  check.look_ups = 40;
  evaluate(check, book, answers);
  return 0;
}
