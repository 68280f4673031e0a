#include "gateway/trace/received_client.h"

#include <algorithm>
#include <vector>

#include "policy/facts/text.h"

namespace gateway::trace {
namespace {

constexpr std::size_t kMostOctets = 2000;  // of a field that is looked at
constexpr std::size_t kMostHops = 20;      // among relays
constexpr std::size_t kMostHelo = 255;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// A word, or the inside of a comment, without those within it.
struct Piece {
  bool comment = false;
  std::string_view text;
};

// What stands before "by", which ends the part about the client.
std::vector<Piece> client_part(std::string_view value) {
  std::vector<Piece> pieces;
  value = value.substr(0, kMostOctets);
  while (!value.empty()) {
    if (is_blank(value.front())) {
      value.remove_prefix(1);
      continue;
    }
    if (value.front() == ';') break;
    std::size_t end = 0;
    if (value.front() == '(') {
      unsigned depth = 0;
      do {
        if (value[end] == '(') ++depth;
        if (value[end] == ')') --depth;
        ++end;
      } while (depth > 0 && end < value.size());
      pieces.push_back({true, value.substr(1, depth > 0 ? end - 1 : end - 2)});
    } else {
      while (end < value.size() && !is_blank(value[end]) && value[end] != '(' && value[end] != ';') ++end;
      if (equal_nocase(value.substr(0, end), "by")) break;
      pieces.push_back({false, value.substr(0, end)});
    }
    value.remove_prefix(end);
  }
  return pieces;
}

std::optional<IpAddress> address(std::string_view text) {
  if (text.size() > 5 && equal_nocase(text.substr(0, 5), "IPv6:")) text.remove_prefix(5);
  return IpAddress::parse(text);
}

// Behind which Exim ("helo=") and qmail ("HELO ") tell what the client called itself; at the end without one.
std::size_t helo_at(std::string_view comment) {
  constexpr std::string_view kHelo = "helo";
  for (std::size_t at = 0; at + kHelo.size() < comment.size(); ++at) {
    const char behind = comment[at + kHelo.size()];
    if ((behind == '=' || behind == ' ') && equal_nocase(comment.substr(at, kHelo.size()), kHelo)) return at;
  }
  return comment.size();
}

std::string_view said_helo(std::string_view comment) {
  comment.remove_prefix(std::min(comment.size(), helo_at(comment) + 5));
  return comment.substr(0, std::min(comment.find_first_of(" \t\r\n)"), comment.size()));
}

// "[192.0.2.1]", the last one in front of what the client said: names in the reverse zone may look alike.
std::optional<IpAddress> bracketed(std::string_view text) {
  text = text.substr(0, helo_at(text));
  std::optional<IpAddress> found;
  for (auto open = text.find('['); open != text.npos; open = text.find('[', open + 1)) {
    const auto close = text.find(']', open);
    if (close == text.npos) break;
    if (const auto ip = address(text.substr(open + 1, close - open - 1))) found = ip;
  }
  return found;
}

}  // namespace

std::optional<ReceivedClient> received_client(std::string_view value) {
  const std::vector<Piece> pieces = client_part(value);
  if (pieces.size() < 2 || !equal_nocase(pieces[0].text, "from")) return std::nullopt;
  std::optional<IpAddress> ip;
  std::string_view helo = pieces[1].comment ? std::string_view() : pieces[1].text;
  // What the server saw stands in a comment; what the client called itself may be an address as well.
  for (const Piece& piece : pieces) {
    if (!piece.comment) continue;
    if (!ip) ip = bracketed(piece.text);
    if (const std::string_view said = said_helo(piece.text); !said.empty()) helo = said;
  }
  for (const Piece& piece : pieces)
    if (!ip && piece.comment) ip = address(trim(piece.text));
  if (!ip) ip = bracketed(pieces[1].text);
  if (!ip) return std::nullopt;
  return ReceivedClient{*ip, std::string(helo.substr(0, kMostHelo))};
}

std::optional<ReceivedClient> client_behind(const Message& message, const ReceivedClient& relay,
                                            std::span<const Network> relays) {
  const auto is_relay = [&](const IpAddress& ip) {
    return ip.is_loopback() ||
           std::ranges::any_of(relays, [&](const Network& one) { return one.contains(ip); });
  };
  const auto fields = message.find("Received");
  for (std::size_t i = 0; i < fields.size() && i < kMostHops; ++i) {
    const std::vector<Piece> pieces = client_part(fields[i]->value);
    // "Received: by mx2.example (Postfix, from userid 0)": it was made there.
    if (pieces.empty() || !equal_nocase(pieces[0].text, "from"))
      return i == 0 ? std::optional(relay) : std::nullopt;
    const auto client = received_client(fields[i]->value);
    if (!client) return std::nullopt;
    if (!is_relay(client->ip)) return client;
  }
  return fields.size() < kMostHops ? std::optional(relay) : std::nullopt;
}

}  // namespace gateway::trace
