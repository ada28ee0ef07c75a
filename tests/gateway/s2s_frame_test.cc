// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "s2/gateway/internal/s2s/frame.h"
#include "s2/retry/error.h"
#include "s2/tests/gateway/slices.h"

namespace s2::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A frame as S2 writes it.
std::string Raw(size_t length, int flags, absl::string_view body) {
  const char head[] = {static_cast<char>(length >> 16), static_cast<char>(length >> 8),
                       static_cast<char>(length), static_cast<char>(flags)};
  return std::string(head, 4) + std::string(body);
}
std::string Raw(int flags, absl::string_view body) { return Raw(1 + body.size(), flags, body); }

// The bodies of all frames in `text`, fed in pieces.
std::vector<std::string> Bodies(absl::string_view text, size_t piece) {
  std::vector<std::string> bodies;
  FrameParser parser;
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
    absl::Span<const uint8_t> data = Bytes(text.substr(0, piece));
    while (!data.empty()) {
      const auto frame = parser.Next(data);
      if (!frame.ok()) return {std::string(frame.status().message())};
      if (*frame) bodies.push_back(http2::Join({(*frame)->body}));
    }
  }
  EXPECT_EQ(parser.pending(), 0);
  return bodies;
}

absl::StatusOr<Frame> ParseOne(absl::string_view text) {
  FrameParser parser;
  absl::Span<const uint8_t> data = Bytes(text);
  auto frame = parser.Next(data);
  if (!frame.ok()) return frame.status();
  EXPECT_TRUE(frame->has_value());
  EXPECT_TRUE(data.empty());
  return **std::move(frame);
}

TEST(FrameParserTest, FramesMayBeSplitAnywhere) {
  const std::string large(70000, 'x');
  const std::string text = Raw(0, "one") + Raw(0, "") + Raw(0, large) + Raw(0, "four");
  for (const size_t piece : {size_t{1}, size_t{2}, size_t{3}, size_t{5}, size_t{8}, text.size()}) {
    EXPECT_THAT(Bodies(text, piece), ElementsAre("one", "", large, "four")) << piece;
  }
}

TEST(FrameParserTest, AFrameIsHandedOverBeforeTheBytesBehindIt) {
  FrameParser parser;
  const std::string text = Raw(0, "one") + Raw(0, "").substr(0, 1);
  absl::Span<const uint8_t> data = Bytes(text);
  EXPECT_TRUE(parser.Next(data)->has_value());
  EXPECT_EQ(data.size(), 1);
  EXPECT_FALSE(parser.Next(data)->has_value());
  EXPECT_EQ(parser.pending(), 1);
}

TEST(FrameParserTest, PendingCountsHeadAndBody) {
  FrameParser parser;
  const std::string text = Raw(0, "body");
  absl::Span<const uint8_t> data = Bytes(text).first(6);
  EXPECT_FALSE(parser.Next(data)->has_value());
  EXPECT_EQ(parser.pending(), 6);
  data = {};
  EXPECT_FALSE(parser.Next(data)->has_value());
  data = Bytes(text).subspan(6);
  EXPECT_TRUE(parser.Next(data)->has_value());
  EXPECT_EQ(parser.pending(), 0);
}

struct FlagsCase {
  int flags;
  bool terminal;
  bool reconnect_advised;
  http2::Coding coding;
};

TEST(FrameParserTest, FlagsAreReadAndReservedOnesIgnored) {
  const FlagsCase kCases[] = {
      {0x00, false, false, http2::Coding::kNone}, {0x20, false, false, http2::Coding::kZstd},
      {0x40, false, false, http2::Coding::kGzip}, {0x10, false, true, http2::Coding::kNone},
      {0x30, false, true, http2::Coding::kZstd},  {0x0f, false, false, http2::Coding::kNone},
      {0x80, true, false, http2::Coding::kNone},  {0xf0, true, false, http2::Coding::kNone},
  };
  for (const FlagsCase& c : kCases) {
    const auto frame = ParseOne(Raw(c.flags, "body"));
    ASSERT_TRUE(frame.ok()) << c.flags;
    EXPECT_EQ(frame->terminal, c.terminal) << c.flags;
    EXPECT_EQ(frame->reconnect_advised, c.reconnect_advised) << c.flags;
    EXPECT_EQ(frame->coding, c.coding) << c.flags;
    EXPECT_EQ(http2::Join({frame->body}), "body") << c.flags;
  }
}

TEST(FrameParserTest, WhatIsNoFrameIsAnErrorThatSaysWhatWasSeen) {
  const std::pair<std::string, const char*> kCases[] = {
      {Raw(0, 0, ""), "length is 0; it must be 1 to 2097152"},
      {Raw(kMaxFrameBytes + 1, 0, ""), "length is 2097153"},
      {"<!DOCTYPE html>", "length is 3940676"},
      {Raw(0x60, "x"), "flags are 0x60; compression 3 is not known"},
  };
  for (const auto& [text, message] : kCases) {
    FrameParser parser;
    absl::Span<const uint8_t> data = Bytes(text);
    const auto frame = parser.Next(data);
    EXPECT_EQ(GetErrorCode(frame.status()), ErrorCode::kInvalidAnswer);
    EXPECT_THAT(frame.status().message(), HasSubstr(message));
    EXPECT_FALSE(HasNoSideEffects(frame.status()));
    EXPECT_FALSE(IsRetryable(frame.status()));
  }
}

TEST(FrameParserTest, TheLargestFrameIsTaken) {
  const std::string body(kMaxFrameBodyBytes, 'x');
  EXPECT_THAT(Bodies(Raw(0, body), 16384), ElementsAre(body));
}

TEST(MakeFrameTest, TheBodyIsNotCopied) {
  const std::vector<grpc::Slice> body = MakeSlices(std::string(3000, 'x'), 1000);
  const auto frame = MakeFrame(body, http2::Coding::kNone);
  ASSERT_TRUE(frame.ok());
  ASSERT_EQ(frame->size(), 4);
  EXPECT_EQ(http2::Join({frame->at(0)}), Raw(3001, 0, ""));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(frame->at(i + 1).begin(), body[i].begin());
}

TEST(MakeFrameTest, TheSizeHasALimit) {
  EXPECT_TRUE(MakeFrame({grpc::Slice(kMaxFrameBodyBytes)}, http2::Coding::kNone).ok());
  for (const http2::Coding coding : {http2::Coding::kNone, http2::Coding::kZstd}) {
    const auto frame = MakeFrame({grpc::Slice(kMaxFrameBodyBytes), grpc::Slice(1)}, coding);
    EXPECT_EQ(GetErrorCode(frame.status()), ErrorCode::kInvalid);
    EXPECT_THAT(frame.status().message(), HasSubstr("2097152 bytes; the most"));
  }
}

TEST(MakeFrameTest, AnEncodedFrameIsReadBack) {
  const std::string text(5000, 'x');
  for (const http2::Coding coding :
       {http2::Coding::kNone, http2::Coding::kZstd, http2::Coding::kGzip}) {
    const auto slices = MakeFrame(MakeSlices(text, 1000), coding);
    ASSERT_TRUE(slices.ok());
    const auto frame = ParseOne(http2::Join(*slices));
    ASSERT_TRUE(frame.ok());
    EXPECT_EQ(frame->coding, coding);
    const auto body = DecodeBody(*frame);
    ASSERT_TRUE(body.ok());
    EXPECT_EQ(http2::Join(*body), text);
  }
}

TEST(MakeFrameTest, ASmallBodyIsNotEncoded) {
  const auto frame = MakeFrame({MakeSlice(std::string(1023, 'x'))}, http2::Coding::kGzip);
  EXPECT_EQ(http2::Join({frame->at(0)}), Raw(1024, 0, ""));
}

TEST(DecodeBodyTest, AFrameThatDecodesToMoreThanAFrameIsAnError) {
  const http2::CodedBody bomb =
      http2::Encode({MakeSlice(std::string(kMaxFrameBytes, 'x'))}, http2::Coding::kGzip);
  Frame frame;
  frame.coding = bomb.coding;
  frame.body = bomb.slices[0];
  EXPECT_EQ(GetErrorCode(DecodeBody(frame).status()), ErrorCode::kInvalidAnswer);
}

}  // namespace
}  // namespace s2::gateway
