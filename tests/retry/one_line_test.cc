// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/retry/internal/one_line.h"

#include <gtest/gtest.h>

#include <string>

#include "s2/retry/error.h"
#include "s2/retry/grpc_status.h"

namespace s2::internal {
namespace {

TEST(OneLineTest, EscapesControlCharacters) {
  EXPECT_EQ(OneLine("plain text, \"quoted\", back\\slash"), "plain text, \"quoted\", back\\slash");
  EXPECT_EQ(OneLine("a\r\nb\tc"), "a\\r\\nb\\tc");
  EXPECT_EQ(OneLine(std::string("\0\x01\x1b[31m\x7f", 8)), "\\x00\\x01\\x1b[31m\\x7f");
}

TEST(OneLineTest, EscapesThoseOfUnicodeAndLeavesItsLetters) {
  EXPECT_EQ(OneLine("grün 日本 €"), "grün 日本 €");
  EXPECT_EQ(OneLine("\u0085\u009b"), "\\xc2\\x85\\xc2\\x9b");
  EXPECT_EQ(OneLine("\u00a0"), "\u00a0");
  EXPECT_EQ(OneLine("\u2028\u2029\u202e"), "\\xe2\\x80\\xa8\\xe2\\x80\\xa9\\xe2\\x80\\xae");
  EXPECT_EQ(OneLine("\u2066\u2069"), "\\xe2\\x81\\xa6\\xe2\\x81\\xa9");
  EXPECT_EQ(OneLine("\u2026"), "\u2026");
  EXPECT_EQ(OneLine("cut off: \xe2\x80"), "cut off: \xe2\x80");
}

TEST(OneLineTest, HoldsForAllThatAnErrorSays) {
  const std::string lines = "one\ntwo";
  rpc::v1::ErrorInfo info;
  info.set_message(lines);
  for (const absl::Status& error : {MakeError(ErrorCode::kInvalid, lines), MakeError(info, lines),
                                    WithErrorInfo(MakeError(ErrorCode::kInvalid, "x"), info),
                                    WithContext(absl::AbortedError("x"), lines),
                                    FromGrpc(grpc::Status(grpc::StatusCode::ABORTED, lines)),
                                    FromGrpc(ToGrpc(MakeError(info, lines)))}) {
    EXPECT_EQ(std::string(error.message()).find('\n'), std::string::npos) << error;
    EXPECT_EQ(GetErrorInfo(error).message().find('\n'), std::string::npos) << error;
  }
}

}  // namespace
}  // namespace s2::internal
