# Compiler and linker settings that hold for every target.

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Paths below the checkout count as relative: one checkout compiles what another one has compiled already.
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE_PROGRAM})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM AND NOT FOZ_FUZZ)
  add_link_options(-fuse-ld=mold)
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align -Wunused
                    -Wimplicit-fallthrough -Werror)
# Harmless to a caller who writes only the members that matter: `Error{.message = ...}`.
add_compile_options(-Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_BUILD_TYPE STREQUAL "Release")
  # gcc 12 imagines overlaps in std::string (PR 105651) and uninitialised members in std::variant at -O2.
  add_compile_options(-Wno-restrict -Wno-maybe-uninitialized)
endif()
add_compile_options(-fstack-protector-strong -fno-omit-frame-pointer)
add_compile_definitions(BOOST_ASIO_NO_DEPRECATED BOOST_ERROR_CODE_HEADER_ONLY)
add_link_options(-Wl,-z,relro,-z,now)

if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  add_compile_options(-Og -g)
else()
  add_compile_definitions(_FORTIFY_SOURCE=2)
endif()

if(FOZ_SANITIZE)
  add_compile_options(-fsanitize=${FOZ_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${FOZ_SANITIZE})
endif()
if(FOZ_SANITIZE STREQUAL "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-Wno-tsan)  # gcc 12 warns of the fences inside Asio, which the sanitizer cannot see through
endif()

if(FOZ_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
