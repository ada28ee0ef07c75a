// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/record/utf8.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace s2 {
namespace {

// The encoding of any number below 2^21, well formed or not.
std::string Encode(uint32_t c, int length) {
  switch (length) {
    case 1:
      return {static_cast<char>(c)};
    case 2:
      return {static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 0x3F))};
    case 3:
      return {static_cast<char>(0xE0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3F)),
              static_cast<char>(0x80 | (c & 0x3F))};
    default:
      return {static_cast<char>(0xF0 | c >> 18), static_cast<char>(0x80 | (c >> 12 & 0x3F)),
              static_cast<char>(0x80 | (c >> 6 & 0x3F)), static_cast<char>(0x80 | (c & 0x3F))};
  }
}

int ShortestLength(uint32_t c) { return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4; }

TEST(Utf8Test, EveryCharacterIsWellFormedInItsShortestFormOnly) {
  for (uint32_t c = 0; c <= 0x10FFFF; ++c) {
    const bool surrogate = c >= 0xD800 && c <= 0xDFFF;
    const int shortest = ShortestLength(c);
    ASSERT_EQ(IsUtf8(Encode(c, shortest)), !surrogate) << std::hex << c;
    for (int length = shortest + 1; length <= 4; ++length) {
      ASSERT_FALSE(IsUtf8(Encode(c, length))) << std::hex << c << " in " << length;
    }
  }
}

TEST(Utf8Test, NothingAboveTheLastCharacterIsWellFormed) {
  for (uint32_t c = 0x110000; c < 0x200000; ++c) {
    ASSERT_FALSE(IsUtf8(Encode(c, 4))) << std::hex << c;
  }
}

TEST(Utf8Test, NoByteFrom80ToC1NorFromF5CanLead) {
  for (int lead = 0x80; lead <= 0xFF; ++lead) {
    const bool can_lead = lead >= 0xC2 && lead <= 0xF4;
    const int length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    // 0x90 may follow each lead but F4, whose highest follower is 0x8F, and 0x80 each but E0 and
    // F0.
    bool any = false;
    for (char second : {'\x80', '\x90', '\xA0'}) {
      std::string text = {static_cast<char>(lead), second};
      text.resize(length, '\x80');
      any = any || IsUtf8(text);
    }
    EXPECT_EQ(any, can_lead) << std::hex << lead;
  }
}

TEST(Utf8Test, ACharacterThatIsCutShortIsNotWellFormed) {
  for (uint32_t c : {0x80u, 0x7FFu, 0x800u, 0xFFFDu, 0x10000u, 0x10FFFFu}) {
    const std::string whole = Encode(c, ShortestLength(c));
    for (size_t n = 1; n < whole.size(); ++n) {
      EXPECT_FALSE(IsUtf8(whole.substr(0, n))) << std::hex << c << " cut to " << n;
      EXPECT_FALSE(IsUtf8(whole.substr(0, n) + "a")) << std::hex << c << " cut to " << n;
    }
  }
}

TEST(Utf8Test, OneBadByteSpoilsALongText) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80";
  EXPECT_TRUE(IsUtf8(text));
  EXPECT_FALSE(IsUtf8(text + "\x80"));
  EXPECT_FALSE(IsUtf8("\x80" + text));
  text[5000] = '\xFF';
  EXPECT_FALSE(IsUtf8(text));
}

TEST(Utf8Test, TheEmptyTextAndNulAreWellFormed) {
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8(absl::string_view("\0", 1)));
}

}  // namespace
}  // namespace s2
