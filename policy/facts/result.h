#pragma once
// Result<T>: a value, or an Error that says in a sentence what is wrong and, where it can, what to do.

#include <boost/system/result.hpp>
#include <cerrno>
#include <stdexcept>
#include <string>
#include <utility>

namespace policy::inline facts {

class Error {
 public:
  Error() = default;
  explicit Error(std::string text, int system_code = 0) : text_(std::move(text)), system_code_(system_code) {}

  const std::string& text() const { return text_; }
  int system_code() const { return system_code_; }  // errno of the call that failed, or 0

 private:
  std::string text_;
  int system_code_ = 0;
};

[[noreturn]] inline void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw std::runtime_error(error.text());
}

template <class T>
using Result = boost::system::result<T, Error>;

}  // namespace policy::inline facts
