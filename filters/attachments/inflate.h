#pragma once
// Deflated data, unpacked within a bound.  The only place that knows zlib.  RFC 1951, 1952

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace filters::attachments {

class Inflater {
 public:
  enum class Wrapping { none, gzip };
  enum class End { stream, bound, broken };  // why no more came; broken: ends too early, or is no such data

  Inflater();
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // The first `most` octets of what is packed; all that can be had of broken data.
  End unpack(std::string_view packed, Wrapping wrapping, std::uint64_t most, std::string& out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace filters::attachments
