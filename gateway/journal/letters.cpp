#include "gateway/journal/letters.h"

namespace gateway::journal {

bool is_separator(std::uint32_t point) {
  return (point >= 0x80 && point < 0xc0 && point != 0xaa && point != 0xb5 && point != 0xba) ||
         point == 0xd7 || point == 0xf7 || (point >= 0x2000 && point < 0x2070) ||
         (point >= 0x20a0 && point < 0x2c00) || (point >= 0x2e00 && point < 0x2e80) ||
         (point >= 0x3000 && point < 0x3005) || (point >= 0x3008 && point < 0x3021) ||
         (point >= 0xfe10 && point < 0xfe70) || (point >= 0xff00 && point < 0xff10) ||
         (point >= 0xff1a && point < 0xff21) || (point >= 0xff3b && point < 0xff41) ||
         (point >= 0xff5b && point < 0xff66) || (point >= 0x1f000 && point < 0x20000);
}

bool is_ideograph(std::uint32_t point) {
  return (point >= 0x3041 && point < 0x3100) || (point >= 0x3400 && point < 0xa000) ||
         (point >= 0xf900 && point < 0xfb00) || (point >= 0x20000 && point < 0x40000);
}

}  // namespace gateway::journal
