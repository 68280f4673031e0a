#include "filters/signing/signature.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "policy/facts/text.h"

#include "filters/signing/tag_list.h"

namespace filters::signing {
namespace {

constexpr std::size_t kMostFields = 1000;  // names in h=
constexpr std::size_t kMostLengthDigits = 76;
constexpr std::size_t kMostTimeDigits = 20;  // more than the 12 of the RFC, which asks to survive them

// What is quoted of a tag in a reason.
std::string quoted(std::string_view text) { return printable(text, 80); }

// l= has up to 76 digits, t= and x= have up to 12 (RFC 6376 §3.5).  What is more than 64 bits hold becomes
// the largest number they hold, which is beyond any body and any time to come.
std::optional<std::uint64_t> number(std::string_view text, std::size_t most_digits) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || text.size() > most_digits || end != text.data() + text.size()) return std::nullopt;
  return error == std::errc() ? value : std::numeric_limits<std::uint64_t>::max();
}

// ftext of RFC 5322 §3.6.8, without ';' which the tag list has taken already.
bool is_field_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// dkim-quoted-printable of RFC 6376 §2.11: white space does not count, "=40" is '@'.
std::optional<std::string> decode_quoted(std::string_view value) {
  const std::string text = without_space(value);
  std::string decoded;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '=') {
      decoded.push_back(text[at]);
      continue;
    }
    if (at + 2 >= text.size() || hex(text[at + 1]) < 0 || hex(text[at + 2]) < 0) return std::nullopt;
    decoded.push_back(static_cast<char>(16 * hex(text[at + 1]) + hex(text[at + 2])));
    at += 2;
  }
  return decoded;
}

std::optional<Canonicalization> canonicalization(std::string_view word) {
  if (equal_nocase(word, "simple")) return Canonicalization::simple;
  if (equal_nocase(word, "relaxed")) return Canonicalization::relaxed;
  return std::nullopt;
}

std::optional<Algorithm> algorithm(std::string_view word) {
  for (const Algorithm each : {Algorithm::rsa_sha256, Algorithm::ed25519_sha256, Algorithm::rsa_sha1})
    if (equal_nocase(word, name(each))) return each;
  return std::nullopt;
}

// Reads the tags into a Signature one by one; the first complaint stays.
class Reader {
 public:
  explicit Reader(const TagList& tags) : tags_(tags) {}

  Result<Signature> read_dkim() {
    refuse_doubtful();
    if (text("v") != "1") fail("v= is not 1");
    read_key();
    read_identity();
    read_coverage();
    if (signature_.covers("from") == 0) fail("the From field is not signed (h=)");  // RFC 6376 §5.4
    return result();
  }

  // Without c= the sealers there are have taken relaxed, which the text leaves open: RFC 8617 §4.1.2 has the
  // tag from DKIM, and not its default.
  Result<Signature> read_arc(ArcField field) {
    signature_.header_form = signature_.body_form = Canonicalization::relaxed;
    read_key();
    if (field == ArcField::message_signature) read_coverage();
    return result();
  }

 private:
  Result<Signature> result() {
    if (!reason_.empty()) return Error(reason_);
    return std::move(signature_);
  }

  // What every signature has.
  void read_key() {
    read_algorithm();
    octets("b", signature_.signature);
    read_domain();
    count("t", kMostTimeDigits, signature_.time);
  }

  // What it is over, and how long it holds.
  void read_coverage() {
    octets("bh", signature_.body_hash);
    read_forms();
    read_fields();
    read_query();
    count("l", kMostLengthDigits, signature_.length);
    count("x", kMostTimeDigits, signature_.expiry);
    if (signature_.time && signature_.expiry && *signature_.expiry <= *signature_.time)
      fail("it expires no later than it was made (x=, t=)");
    const std::size_t hash = signature_.algorithm == Algorithm::rsa_sha1 ? 20 : 32;
    if (signature_.body_hash.size() != hash) fail(fmt::format("bh= is not a hash of {} octets", hash));
  }

  void fail(std::string reason) {
    if (reason_.empty()) reason_ = std::move(reason);
  }

  std::string_view text(std::string_view name) {
    const std::string_view* value = tags_.find(name);
    if (!value) fail(fmt::format("{}= is missing", name));
    return value ? *value : std::string_view();
  }

  // "D=" is an unknown tag to the RFC and d= to some verifiers, libopendkim among them: no two may read it
  // differently.
  void refuse_doubtful() {
    constexpr std::string_view kKnown[] = {"v", "a", "b", "bh", "c", "d", "h", "i", "l", "q", "s", "t", "x"};
    const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
    for (const Tag& tag : tags_.tags()) {
      if (std::none_of(tag.name.begin(), tag.name.end(), is_upper)) continue;
      for (const std::string_view known : kKnown)
        if (tag.name != known && equal_nocase(tag.name, known))
          fail(fmt::format("tag {}= is not lower case", quoted(tag.name)));
    }
  }

  void read_algorithm() {
    const std::string_view word = text("a");
    if (const auto found = algorithm(word))
      signature_.algorithm = *found;
    else
      fail(fmt::format("algorithm {} is not known (a=)", quoted(word)));
  }

  void octets(std::string_view name, std::string& into) {
    const std::string base64 = without_space(text(name));
    const std::optional<std::string> decoded = decode_base64(base64);
    if (base64.empty()) return fail(fmt::format("{}= is empty", name));
    if (!decoded) return fail(fmt::format("{}= is not base64", name));
    into = *decoded;
  }

  void read_forms() {
    const std::string_view* value = tags_.find("c");
    if (!value) return;
    const std::size_t slash = value->find('/');
    const auto header = canonicalization(value->substr(0, slash));
    const auto body =
        slash == value->npos ? Canonicalization::simple : canonicalization(value->substr(slash + 1));
    if (!header || !body) return fail(fmt::format("canonicalization {} is not known (c=)", quoted(*value)));
    signature_.header_form = *header;
    signature_.body_form = *body;
  }

  void read_domain() {
    const std::string_view domain = text("d");
    const auto parsed = Domain::parse(domain);
    // domain-name = sub-domain 1*("." sub-domain)
    if (!parsed || parsed->labels() < 2 || domain.back() == '.')
      return fail(fmt::format("d={} is no domain", quoted(domain)));
    signature_.domain = signature_.identity_domain = *parsed;
    const std::string_view selector = text("s");
    const auto name = Domain::parse(selector);  // sub-domain *("." sub-domain)
    if (!name || name->empty() || selector.back() == '.')
      return fail(fmt::format("s={} is no selector", quoted(selector)));
    signature_.selector = name->text();
    if (signature_.key_name().size() > 253) return fail("the name of its key is too long");
  }

  void read_identity() {
    const std::string_view* value = tags_.find("i");
    if (!value) return;
    const std::optional<std::string> identity = decode_quoted(*value);
    const std::size_t at = identity ? identity->rfind('@') : std::string::npos;
    const auto domain = at == std::string::npos ? std::nullopt : Domain::parse(identity->substr(at + 1));
    if (!domain) return fail(fmt::format("i={} is no identity", quoted(*value)));
    if (!domain->under(signature_.domain))
      return fail(fmt::format("i={} is not within d={}", quoted(*value), signature_.domain.text()));
    signature_.identity = *identity;
    signature_.identity_domain = *domain;
  }

  void read_fields() {
    const std::string_view names = text("h");
    if (names.empty()) return;
    for (const std::string_view field : split_colons(names)) {
      if (!is_field_name(field))
        return fail(fmt::format("h= names \"{}\", which is no field name", quoted(field)));
      if (signature_.fields.size() == kMostFields)
        return fail(fmt::format("h= names over {} fields", kMostFields));
      signature_.fields.push_back(to_lower(field));
    }
  }

  // Unknown ways to fetch the key are to be ignored; dns/txt must be left.  RFC 6376 §3.5
  void read_query() {
    const std::string_view* value = tags_.find("q");
    if (!value) return;
    const auto ways = split_colons(*value);
    const bool known =
        std::any_of(ways.begin(), ways.end(), [](auto way) { return equal_nocase(way, "dns/txt"); });
    if (!known) fail(fmt::format("q={} does not offer dns/txt", quoted(*value)));
  }

  void count(std::string_view name, std::size_t most_digits, std::optional<std::uint64_t>& into) {
    const std::string_view* value = tags_.find(name);
    if (!value) return;
    into = number(*value, most_digits);
    if (!into) fail(fmt::format("{}={} is no number", name, quoted(*value)));
  }

  const TagList& tags_;
  Signature signature_;
  std::string reason_;
};

}  // namespace

std::string_view name(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::rsa_sha256: return "rsa-sha256";
    case Algorithm::ed25519_sha256: return "ed25519-sha256";
    case Algorithm::rsa_sha1: return "rsa-sha1";
  }
  return {};
}

std::string_view name(Canonicalization form) {
  return form == Canonicalization::simple ? "simple" : "relaxed";
}

std::string_view name(KeyType type) { return type == KeyType::rsa ? "rsa" : "ed25519"; }

std::string Signature::key_name() const { return selector + "._domainkey." + domain.text(); }

std::size_t Signature::covers(std::string_view field_name) const {
  return static_cast<std::size_t>(std::count(fields.begin(), fields.end(), field_name));
}

Result<Signature> parse_signature(std::string_view value) {
  const Result<TagList> tags = TagList::parse(value);
  if (!tags) return tags.error();
  return Reader(*tags).read_dkim();
}

Result<Signature> parse_signature(const TagList& tags, ArcField field) {
  return Reader(tags).read_arc(field);
}

Claim claim(std::string_view value) {
  Claim claim;
  const Result<TagList> tags = TagList::parse(value);
  if (!tags) return claim;
  const auto text = [&](std::string_view name) {
    const std::string_view* found = tags->find(name);
    return found ? to_lower(*found) : std::string();
  };
  const auto domain = Domain::parse(text("d"));
  return {domain ? domain->text() : text("d"), text("s"), text("a")};
}

}  // namespace filters::signing
