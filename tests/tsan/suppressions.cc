// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// What ThreadSanitizer cannot judge, because the machine's gRPC, Protobuf and Abseil are not built
// for it. Compiled in, so that a program run by hand reports the same as under ctest.
//
// Never suppress by a prefix like `race:grpc::`: it matches any frame of either stack, each
// reaction has one, and no race in a session would be reported. tests/tsan/planted_race.cc guards
// against that.
extern "C" const char* __tsan_default_suppressions() {
  return "called_from_lib:libgrpc.so.29\n"
         "called_from_lib:libgrpc++.so.1.51\n"
         "called_from_lib:libgpr.so.29\n"
         "called_from_lib:libprotobuf.so.32\n"
         "called_from_lib:libabsl_cord.so.20220623\n"
         "called_from_lib:libabsl_cord_internal.so.20220623\n"
         "called_from_lib:libabsl_cordz_info.so.20220623\n"
         "called_from_lib:libabsl_status.so.20220623\n"
         "called_from_lib:libabsl_statusor.so.20220623\n"
         "called_from_lib:libabsl_strings.so.20220623\n"
         // A Status drops its count there.
         "race:absl::*Status::Unref\n"
         // Abseil's allocator for its own locks.
         "race:DoAllocWithArena\n"
         // Inline gRPC code on buffers and counts whose other half is in the libraries.
         "race:ServerCallback*Impl::CallOnDone\n"
         "race:ServerCallback*Impl::~ServerCallback\n";
}
