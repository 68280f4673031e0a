#include "filters/attachments/inflate.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

namespace filters::attachments {

struct Inflater::State {
  z_stream stream{};
  State() {
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
  }
  ~State() { inflateEnd(&stream); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

Inflater::Inflater() = default;
Inflater::~Inflater() = default;

Inflater::End Inflater::unpack(std::string_view packed, Wrapping wrapping, std::uint64_t most,
                               std::string& out) {
  constexpr std::uint64_t kStep = 64 * 1024;
  if (!state_) state_ = std::make_unique<State>();
  z_stream& stream = state_->stream;
  if (inflateReset2(&stream, wrapping == Wrapping::gzip ? MAX_WBITS + 16 : -MAX_WBITS) != Z_OK)
    return End::broken;
  packed = packed.substr(0, std::numeric_limits<uInt>::max());                  // no message is that long
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));  // zlib only reads it
  stream.avail_in = static_cast<uInt>(packed.size());
  for (;;) {
    const std::size_t have = out.size();
    const auto step =
        static_cast<std::size_t>(std::min<std::uint64_t>(most - std::min<std::uint64_t>(most, have), kStep));
    if (step == 0) return End::bound;
    out.resize(have + step);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + have);
    stream.avail_out = static_cast<uInt>(step);
    const int status = inflate(&stream, Z_NO_FLUSH);
    out.resize(have + step - stream.avail_out);
    if (status == Z_STREAM_END) return End::stream;
    if (status != Z_OK || (stream.avail_in == 0 && stream.avail_out != 0)) return End::broken;
  }
}

}  // namespace filters::attachments
