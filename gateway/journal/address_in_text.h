#pragma once
// Finds an address in free text, in each of the ways mail writes one: joe@a.example, "joe"@a.example
// (RFC 5321 §4.1.2), joe=a.example (the sender of a list, VERP), a.example=joe (SRS), joe%a.example (a
// route), joe%40a.example (a link), joe=40a.example (quoted-printable), joe?a.example (our Received field of
// such a HELO), a.example!joe (UUCP); its domain in letters of its language or as IDNA writes them.  As a
// part of a longer address or domain it is not found; but what most often separates an address from its
// text, as in /joe@a.example, does so here, too, though RFC 5322 lets it be a part of one.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gateway::journal {

class AddressInText {
 public:
  struct Found {  // the local part, with its quotation marks
    std::size_t begin = 0;
    std::size_t size = 0;
  };

  // The local part as it is meant, without quotation marks; the domain as IDNA writes it.  Neither is empty.
  AddressInText(std::string_view local, std::string_view domain);

  // The first one from there on.
  std::optional<Found> find(std::string_view text, std::size_t from) const;

 private:
  std::optional<Found> at(std::string_view text, std::size_t begin) const;
  bool is_domain_behind(std::string_view text, std::size_t begin, std::size_t end) const;
  bool is_domain_before(std::string_view text, std::size_t begin, std::size_t end) const;

  std::string local_;                 // in lower case
  std::vector<std::string> domains_;  // its spellings, likewise
};

}  // namespace gateway::journal
