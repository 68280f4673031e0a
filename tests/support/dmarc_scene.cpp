#include "tests/support/dmarc_scene.h"

namespace support {

using namespace policy::facts;

void set_scene(const DmarcScene& scene, Facts& facts) {
  facts.set("from.domain", scene.author.empty() ? Domain() : Domain::parse(scene.author).value());
  facts.set("from.defect", scene.defect);
  const bool doubt = scene.spf.starts_with('!');
  const auto spf = Domain::parse(scene.spf.substr(doubt ? 1 : 0));
  facts.set("spf.domain", spf.value_or(Domain()));
  if (doubt)
    facts.trouble("spf.mailfrom", "no SPF today");
  else
    facts.set("spf.mailfrom", spf ? Outcome::pass : Outcome::none);
  List passed;
  bool troubled = false;
  for (const std::string& text : scene.dkim) {
    const bool sure = !text.starts_with('!');
    if (sure) passed.push_back(text);
    troubled = troubled || !sure;
    facts.own_evidence().push_back({.method = "dkim",
                                    .property = "header.d",
                                    .value = sure ? text : text.substr(1),
                                    .outcome = sure ? Outcome::pass : Outcome::temperror,
                                    .reason = {},
                                    .details = {}});
  }
  if (troubled)
    facts.trouble("dkim.pass_domains", "no key today", Value(passed));
  else
    facts.set("dkim.pass_domains", passed);
}

void publish(const DmarcZone& zone, AnswerBook& book) {
  for (const auto& [name, text] : zone) {
    const std::string rest = text.empty() ? text : text.substr(1);
    if (text.starts_with('!'))
      book.status(name, parse_dns_status(rest).value());
    else if (text.starts_with('='))
      book.cname(name, rest);
    else if (text.starts_with('@'))
      book.add(name, RecordType::a, {.text = {}, .address = IpAddress::parse(rest).value()});
    else
      book.txt(name, text);
  }
}

std::string said(const filters::Finding& finding, std::string_view name) {
  const Fact* found = fact(finding, name);
  if (!found) return "missing";
  return (found->troubled() ? "?" : "") +
         (found->troubled() && found->value == Value() ? "" : to_text(found->value));
}

}  // namespace support
