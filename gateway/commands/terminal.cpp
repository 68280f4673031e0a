#include "gateway/commands/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace gateway::commands {
namespace {

bool takes_colours() {
  const char* const no = std::getenv("NO_COLOR");
  const char* const kind = std::getenv("TERM");
  return (!no || *no == '\0') && kind && std::string_view(kind) != "dumb";
}

}  // namespace

journal::PageStyle page_style(std::string_view colour) {
  journal::PageStyle style;
  winsize size{};
  const bool terminal = ::isatty(STDOUT_FILENO) == 1;
  if (terminal && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) style.width = size.ws_col;
  style.colour = colour == "always" || (colour == "auto" && terminal && takes_colours());
  return style;
}

}  // namespace gateway::commands
