# Compiler settings shared by every target: C++20, warnings as errors, sanitizers by preset, ccache.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_FLAGS_DEV "-O1 -g1" CACHE STRING "" FORCE)
set(CMAKE_C_FLAGS_DEV "-O1 -g1" CACHE STRING "" FORCE)
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG" CACHE STRING "" FORCE)

find_program(POSTERN_CCACHE ccache)
if(POSTERN_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${POSTERN_CCACHE}")
  set(CMAKE_C_COMPILER_LAUNCHER "${POSTERN_CCACHE}")
endif()

add_library(postern_toolchain INTERFACE)
target_compile_options(postern_toolchain INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
  -Woverloaded-virtual -Wimplicit-fallthrough -Wextra-semi -Wno-missing-field-initializers -Werror -fno-omit-frame-pointer
  -fstack-protector-strong)
target_compile_definitions(postern_toolchain INTERFACE $<$<CONFIG:Dev>:_GLIBCXX_ASSERTIONS>
  $<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)
find_program(POSTERN_LLD NAMES ld.lld-16)
if(POSTERN_LLD AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_link_options(postern_toolchain INTERFACE -fuse-ld=lld)
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
