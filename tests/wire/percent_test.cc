// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/wire/percent.h"

#include <gtest/gtest.h>

namespace s2 {
namespace {

TEST(PercentEncodeTest, LeavesOnlyUnreservedBytes) {
  EXPECT_EQ(PercentEncode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(PercentEncode("a/b+c %\xC3\xA9"), "a%2Fb%2Bc%20%25%C3%A9");
  EXPECT_EQ(PercentEncode(""), "");
}

TEST(PercentDecodeTest, DecodesEveryByte) {
  std::string text;
  for (int c = 0; c < 256; ++c) text.push_back(static_cast<char>(c));
  EXPECT_EQ(PercentDecode(PercentEncode(text)), text);
  EXPECT_EQ(PercentDecode("%c3%A9 as it is: +/"), "\xC3\xA9 as it is: +/");
}

TEST(PercentDecodeTest, RefusesWhatIsCutShortOrNotHexadecimal) {
  for (const char* text : {"%", "a%4", "%4", "%4g", "%g4", "%%20", "% 0"}) {
    EXPECT_EQ(PercentDecode(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace s2
