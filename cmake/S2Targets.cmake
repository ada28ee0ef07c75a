# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The s2-cpp authors

# Headers are spelled "s2/ROOM/FILE.h" everywhere; in the tree a link a room makes that true.
set(S2_INCLUDE_DIR ${CMAKE_CURRENT_BINARY_DIR}/include)
file(MAKE_DIRECTORY ${S2_INCLUDE_DIR}/s2)
foreach(room bench client connect emulator examples record retry session testing tests)
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR}/${room} ${S2_INCLUDE_DIR}/s2/${room} SYMBOLIC)
endforeach()

# Settings of our own targets; nothing here reaches a user's.
function(s2_configure target)
  set_target_properties(${target} PROPERTIES CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF)
  target_compile_features(${target} PUBLIC cxx_std_17)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wno-unused-parameter)
  if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
    target_compile_options(${target} PRIVATE -Wthread-safety)
  endif()
  if(S2_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  s2_sanitize(${target})
endfunction()

function(s2_sanitize target)
  if(S2_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${S2_SANITIZE} -fno-omit-frame-pointer -g)
    target_link_options(${target} PUBLIC -fsanitize=${S2_SANITIZE})
  endif()
endfunction()

# s2_library(NAME SOURCES... DEPS...): the library s2_NAME, known as s2::NAME.
function(s2_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPS")
  add_library(s2_${name} ${arg_SOURCES})
  add_library(s2::${name} ALIAS s2_${name})
  target_include_directories(s2_${name} PUBLIC $<BUILD_INTERFACE:${S2_INCLUDE_DIR}>)
  target_link_libraries(s2_${name} PUBLIC ${arg_DEPS})
  s2_configure(s2_${name})
endfunction()

# s2_executable(NAME SOURCES... DEPS...): a program.
function(s2_executable name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPS")
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_DEPS})
  s2_configure(${name})
endfunction()

# s2_test(NAME SOURCES... DEPS...): a GoogleTest program that ctest runs.
function(s2_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPS")
  s2_executable(${name} SOURCES ${arg_SOURCES} DEPS ${arg_DEPS} GTest::gmock_main)
  add_test(NAME ${name} COMMAND ${name})
endfunction()
