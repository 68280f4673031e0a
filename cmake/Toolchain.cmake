# Compiler settings shared by every target: C++20, warnings as errors, sanitizers by preset, ccache.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_FLAGS_DEV "-O1 -g1" CACHE STRING "" FORCE)
set(CMAKE_C_FLAGS_DEV "-O1 -g1" CACHE STRING "" FORCE)
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG" CACHE STRING "" FORCE)

# The dependencies that the compiler writes spare ccache a run of the preprocessor.
find_program(POSTERN_CCACHE ccache)
if(POSTERN_CCACHE)
  set(launcher "${CMAKE_COMMAND}" -E env CCACHE_DEPEND=1 CCACHE_SLOPPINESS=pch_defines,time_macros "${POSTERN_CCACHE}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${launcher}")
  set(CMAKE_C_COMPILER_LAUNCHER "${launcher}")
endif()

# The release is laid out by what bench/train has seen it do.  docs/decisions/0009-the-release-is-trained.md
set(counts "${CMAKE_SOURCE_DIR}/cmake/release.profdata")
set(profile "off")
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION MATCHES "^16\\."
   AND EXISTS "${counts}")
  set(profile "use")  # no other compiler reads it
endif()
set(POSTERN_PROFILE "${profile}" CACHE STRING "off, use (cmake/release.profdata), or make (bench/train does)")
set_property(CACHE POSTERN_PROFILE PROPERTY STRINGS off use make)

add_library(postern_toolchain INTERFACE)
if(NOT POSTERN_PROFILE STREQUAL "off")
  # Counts of what has no name outside its file stand under the file's path: under the one within the sources.
  string(REGEX MATCHALL "/" levels "${CMAKE_SOURCE_DIR}/")
  list(LENGTH levels levels)
  target_compile_options(postern_toolchain INTERFACE "SHELL:-mllvm -static-func-strip-dirname-prefix=${levels}")
endif()
if(POSTERN_PROFILE STREQUAL "use")
  # Ninja sees that a command has changed, not that a profile has: its name says what is in it.
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${counts}")
  file(MD5 "${counts}" hash)
  set(named "${CMAKE_BINARY_DIR}/release-${hash}.profdata")
  file(COPY_FILE "${counts}" "${named}" ONLY_IF_DIFFERENT)
  # A function that has changed since is built without: that is no reason to warn.
  target_compile_options(postern_toolchain INTERFACE "-fprofile-use=${named}" -Wno-backend-plugin)
elseif(POSTERN_PROFILE STREQUAL "make")
  target_compile_options(postern_toolchain INTERFACE -fprofile-generate -fprofile-update=atomic)
  target_link_options(postern_toolchain INTERFACE -fprofile-generate)
endif()
target_compile_options(postern_toolchain INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
  -Woverloaded-virtual -Wimplicit-fallthrough -Wextra-semi -Wno-missing-field-initializers -Werror -fno-omit-frame-pointer
  -fstack-protector-strong)
target_compile_definitions(postern_toolchain INTERFACE $<$<CONFIG:Dev>:_GLIBCXX_ASSERTIONS>
  $<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)

# What nearly every file includes of the libraries is read once: that is half of the time a build takes.  The release
# is built without it, so that no file lacks an include of its own for long.
set(precompiled "ON")
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  set(precompiled "OFF")
endif()
option(POSTERN_PRECOMPILED "read the headers of libraries once for each target" "${precompiled}")
set(POSTERN_STANDARD_HEADERS <algorithm> <array> <chrono> <functional> <map> <memory> <optional> <set> <span> <string> <string_view>
  <utility> <variant> <vector> <fmt/format.h> <boost/system/result.hpp>)
set(POSTERN_GATEWAY_HEADERS ${POSTERN_STANDARD_HEADERS} <boost/asio/any_io_executor.hpp> <boost/asio/awaitable.hpp>
  <boost/asio/co_spawn.hpp> <boost/asio/io_context.hpp> <boost/asio/post.hpp> <boost/asio/steady_timer.hpp>
  <boost/asio/use_awaitable.hpp> <spdlog/spdlog.h>)
function(postern_precompile target)
  if(NOT POSTERN_PRECOMPILED)
    return()
  endif()
  target_precompile_headers(${target} PRIVATE ${ARGN})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")  # ccache goes by the content
  endif()
endfunction()

find_program(POSTERN_LLD NAMES ld.lld-16)
if(POSTERN_LLD AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_link_options(postern_toolchain INTERFACE -fuse-ld=lld)
  if(POSTERN_PROFILE STREQUAL "use")
    target_link_options(postern_toolchain INTERFACE -Wl,-z,keep-text-section-prefix)  # what is called often stands together
  endif()
endif()
target_link_options(postern_toolchain INTERFACE -Wl,-z,relro,-z,now)

if(POSTERN_SANITIZE STREQUAL "fuzzer")
  target_compile_options(postern_toolchain INTERFACE -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-sanitize=vptr,function)
  target_link_options(postern_toolchain INTERFACE -fsanitize=address,undefined -fno-sanitize=vptr,function)
elseif(POSTERN_SANITIZE STREQUAL "undefined")
  target_compile_options(postern_toolchain INTERFACE -fsanitize=undefined -fno-sanitize-recover=all -fno-sanitize=vptr,function)
  target_link_options(postern_toolchain INTERFACE -fsanitize=undefined -fno-sanitize=vptr,function)
elseif(POSTERN_SANITIZE)
  target_compile_options(postern_toolchain INTERFACE -fsanitize=${POSTERN_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(postern_toolchain INTERFACE -fsanitize=${POSTERN_SANITIZE})
endif()
