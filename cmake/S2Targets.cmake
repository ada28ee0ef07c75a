# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The s2-cpp authors

# Headers are spelled "s2/ROOM/FILE.h" everywhere; in the tree a link a room makes that true.
set(S2_INCLUDE_DIR ${CMAKE_CURRENT_BINARY_DIR}/include)
file(MAKE_DIRECTORY ${S2_INCLUDE_DIR}/s2)
foreach(room bench client connect emulator endpoint examples gateway message program record retry server session testing tests wire)
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR}/${room} ${S2_INCLUDE_DIR}/s2/${room} SYMBOLIC)
endforeach()

# s2_configure(TARGET [PRECOMPILED]): settings of our own targets, none of which reaches a user's. PRECOMPILED: what
# S2Precompiled has for it, library, program or test.
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
  if(S2_PRECOMPILE_HEADERS AND ARGN)
    target_precompile_headers(${target} REUSE_FROM s2_precompiled_${ARGN})
    # What is precompiled includes messages, and is for threads; the target itself may know of neither.
    target_include_directories(${target} SYSTEM PRIVATE $<TARGET_PROPERTY:s2_sdk_proto,INTERFACE_INCLUDE_DIRECTORIES>)
    target_compile_options(${target} PRIVATE -pthread)
  endif()
endfunction()

function(s2_sanitize target)
  if(S2_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${S2_SANITIZE} -fno-sanitize-recover=all
                                             -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=${S2_SANITIZE})
  endif()
endfunction()

# ThreadSanitizer understands absl::Mutex only when Abseil is built for it, and gRPC's callbacks only with the help of
# tests/tsan/. Linked into each program, both stand in for the shared libraries' own.
set(S2_TSAN_ABSL "" CACHE PATH "Abseil's archives, built for ThreadSanitizer (script/tsan-abseil)")
if(S2_SANITIZE STREQUAL thread)
  if(NOT EXISTS ${S2_TSAN_ABSL}/libabsl_synchronization.a)
    message(FATAL_ERROR "S2_SANITIZE=thread needs -DS2_TSAN_ABSL=$(script/tsan-abseil)")
  endif()
  add_library(s2_tsan OBJECT tests/tsan/handoff.cc tests/tsan/suppressions.cc)
  target_compile_features(s2_tsan PRIVATE cxx_std_17)
  set(archives synchronization graphcycles_internal malloc_internal base spinlock_wait)
  list(TRANSFORM archives REPLACE "(.+)" "${S2_TSAN_ABSL}/libabsl_\\1.a")
  list(JOIN archives "," archives)
  target_link_options(s2_tsan INTERFACE LINKER:--whole-archive,${archives},--no-whole-archive)
  target_link_libraries(
    s2_tsan
    INTERFACE absl::raw_logging_internal absl::stacktrace absl::strings absl::symbolize absl::time Threads::Threads
              ${CMAKE_DL_LIBS})
endif()

# Static libraries too go into shared ones, such as a plug-in, unless CMAKE_POSITION_INDEPENDENT_CODE says otherwise.
function(s2_position_independent target)
  if(NOT DEFINED CMAKE_POSITION_INDEPENDENT_CODE)
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  endif()
endfunction()

# A shared library shows what is s2's, and nothing else: no instantiations of other libraries' templates.
function(s2_shared target)
  set_target_properties(
    ${target} PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
                         LINK_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/s2_sdk.map)
  get_target_property(type ${target} TYPE)
  if(type STREQUAL SHARED_LIBRARY)
    target_link_options(${target} PRIVATE LINKER:--version-script=${PROJECT_SOURCE_DIR}/cmake/s2_sdk.map)
  endif()
endfunction()

# s2_library(NAME [PLAIN] SOURCES... DEPS...): the library s2_sdk_NAME, known as s2-sdk::NAME. PLAIN: it has nothing of
# Protobuf or gRPC under it, and so no use for precompiled headers.
function(s2_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "PLAIN" "" "SOURCES;DEPS")
  add_library(s2_sdk_${name} ${arg_SOURCES})
  add_library(s2-sdk::${name} ALIAS s2_sdk_${name})
  target_include_directories(s2_sdk_${name} PUBLIC $<BUILD_INTERFACE:${S2_INCLUDE_DIR}>)
  s2_shared(s2_sdk_${name})
  s2_position_independent(s2_sdk_${name})
  target_link_libraries(s2_sdk_${name} PUBLIC ${arg_DEPS})
  if(arg_PLAIN)
    s2_configure(s2_sdk_${name})
  else()
    s2_configure(s2_sdk_${name} library)
  endif()
endfunction()

# s2_executable(NAME SOURCES... DEPS... [PRECOMPILED ...]): a program.
function(s2_executable name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "PRECOMPILED" "SOURCES;DEPS")
  if(NOT arg_PRECOMPILED)
    set(arg_PRECOMPILED program)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_DEPS} Threads::Threads $<TARGET_NAME_IF_EXISTS:s2_tsan>)
  s2_configure(${name} ${arg_PRECOMPILED})
endfunction()

# s2_test(NAME SOURCES... DEPS... [ONLY CONFIGURATION]): a GoogleTest program that ctest runs; with ONLY, ctest -C
# CONFIGURATION alone.
function(s2_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "ONLY" "SOURCES;DEPS")
  s2_executable(${name} SOURCES ${arg_SOURCES} DEPS ${arg_DEPS} GTest::gmock_main PRECOMPILED test)
  add_test(NAME ${name} COMMAND ${name} CONFIGURATIONS ${arg_ONLY})
  set_tests_properties(${name} PROPERTIES TIMEOUT 300)
endfunction()
