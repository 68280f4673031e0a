#include "policy/resemblance/letters.h"

#include <algorithm>
#include <array>

#include "policy/facts/text.h"

namespace policy::resemblance {
namespace {

// The letter without its marks; '*' stands for several letters, see below.
constexpr std::string_view kLatin =
    "aaaaaa*ceeeeiiii"   // 00C0
    "dnooooo ouuuuyt*"   // 00D0
    "aaaaaa*ceeeeiiii"   // 00E0
    "dnooooo ouuuuyty"   // 00F0
    "aaaaaaccccccccdd"   // 0100
    "ddeeeeeeeeeegggg"   // 0110
    "gggghhhhiiiiiiii"   // 0120
    "ii**jjkkklllllll"   // 0130
    "lllnnnnnnnnnoooo"   // 0140
    "oo**rrrrrrssssss"   // 0150
    "ssttttttuuuuuuuu"   // 0160
    "uuuuwwyyyzzzzzzs"   // 0170
    "bbbb   ccdddd  e"   // 0180
    "effg  iikkl wnno"   // 0190
    "oo  pp     ttttu"   // 01A0
    "uuvyyzz        p"   // 01B0
    "l   *********aai"   // 01C0
    "ioouuuuuuuuuueaa"   // 01D0
    "aa**ggggkkoooo  "   // 01E0
    "j***gg  nnaa**oo"   // 01F0
    "aaaaeeeeiiiioooo"   // 0200
    "rrrruuuusstt  hh"   // 0210
    "nd  zzaaeeoooooo"   // 0220
    "ooyylntj  acclts"   // 0230
    "z  bu eejjqqrryy";  // 0240
constexpr std::string_view kLatinAdditional =
    "aabbbbbbccdddddd"   // 1E00
    "ddddeeeeeeeeeeff"   // 1E10
    "gghhhhhhhhhhiiii"   // 1E20
    "kkkkkkllllllllmm"   // 1E30
    "mmmmnnnnnnnnoooo"   // 1E40
    "oooopppprrrrrrrr"   // 1E50
    "sssssssssstttttt"   // 1E60
    "ttuuuuuuuuuuvvvv"   // 1E70
    "wwwwwwwwwwxxxxyy"   // 1E80
    "zzzzzzhtwy s  * "   // 1E90
    "aaaaaaaaaaaaaaaa"   // 1EA0
    "aaaaaaaaeeeeeeee"   // 1EB0
    "eeeeeeeeiiiioooo"   // 1EC0
    "oooooooooooooooo"   // 1ED0
    "oooouuuuuuuuuuuu"   // 1EE0
    "uuyyyyyyyy      ";  // 1EF0
static_assert(kLatin.size() == 0x250 - 0xc0 && kLatinAdditional.size() == 0x100);

constexpr struct {
  std::uint32_t point;
  std::string_view letters;
} kPairs[] = {{0xc6, "ae"},  {0xdf, "ss"},  {0xe6, "ae"},  {0x132, "ij"}, {0x133, "ij"}, {0x152, "oe"},
              {0x153, "oe"}, {0x1c4, "dz"}, {0x1c5, "dz"}, {0x1c6, "dz"}, {0x1c7, "lj"}, {0x1c8, "lj"},
              {0x1c9, "lj"}, {0x1ca, "nj"}, {0x1cb, "nj"}, {0x1cc, "nj"}, {0x1e2, "ae"}, {0x1e3, "ae"},
              {0x1f1, "dz"}, {0x1f2, "dz"}, {0x1f3, "dz"}, {0x1fc, "ae"}, {0x1fd, "ae"}, {0x1e9e, "ss"}};

// Letters, numerals and symbols that are taken for a Latin one: Greek, Cyrillic, Armenian, Cherokee, Lisu,
// phonetic and small capital letters, zeros of other scripts.
constexpr struct {
  char letter;
  std::u32string_view points;
} kAlike[] = {
    {'a', U"ɑΆΑάαАаӐӑӒӓᎪᴀᴬᵃᵅἀἁἂἃἄἅἆἇἈἉἊἋἌἍἎἏὰάᾀᾁᾂᾃᾄᾅᾆᾇᾈᾉᾊᾋᾌᾍᾎᾏᾰᾱᾲᾳᾴᾶᾷᾸᾹᾺΆᾼₐÅ\u237a\ua4ee"},
    {'b', U"ƅɓʙΒβϐВЬвьᏼᴮᵇᵝᵦℬ\ua4d0"},
    {'c', U"ɕϲСсᏟᴄᶜᶝℂℭⅭⅽ\u2ca5\ua4da"},
    {'d', U"ɖɗԀԁᏧᴅᴰᵈⅅⅆⅮⅾ\ua4d2\ua4d3"},
    {'e', U"ɘəɛΈΕέεϵЀЁЄЕеѐёєӖӗӘәӚӛᎬᴇᴱᵉᵊᵋἐἑἒἓἔἕἘἙἚἛἜἝὲέῈΈₑₔ℮ℯℰⅇ\ua4f0"},
    {'f', U"ϝҒғᶠℱ\ua4dd\ua730"},
    {'g', U"ɠɡɢԍցᏀᴳᵍᶢℊ\ua4d6"},
    {'h', U"ɦʜʰʱΉΗЋНнћҺһհᎻᴴᵸἨἩἪἫἬἭἮἯᾘᾙᾚᾛᾜᾝᾞᾟῊΉῌₕℋℌℍℎ\ua4e7"},
    {'i', U"ɨɩɪΊΐΙΪίιϊІЇіїӀᎥᴵᵢᶤᶥᶦἰἱἲἳἴἵἶἷἸἹἺἻἼἽἾἿὶίιῐῑῒΐῖῗῘῙῚΊⁱℐℑℹⅈⅠⅰ\ua4f2"},
    {'j', U"ʝʲϳЈјյᎫᴊᴶᶨⅉ\u2c7c\ua4d9"},
    {'k', U"ΚκϰЌКкќҚқᏦᴋᴷᵏₖK\ua4d7"},
    {'l', U"ɫɬɭʟˡӏԼ\u05c0\u0661۱Ꮮᴌᴸᶩᶫ₁ₗℒℓⅬⅼ\u2223\ua4e1\ua781"},
    {'m', U"ɱΜМмᎷᴍᴹᵐᶬₘℳⅯⅿ\ua4df"},
    {'n', U"ɲɳɴΝήηПпոռᴺᶮᶯᶰἠἡἢἣἤἥἦἧὴήᾐᾑᾒᾓᾔᾕᾖᾗῂῃῄῆῇⁿₙℕ\ua4e0"},
    {'o', U"ɵΌΟοσόОоѲѳӦӧӨөӪӫՕօ\u0660\u0665۰۵०০੦૦୦௦౦೦ഠ൦๐໐ဝᴏᴼᵒᶱὀὁὂὃὄὅὈὉὊὋὌὍὸόῸΌ⁰₀ₒℴ\u3007\ua4f3"},
    {'p', U"ΡρϱРрᏢᴘᴾᵖᵨῤῥῬₚℙ\ua4d1"},
    {'q', U"ɋʠԚԛզℚ"},
    {'r', U"ɹɼɽɾʀʳʴЃГгѓᎡᏒᴿᵣℛℜℝ\ua4e3"},
    {'s', U"ʂˢЅѕՏᏚᶳₛ\ua4e2\ua731"},
    {'t', U"ʈΤτТтᎢᴛᵀᵗₜ\ua4d4"},
    {'u', U"ʉʊΰμυϋύՍսᴜᵁᵘᵤᶶᶷᶸὐὑὒὓὔὕὖὗὺύῠῡῢΰῦῧ\ua4f4"},
    {'v', U"ʋνѴѵѶѷᏙᴠᵛᵥᶹⅤⅴ\u2c7d\ua4e6"},
    {'w', U"ʷωώԜԝաᎳᴡᵂὠὡὢὣὤὥὦὧὼώᾠᾡᾢᾣᾤᾥᾦᾧῲῳῴῶῷ\ua4ea"},
    {'x', U"ˣΧχХх᙭ᵡᵪₓⅩⅹ\ua4eb"},
    {'y', U"ɣʏʸˠΎΥΫγϒϓϔЎУуўҮүҰұӮӯӰӱӲӳᎩᎽᵞᵧὙὛὝὟῨῩῪΎℽ\ua4ec"},
    {'z', U"ʐʑΖᏃᴢᶻᶼᶽℤℨ\ua4dc"},
};

struct Alike {
  std::uint32_t point = 0;
  char letter = 0;
};

constexpr std::size_t kAlikes = [] {
  std::size_t count = 0;
  for (const auto& row : kAlike) count += row.points.size();
  return count;
}();

constexpr auto kByPoint = [] {
  std::array<Alike, kAlikes> all;
  std::size_t at = 0;
  for (const auto& row : kAlike)
    for (const char32_t point : row.points) all[at++] = {point, row.letter};
  std::ranges::sort(all, {}, &Alike::point);
  return all;
}();

constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz";

// As simple case folding has it.  Capitals stand at even places in most of the blocks, at odd ones in others.
std::uint32_t lower_latin(std::uint32_t point) {
  const auto within = [point](std::uint32_t first, std::uint32_t last) {
    return point >= first && point <= last;
  };
  if (within(0xc0, 0xde) && point != 0xd7) return point + 0x20;
  if (within(0x100, 0x12f) || within(0x132, 0x137) || within(0x14a, 0x177) || within(0x1de, 0x1ef) ||
      within(0x1f8, 0x21f) || within(0x222, 0x233) || within(0x246, 0x24f) || within(0x1e00, 0x1e95) ||
      within(0x1ea0, 0x1eff))
    return point | 1;
  if (within(0x139, 0x148) || within(0x179, 0x17e) || within(0x1cd, 0x1dc)) return point + point % 2;
  if (point == 0x178) return 0xff;
  return point == 0x1e9e ? 0xdf : point;
}

// 0: it is none.
std::uint32_t lower_greek_with_accent(std::uint32_t point) {
  switch (point) {
    case 0x386: return 0x3ac;
    case 0x388: return 0x3ad;
    case 0x389: return 0x3ae;
    case 0x38a: return 0x3af;
    case 0x38c: return 0x3cc;
    case 0x38e: return 0x3cd;
    case 0x38f: return 0x3ce;
    case 0x3c2: return 0x3c3;  // at the end of a word
    default: return 0;
  }
}

// Alphabets and digits of mathematics, and letters in circles and squares, stand in the order of ASCII.
char of_a_series(std::uint32_t point) {
  if (point >= 0x1d400 && point <= 0x1d6a3) return kAlphabet[(point - 0x1d400) % 26];
  if (point >= 0x1d7ce && point <= 0x1d7ff) return static_cast<char>('0' + (point - 0x1d7ce) % 10);
  if (point >= 0x249c && point <= 0x24b5) return kAlphabet[point - 0x249c];
  if (point >= 0x24b6 && point <= 0x24e9) return kAlphabet[(point - 0x24b6) % 26];
  if (point >= 0x1f110 && point <= 0x1f129) return kAlphabet[point - 0x1f110];
  if (point >= 0x1f130 && point <= 0x1f149) return kAlphabet[point - 0x1f130];
  if (point >= 0x1f150 && point <= 0x1f169) return kAlphabet[point - 0x1f150];
  if (point >= 0x1f170 && point <= 0x1f189) return kAlphabet[point - 0x1f170];
  if (point >= 0x1f1e6 && point <= 0x1f1ff) return kAlphabet[point - 0x1f1e6];
  if (point >= 0xff01 && point <= 0xff5e) return to_lower(static_cast<char>(point - 0xff01 + '!'));
  return 0;
}

}  // namespace

std::string_view unmarked(std::uint32_t point) {
  std::string_view letter;
  if (point >= 0xc0 && point < 0x250) letter = kLatin.substr(point - 0xc0, 1);
  if (point >= 0x1e00 && point < 0x1f00) letter = kLatinAdditional.substr(point - 0x1e00, 1);
  if (letter == " ") return {};
  if (letter != "*") return letter;
  const auto at = std::ranges::find_if(kPairs, [&](const auto& row) { return row.point == point; });
  return at == std::end(kPairs) ? std::string_view() : at->letters;
}

char alike(std::uint32_t point) {
  if (const char letter = of_a_series(point)) return letter;
  const auto at = std::ranges::lower_bound(kByPoint, point, {}, &Alike::point);
  if (at != kByPoint.end() && at->point == point) return at->letter;
  if (point == 0x3002 || point == 0xff61 || point == 0x2024) return '.';
  if ((point >= 0x2010 && point <= 0x2015) || point == 0x2212) return '-';
  const bool space = point == 0xa0 || point == 0x1680 || (point >= 0x2000 && point <= 0x200a) ||
                     point == 0x202f || point == 0x205f || point == 0x3000;
  const bool quote = (point >= 0x2018 && point <= 0x201f) || point == 0xab || point == 0xbb ||
                     point == 0x2039 || point == 0x203a || point == 0xb4;
  return space || quote ? ' ' : '\0';
}

bool is_mark(std::uint32_t point) {
  return (point >= 0x300 && point <= 0x36f) || (point >= 0x483 && point <= 0x489) ||
         (point >= 0x1ab0 && point <= 0x1aff) || (point >= 0x1dc0 && point <= 0x1dff) ||
         (point >= 0x20d0 && point <= 0x20ff) || (point >= 0xfe20 && point <= 0xfe2f);
}

std::uint32_t lower(std::uint32_t point) {
  if (point < 0x250 || (point >= 0x1e00 && point < 0x1f00)) return lower_latin(point);
  if (const std::uint32_t accented = lower_greek_with_accent(point)) return accented;
  if (point >= 0x391 && point <= 0x3a9 && point != 0x3a2) return point + 0x20;
  if (point >= 0x410 && point <= 0x42f) return point + 0x20;
  if (point >= 0x400 && point <= 0x40f) return point + 0x50;
  if (point >= 0x531 && point <= 0x556) return point + 0x30;
  if (point >= 0x460 && point <= 0x52f && (point < 0x482 || point > 0x48a) && point != 0x4cf)
    return point >= 0x4c1 && point <= 0x4cc ? point + point % 2 : point | 1;
  return point;
}

}  // namespace policy::resemblance
