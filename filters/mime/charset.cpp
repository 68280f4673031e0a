#include "filters/mime/charset.h"

#include <algorithm>

#include "policy/facts/text.h"
#include "policy/facts/utf8.h"

namespace filters::mime {
namespace {

using namespace policy::facts;

constexpr std::uint32_t kReplacement = 0xfffd;

// What the upper octets mean: 128 characters, or 96 where the first 32 are controls; '~' where none is
// assigned.
constexpr struct {
  std::string_view name;
  std::u16string_view upper;
} kTables[] = {
    {"iso-8859-2",
     u"\u00a0Ą˘Ł¤ĽŚ§¨ŠŞŤŹ\u00adŽŻ°ą˛ł´ľśˇ¸šşťź˝žżŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢßŕáâăäĺćçčéęëěíîďđńňóôő"
     u"ö÷řůúűüýţ˙"},
    {"iso-8859-3",
     u"\u00a0Ħ˘£¤~Ĥ§¨İŞĞĴ\u00ad~Ż°ħ²³´µĥ·¸ışğĵ½~żÀÁÂ~ÄĊĈÇÈÉÊËÌÍÎÏ~ÑÒÓÔĠÖ×ĜÙÚÛÜŬŜßàáâ~äċĉçèéêëìíîï~ñòóôġ"
     u"ö÷ĝùúûüŭŝ˙"},
    {"iso-8859-4",
     u"\u00a0ĄĸŖ¤ĨĻ§¨ŠĒĢŦ\u00adŽ¯°ą˛ŗ´ĩļˇ¸šēģŧŊžŋĀÁÂÃÄÅÆĮČÉĘËĖÍÎĪĐŅŌĶÔÕÖ×ØŲÚÛÜŨŪßāáâãäåæįčéęëėíîīđņōķôõ"
     u"ö÷øųúûüũū˙"},
    {"iso-8859-5",
     u"\u00a0ЁЂЃЄЅІЇЈЉЊЋЌ\u00adЎЏАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя№ёђѓєѕ"
     u"іїјљњћќ§ўџ"},
    {"iso-8859-6",
     u"\u00a0~~~¤~~~~~~~،\u00ad~~~~~~~~~~~~~\u061b~~~\u061f~\u0621\u0622\u0623\u0624\u0625\u0626\u0627"
     u"\u0628\u0629\u062a\u062b\u062c\u062d\u062e\u062f\u0630\u0631\u0632\u0633\u0634\u0635\u0636\u0637"
     u"\u0638\u0639\u063a~~~~~\u0640\u0641\u0642\u0643\u0644\u0645\u0646\u0647\u0648\u0649\u064a\u064b"
     u"\u064c\u064d\u064e\u064f\u0650\u0651\u0652~~~~~~~~~~~~~"},
    {"iso-8859-7",
     u"\u00a0‘’£€₯¦§¨©ͺ«¬\u00ad~―°±²³΄΅Ά·ΈΉΊ»Ό½ΎΏΐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡ~ΣΤΥΦΧΨΩΪΫάέήίΰαβγδεζηθικλμνξοπρςστυ"
     u"φχψωϊϋόύώ~"},
    {"iso-8859-8",
     u"\u00a0~¢£¤¥¦§¨©×«¬\u00ad®¯°±²³´µ¶·¸¹÷»¼½¾~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~‗\u05d0\u05d1\u05d2"
     u"\u05d3\u05d4\u05d5\u05d6\u05d7\u05d8\u05d9\u05da\u05db\u05dc\u05dd\u05de\u05df\u05e0\u05e1\u05e2"
     u"\u05e3\u05e4\u05e5\u05e6\u05e7\u05e8\u05e9\u05ea~~\u200e\u200f~"},
    {"iso-8859-10",
     u"\u00a0ĄĒĢĪĨĶ§ĻĐŠŦŽ\u00adŪŊ°ąēģīĩķ·ļđšŧž―ūŋĀÁÂÃÄÅÆĮČÉĘËĖÍÎÏÐŅŌÓÔÕÖŨØŲÚÛÜÝÞßāáâãäåæįčéęëėíîïðņōóôõ"
     u"öũøųúûüýþĸ"},
    {"iso-8859-13",
     u"\u00a0”¢£¤„¦§Ø©Ŗ«¬\u00ad®Æ°±²³“µ¶·ø¹ŗ»¼½¾æĄĮĀĆÄÅĘĒČÉŹĖĢĶĪĻŠŃŅÓŌÕÖ×ŲŁŚŪÜŻŽßąįāćäåęēčéźėģķīļšńņóōõ"
     u"ö÷ųłśūüżž’"},
    {"iso-8859-14",
     u"\u00a0Ḃḃ£ĊċḊ§Ẁ©ẂḋỲ\u00ad®ŸḞḟĠġṀṁ¶ṖẁṗẃṠỳẄẅṡÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏŴÑÒÓÔÕÖṪØÙÚÛÜÝŶßàáâãäåæçèéêëìíîïŵñòóôõ"
     u"öṫøùúûüýŷÿ"},
    {"iso-8859-15",
     u"\u00a0¡¢£€¥Š§š©ª«¬\u00ad®¯°±²³Žµ¶·ž¹º»ŒœŸ¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõ"
     u"ö÷øùúûüýþÿ"},
    {"iso-8859-16",
     u"\u00a0ĄąŁ€„Š§š©Ș«Ź\u00adźŻ°±ČłŽ”¶·žčș»ŒœŸżÀÁÂĂÄĆÆÇÈÉÊËÌÍÎÏĐŃÒÓÔŐÖŚŰÙÚÛÜĘȚßàáâăäćæçèéêëìíîïđńòóôő"
     u"öśűùúûüęțÿ"},
    {"windows-1250",
     u"€~‚~„…†‡~‰Š‹ŚŤŽŹ~‘’“”•–—~™š›śťžź\u00a0ˇ˘Ł¤Ą¦§¨©Ş«¬\u00ad®Ż°±˛ł´µ¶·¸ąş»Ľ˝ľżŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐ"
     u"Ö×ŘŮÚŰÜÝŢßŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙"},
    {"windows-1251",
     u"ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—~™љ›њќћџ\u00a0ЎўЈ¤Ґ¦§Ё©Є«¬\u00ad®Ї°±Ііґµ¶·ё№є»јЅѕїАБВГДЕЖЗИЙКЛМНОПРСТУФХ"
     u"ЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя"},
    {"windows-1252",
     u"€~‚ƒ„…†‡ˆ‰Š‹Œ~Ž~~‘’“”•–—˜™š›œ~žŸ\u00a0¡¢£¤¥¦§¨©ª«¬\u00ad®¯°±²³´µ¶·¸¹º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕ"
     u"Ö×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ"},
    {"windows-1253",
     u"€~‚ƒ„…†‡~‰~‹~~~~~‘’“”•–—~™~›~~~~\u00a0΅Ά£¤¥¦§¨©~«¬\u00ad®―°±²³΄µ¶·ΈΉΊ»Ό½ΎΏΐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡ~ΣΤΥ"
     u"ΦΧΨΩΪΫάέήίΰαβγδεζηθικλμνξοπρςστυφχψωϊϋόύώ~"},
    {"windows-1254",
     u"€~‚ƒ„…†‡ˆ‰Š‹Œ~~~~‘’“”•–—˜™š›œ~~Ÿ\u00a0¡¢£¤¥¦§¨©ª«¬\u00ad®¯°±²³´µ¶·¸¹º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏĞÑÒÓÔÕ"
     u"Ö×ØÙÚÛÜİŞßàáâãäåæçèéêëìíîïğñòóôõö÷øùúûüışÿ"},
    {"windows-1255",
     u"€~‚ƒ„…†‡ˆ‰~‹~~~~~‘’“”•–—˜™~›~~~~\u00a0¡¢£₪¥¦§¨©×«¬\u00ad®¯°±²³´µ¶·¸¹÷»¼½¾¿\u05b0\u05b1\u05b2"
     u"\u05b3\u05b4\u05b5\u05b6\u05b7\u05b8\u05b9~\u05bb\u05bc\u05bd\u05be\u05bf\u05c0\u05c1\u05c2"
     u"\u05c3\u05f0\u05f1\u05f2\u05f3\u05f4~~~~~~~\u05d0\u05d1\u05d2\u05d3\u05d4\u05d5\u05d6\u05d7"
     u"\u05d8\u05d9\u05da\u05db\u05dc\u05dd\u05de\u05df\u05e0\u05e1\u05e2\u05e3\u05e4\u05e5\u05e6\u05e7"
     u"\u05e8\u05e9\u05ea~~\u200e\u200f~"},
    {"windows-1256",
     u"€\u067e‚ƒ„…†‡ˆ‰\u0679‹Œ\u0686\u0698\u0688\u06af‘’“”•–—\u06a9™\u0691›œ\u200c\u200d\u06ba\u00a0،¢£"
     u"¤¥¦§¨©\u06be«¬\u00ad®¯°±²³´µ¶·¸¹\u061b»¼½¾\u061f\u06c1\u0621\u0622\u0623\u0624\u0625\u0626\u0627"
     u"\u0628\u0629\u062a\u062b\u062c\u062d\u062e\u062f\u0630\u0631\u0632\u0633\u0634\u0635\u0636×"
     u"\u0637\u0638\u0639\u063a\u0640\u0641\u0642\u0643à\u0644â\u0645\u0646\u0647\u0648çèéêë\u0649"
     u"\u064aîï\u064b\u064c\u064d\u064eô\u064f\u0650÷\u0651ù\u0652ûü\u200e\u200f\u06d2"},
    {"windows-1257",
     u"€~‚~„…†‡~‰~‹~¨ˇ¸~‘’“”•–—~™~›~¯˛~\u00a0~¢£¤~¦§Ø©Ŗ«¬\u00ad®Æ°±²³´µ¶·ø¹ŗ»¼½¾æĄĮĀĆÄÅĘĒČÉŹĖĢĶĪĻŠŃŅÓŌÕ"
     u"Ö×ŲŁŚŪÜŻŽßąįāćäåęēčéźėģķīļšńņóōõö÷ųłśūüżž˙"},
    {"windows-1258",
     u"€~‚ƒ„…†‡ˆ‰~‹Œ~~~~‘’“”•–—˜™~›œ~~Ÿ\u00a0¡¢£¤¥¦§¨©ª«¬\u00ad®¯°±²³´µ¶·¸¹º»¼½¾¿ÀÁÂĂÄÅÆÇÈÉÊË\u0300ÍÎÏĐ"
     u"Ñ\u0309ÓÔƠÖ×ØÙÚÛÜƯ\u0303ßàáâăäåæçèéêë\u0301íîïđñ\u0323óôơö÷øùúûüư₫ÿ"},
    {"windows-874",
     u"€~~~~…~~~~~~~~~~~‘’“”•–—~~~~~~~~\u00a0\u0e01\u0e02\u0e03\u0e04\u0e05\u0e06\u0e07\u0e08\u0e09"
     u"\u0e0a\u0e0b\u0e0c\u0e0d\u0e0e\u0e0f\u0e10\u0e11\u0e12\u0e13\u0e14\u0e15\u0e16\u0e17\u0e18\u0e19"
     u"\u0e1a\u0e1b\u0e1c\u0e1d\u0e1e\u0e1f\u0e20\u0e21\u0e22\u0e23\u0e24\u0e25\u0e26\u0e27\u0e28\u0e29"
     u"\u0e2a\u0e2b\u0e2c\u0e2d\u0e2e\u0e2f\u0e30\u0e31\u0e32\u0e33\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39"
     u"\u0e3a~~~~\u0e3f\u0e40\u0e41\u0e42\u0e43\u0e44\u0e45\u0e46\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c"
     u"\u0e4d\u0e4e\u0e4f\u0e50\u0e51\u0e52\u0e53\u0e54\u0e55\u0e56\u0e57\u0e58\u0e59\u0e5a\u0e5b~~~~"},
    {"koi8-r",
     u"─│┌┐└┘├┤┬┴┼▀▄█▌▐░▒▓⌠■∙√≈≤≥\u00a0⌡°²·÷═║╒ё╓╔╕╖╗╘╙╚╛╜╝╞╟╠╡Ё╢╣╤╥╦╧╨╩╪╫╬©юабцдефгхийклмнопярстужвьыз"
     u"шэщчъЮАБЦДЕФГХИЙКЛМНОПЯРСТУЖВЬЫЗШЭЩЧЪ"},
    {"koi8-u",
     u"─│┌┐└┘├┤┬┴┼▀▄█▌▐░▒▓⌠■∙√≈≤≥\u00a0⌡°²·÷═║╒ёє╔ії╗╘╙╚╛ґ╝╞╟╠╡ЁЄ╣ІЇ╦╧╨╩╪Ґ╬©юабцдефгхийклмнопярстужвьыз"
     u"шэщчъЮАБЦДЕФГХИЙКЛМНОПЯРСТУЖВЬЫЗШЭЩЧЪ"}};

// What else they are called.  Readers take the three on the left for the one on the right (WHATWG Encoding
// §4.2).
constexpr struct {
  std::string_view alias;
  std::string_view name;
} kAliases[] = {{"iso-8859-1", "windows-1252"}, {"iso-8859-9", "windows-1254"},
                {"iso-8859-11", "windows-874"}, {"latin1", "windows-1252"},
                {"latin2", "iso-8859-2"},       {"latin5", "windows-1254"},
                {"latin9", "iso-8859-15"},      {"tis-620", "windows-874"},
                {"iso-8859-8-i", "iso-8859-8"}, {"utf8", "utf-8"},
                {"ascii", "us-ascii"},          {"koi8r", "koi8-r"}};

// "ISO_8859-2", "iso8859-2" and "cp1250" by their preferred names.
std::string preferred(std::string_view name) {
  std::string plain = to_lower(name.substr(0, 20));
  std::ranges::replace(plain, '_', '-');
  if (plain.starts_with("iso8859")) plain.insert(3, 1, '-');
  if (plain.starts_with("cp125")) plain.replace(0, 2, "windows-");
  for (const auto& row : kAliases)
    if (plain == row.alias) return std::string(row.name);
  return plain;
}

}  // namespace

Charset Charset::find(std::string_view name) {
  const std::string plain = preferred(name.substr(0, name.find('*')));  // a language may follow, RFC 2231 §5
  Charset charset;
  if (plain == "utf-8") return charset;
  charset.utf8_ = false;
  if (plain == "us-ascii") return charset;
  for (const auto& row : kTables) {
    if (plain != row.name) continue;
    charset.upper_ = row.upper;
    return charset;
  }
  // Of all others only what is ASCII in them is known.
  charset.utf16_ =
      plain.starts_with("utf-16") ? (plain.ends_with("le") ? Utf16::little : Utf16::big) : Utf16::no;
  return charset;
}

std::string Charset::from_utf16(std::string_view octets) const {
  bool little = utf16_ == Utf16::little;
  if (octets.starts_with("\xff\xfe") || octets.starts_with("\xfe\xff")) {
    little = octets.front() == '\xff';
    octets.remove_prefix(2);
  }
  const auto unit = [&](std::size_t at) {
    const auto low = static_cast<unsigned char>(octets[at + (little ? 0 : 1)]);
    const auto high = static_cast<unsigned char>(octets[at + (little ? 1 : 0)]);
    return static_cast<std::uint32_t>(high << 8 | low);
  };
  std::string out;
  for (std::size_t at = 0; at + 1 < octets.size(); at += 2) {
    std::uint32_t point = unit(at);
    if (point >= 0xd800 && point < 0xdc00 && at + 3 < octets.size() && (unit(at + 2) & 0xfc00) == 0xdc00) {
      point = 0x10000 + ((point & 0x3ff) << 10 | (unit(at + 2) & 0x3ff));
      at += 2;
    }
    append_point(out, point >= 0xd800 && point < 0xe000 ? kReplacement : point);
  }
  if (octets.size() % 2 != 0) append_point(out, kReplacement);
  return out;
}

std::string Charset::to_utf8(std::string_view octets) const {
  if (utf16_ != Utf16::no) return from_utf16(octets);
  std::string out;
  out.reserve(octets.size());
  const std::size_t first = 0x100 - upper_.size();
  while (!octets.empty()) {
    std::uint32_t point = static_cast<unsigned char>(octets.front());
    std::size_t length = 1;
    if (point >= 0x80) {
      if (utf8_) {
        length = read_point(octets, point);
        if (length == 0) point = kReplacement;
      } else {
        const char16_t meant = point >= first ? upper_[point - first] : u'~';
        point = meant == u'~' ? kReplacement : meant;
      }
    }
    append_point(out, point);
    octets.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

}  // namespace filters::mime
