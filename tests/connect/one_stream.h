// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_CONNECT_ONE_STREAM_H_
#define S2_TESTS_CONNECT_ONE_STREAM_H_

#include "s2/record/record.h"
#include "s2/v1/s2.pb.h"

namespace s2 {

// The basin of tests that need one, and a batch for its stream.
inline constexpr char kBasin[] = "basin-one";
inline v1::AppendInput OneRecord() { return MakeInput({MakeRecord("x")}); }

}  // namespace s2

#endif  // S2_TESTS_CONNECT_ONE_STREAM_H_
