# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The s2-cpp authors

# Half of the time that our sources take to compile goes into a few headers of other libraries. With
# S2_PRECOMPILE_HEADERS these are compiled three times: for libraries, whose code is position independent, for tests, and
# for the other programs. No header of ours is among them, so a change of one recompiles no more than it must. A source
# still includes all that it needs: script/test-packages builds without this.
option(S2_PRECOMPILE_HEADERS "Compile faster, by precompiled headers (for those who work on s2-cpp itself)" OFF)

set(headers
    algorithm
    atomic
    deque
    functional
    iostream
    map
    memory
    optional
    string
    thread
    utility
    vector
    absl/base/thread_annotations.h
    absl/functional/any_invocable.h
    absl/status/status.h
    absl/status/statusor.h
    absl/strings/match.h
    absl/strings/str_cat.h
    absl/strings/string_view.h
    absl/synchronization/mutex.h
    absl/synchronization/notification.h
    absl/time/clock.h
    absl/time/time.h
    absl/types/span.h
    s2/rpc/v1/account.pb.h
    s2/rpc/v1/basin.pb.h
    s2/rpc/v1/stream.pb.h
    s2/v1/s2.pb.h)

# s2_precompiled(NAME HEADER...): precompiles the headers for s2_configure(... NAME).
function(s2_precompiled name)
  set(target s2_precompiled_${name})
  set(empty ${CMAKE_CURRENT_BINARY_DIR}/precompiled.cc)
  file(TOUCH ${empty})
  add_library(${target} OBJECT ${empty})
  s2_configure(${target})
  target_link_libraries(${target} PRIVATE s2-sdk::rpc)
  list(TRANSFORM ARGN REPLACE "(.+)" "<\\1>")
  target_precompile_headers(${target} PRIVATE ${ARGN})
  if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
    # ccache takes two for the same only without the time in them.
    target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  endif()
endfunction()

if(S2_PRECOMPILE_HEADERS)
  s2_precompiled(library ${headers} grpcpp/grpcpp.h)
  s2_position_independent(s2_precompiled_library)
  s2_precompiled(program ${headers})
  if(S2_BUILD_TESTS)
    s2_precompiled(test ${headers} gmock/gmock.h gtest/gtest.h)
    target_link_libraries(s2_precompiled_test PRIVATE GTest::gmock)
  endif()
endif()
