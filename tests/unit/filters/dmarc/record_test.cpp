// DMARC records as they are published, well and badly.  RFC 9989 §4.7, §4.8
#include "filters/dmarc/record.h"

#include <gtest/gtest.h>

#include "tests/support/named.h"

namespace filters::dmarc {
namespace {

struct Case {
  std::string name;
  std::string text;
  std::string read;  // "p/sp/np flags", "" for no record
};
POSTERN_NAMED(Case)

std::string read(std::string_view text) {
  const auto record = Record::parse(text);
  if (!record) return {};
  std::string out(name(record->policy));
  out += '/';
  out += name(record->subdomains);
  out += '/';
  out += name(record->absent);
  if (record->testing) out += " testing";
  if (record->strict_dkim) out += " adkim";
  if (record->strict_spf) out += " aspf";
  if (record->psd != Psd::unsaid) out += record->psd == Psd::yes ? " psd=y" : " psd=n";
  if (record->void_policy) out += " void";
  return out;
}

class DmarcRecord : public testing::TestWithParam<Case> {};

TEST_P(DmarcRecord, IsReadSo) { EXPECT_EQ(read(GetParam().text), GetParam().read); }

INSTANTIATE_TEST_SUITE_P(
    Table, DmarcRecord,
    testing::Values(
        Case{"p alone", "v=DMARC1; p=reject", "reject/reject/reject"},
        Case{"sp", "v=DMARC1; p=reject; sp=none;", "reject/none/none"},
        Case{"np without sp", "v=DMARC1; p=none; np=reject", "none/none/reject"},
        Case{"np and sp", "v=DMARC1;p=none;sp=quarantine;np=reject", "none/quarantine/reject"},
        Case{"no p is none", "v=DMARC1", "none/none/none"},
        Case{"no p, but sp", "v=DMARC1; sp=reject", "none/reject/reject"},
        Case{"p need not be second", "v=DMARC1; sp=none; p=reject", "reject/none/none"},
        Case{"testing", "v=DMARC1; p=reject; t=y", "reject/reject/reject testing"},
        Case{"pct is history", "v=DMARC1; p=reject; pct=0; rf=x; ri=-", "reject/reject/reject"},
        Case{"strict", "v=DMARC1; p=none; adkim=s; aspf=S", "none/none/none adkim aspf"},
        Case{"relaxed", "v=DMARC1; p=none; adkim=r; aspf=r", "none/none/none"},
        Case{"unknown alignment is the default", "v=DMARC1; adkim=x", "none/none/none"},
        Case{"psd=y", "v=DMARC1; psd=y; p=reject", "reject/reject/reject psd=y"},
        Case{"psd=n", "v=DMARC1; p=reject; psd=n", "reject/reject/reject psd=n"},
        Case{"psd=u", "v=DMARC1; p=reject; psd=u", "reject/reject/reject"},
        Case{"capitals and blanks", "V = DMARC1 ;\tP\t= REJECT ; SP = None ", "reject/none/none"},
        Case{"unknown tags", "v=DMARC1; p=reject; x=y; z; =q; fo=1", "reject/reject/reject"},
        Case{"empty parts", "v=DMARC1;;; p=reject;;", "reject/reject/reject"},
        Case{"bad p, nobody to tell", "v=DMARC1; p=rejct", "none/none/none void"},
        Case{"empty p", "v=DMARC1; p=", "none/none/none void"},
        Case{"bad p, someone to tell", "v=DMARC1; p=rejct; rua=x, mailto:a@b", "none/none/none"},
        Case{"bad sp voids p", "v=DMARC1; p=reject; sp=x", "none/none/none void"},
        Case{"bad np voids p, with rua", "v=DMARC1; p=reject; np=x; rua=mailto:a@b", "none/none/none"},
        Case{"bad p, bad rua", "v=DMARC1; p=x; rua=bogus,:x,mailto:", "none/none/none void"},
        Case{"control octet in a value", "v=DMARC1; p=reject\x01", "none/none/none void"},
        Case{"p twice", "v=DMARC1; p=none; p=reject", ""},
        Case{"fo twice", "v=DMARC1; p=none; fo=1; fo=0", ""},
        Case{"version twice", "v=DMARC1; p=none; V=DMARC1", ""},
        Case{"pct twice", "v=DMARC1; p=none; pct=1; pct=2", "none/none/none"},
        Case{"rua with a size", "v=DMARC1; p=x; rua=mailto:a@b!10M", "none/none/none"},
        Case{"rua with a size without unit", "v=DMARC1; p=x; rua=mailto:a@b!10", "none/none/none"},
        Case{"rua with half a size", "v=DMARC1; p=x; rua=mailto:a@b!", "none/none/none void"},
        Case{"rua with an odd size", "v=DMARC1; p=x; rua=mailto:a@b!10p", "none/none/none void"},
        Case{"rua with two sizes", "v=DMARC1; p=x; rua=mailto:a@b!1k!1k", "none/none/none void"},
        Case{"rua with an encoded octet", "v=DMARC1; p=x; rua=mailto:a%2Cb@c", "none/none/none"},
        Case{"rua badly encoded", "v=DMARC1; p=x; rua=mailto:a%2@c", "none/none/none void"},
        Case{"rua cut in an encoded octet", "v=DMARC1; p=x; rua=mailto:a%2", "none/none/none void"},
        Case{"rua with a blank inside", "v=DMARC1; p=x; rua=mailto:a b@c", "none/none/none void"},
        Case{"rua of another scheme", "v=DMARC1; p=x; rua=https://a.test/r?x=1#y", "none/none/none"},
        Case{"rua whose scheme begins with a digit", "v=DMARC1; p=x; rua=1a:b", "none/none/none void"},
        Case{"unknown tag twice", "v=DMARC1; p=reject; x=1; x=2", "reject/reject/reject"},
        Case{"empty text", "", ""}, Case{"other text", "v=spf1 -all", ""},
        Case{"version in small letters", "v=dmarc1; p=reject", ""},
        Case{"version not first", "p=reject; v=DMARC1", ""},
        Case{"longer version", "v=DMARC12; p=reject", ""}, Case{"no semicolon", "v=DMARC1 p=reject", ""},
        Case{"blank in front", " v=DMARC1; p=reject", ""}, Case{"quoted", "\"v=DMARC1; p=reject\"", ""},
        Case{"500 addresses",
             "v=DMARC1; p=reject; rua=" +
                 [] {
                   std::string list;
                   for (int i = 0; i < 500; ++i) list += "mailto:x@a.example,";
                   return list;
                 }(),
             "reject/reject/reject"},
        Case{"too long", "v=DMARC1; p=reject; rua=" + std::string(70'000, 'x'), ""}));

}  // namespace
}  // namespace filters::dmarc
