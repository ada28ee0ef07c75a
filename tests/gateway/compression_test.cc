// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/http2/compression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "s2/retry/error.h"
#include "s2/tests/gateway/slices.h"

namespace s2::gateway {
namespace {

using ::testing::HasSubstr;

constexpr size_t kLimit = 1 << 20;

// Text that compresses, but not to nothing.
std::string SomeText(size_t size) {
  std::minstd_rand random(7);
  std::string text;
  while (text.size() < size) text += std::to_string(random() % 1000);
  text.resize(size);
  return text;
}

std::string Noise(size_t size) {
  std::mt19937 random(7);
  std::string text(size, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

class CodingTest : public ::testing::TestWithParam<http2::Coding> {
 protected:
  static std::string EncodeText(const std::string& text) {
    const http2::CodedBody coded = http2::Encode(MakeSlices(text, 1000), GetParam());
    EXPECT_EQ(coded.coding, GetParam());
    return http2::Join(coded.slices);
  }
  static absl::StatusOr<std::string> DecodeText(absl::string_view coded, size_t piece,
                                                size_t limit = kLimit) {
    const auto slices = http2::Decode(MakeSlices(coded, piece), GetParam(), limit);
    if (!slices.ok()) return slices.status();
    return http2::Join(*slices);
  }
  static void ExpectMalformed(absl::string_view coded) {
    const auto decoded = DecodeText(coded, 100);
    EXPECT_EQ(GetErrorCode(decoded.status()), ErrorCode::kInvalidAnswer);
    EXPECT_THAT(decoded.status().message(), HasSubstr(http2::CodingName(GetParam())));
    EXPECT_FALSE(HasNoSideEffects(decoded.status()));
  }
};

TEST_P(CodingTest, WhatIsEncodedIsDecodedWhateverThePieces) {
  for (const size_t size : {1024, 5000, 100000, 1 << 20}) {
    const std::string text = SomeText(size);
    const std::string coded = EncodeText(text);
    EXPECT_LT(coded.size(), text.size());
    for (const size_t piece : {size_t{7}, size_t{1000}, coded.size()}) {
      const auto decoded = DecodeText(coded, piece);
      ASSERT_TRUE(decoded.ok()) << decoded.status();
      EXPECT_EQ(*decoded, text) << size << " " << piece;
    }
  }
}

TEST_P(CodingTest, SmallAndIncompressibleBodiesStayAsTheyAre) {
  for (const std::string& text : {std::string(1023, 'x'), Noise(5000)}) {
    const std::vector<grpc::Slice> body = MakeSlices(text, 1000);
    const http2::CodedBody coded = http2::Encode(body, GetParam());
    EXPECT_EQ(coded.coding, http2::Coding::kNone);
    ASSERT_EQ(coded.slices.size(), body.size());
    EXPECT_EQ(coded.slices[0].begin(), body[0].begin());
  }
}

TEST_P(CodingTest, TheLimitIsExact) {
  const std::string text = SomeText(10000);
  const std::string coded = EncodeText(text);
  EXPECT_TRUE(DecodeText(coded, coded.size(), 10000).ok());
  const auto decoded = DecodeText(coded, coded.size(), 9999);
  EXPECT_EQ(GetErrorCode(decoded.status()), ErrorCode::kInvalidAnswer);
  EXPECT_THAT(decoded.status().message(), HasSubstr("more than 9999 bytes"));
}

TEST_P(CodingTest, ABombIsAnError) {
  const std::string coded = EncodeText(std::string(16 << 20, 'x'));
  ASSERT_LT(coded.size(), 100000);
  EXPECT_EQ(GetErrorCode(DecodeText(coded, coded.size()).status()), ErrorCode::kInvalidAnswer);
  EXPECT_EQ(GetErrorCode(DecodeText(coded, coded.size(), 0).status()), ErrorCode::kInvalidAnswer);
}

TEST_P(CodingTest, EveryPrefixIsCutShort) {
  const std::string coded = EncodeText(SomeText(1500));
  for (size_t size = 0; size < coded.size(); ++size) {
    SCOPED_TRACE(size);
    ExpectMalformed(absl::string_view(coded).substr(0, size));
  }
}

TEST_P(CodingTest, GarbageIsMalformed) {
  ExpectMalformed(Noise(2000));
  ExpectMalformed("<html>not compressed</html>");
  ExpectMalformed(EncodeText(SomeText(1500)) + "more");
}

TEST_P(CodingTest, EmptySlicesChangeNothing) {
  std::vector<grpc::Slice> slices = MakeSlices(EncodeText(SomeText(2000)), 100);
  slices.insert(slices.begin() + 1, grpc::Slice());
  slices.emplace_back();
  const auto decoded = http2::Decode(slices, GetParam(), kLimit);
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(http2::Join(*decoded), SomeText(2000));
}

INSTANTIATE_TEST_SUITE_P(All, CodingTest,
                         ::testing::Values(http2::Coding::kGzip, http2::Coding::kZstd),
                         [](const auto& info) {
                           return std::string(http2::CodingName(info.param));
                         });

TEST(CompressionTest, WithoutACodingNothingIsCopied) {
  const std::vector<grpc::Slice> body = MakeSlices(SomeText(3000), 1000);
  const http2::CodedBody coded = http2::Encode(body, http2::Coding::kNone);
  EXPECT_EQ(coded.coding, http2::Coding::kNone);
  const auto decoded = http2::Decode(coded.slices, http2::Coding::kNone, 3000);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->at(2).begin(), body[2].begin());
  EXPECT_EQ(GetErrorCode(http2::Decode(coded.slices, http2::Coding::kNone, 2999).status()),
            ErrorCode::kInvalidAnswer);
}

// A window of 1 GiB, in a frame of 9 bytes.
TEST(CompressionTest, AZstdBodyCannotAskForMuchMemory) {
  const std::string coded("\x28\xb5\x2f\xfd\x00\xa0\x01\x00\x00", 9);
  const auto decoded = http2::Decode(MakeSlices(coded, 9), http2::Coding::kZstd, kLimit);
  EXPECT_EQ(GetErrorCode(decoded.status()), ErrorCode::kInvalidAnswer);
  EXPECT_THAT(decoded.status().message(), HasSubstr("memory"));
}

TEST(CompressionTest, CodingsHaveNames) {
  EXPECT_EQ(http2::FindCoding("gzip"), http2::Coding::kGzip);
  EXPECT_EQ(http2::FindCoding("ZSTD"), http2::Coding::kZstd);
  EXPECT_EQ(http2::FindCoding(""), http2::Coding::kNone);
  EXPECT_EQ(http2::FindCoding("identity"), http2::Coding::kNone);
  EXPECT_EQ(http2::FindCoding("br"), std::nullopt);
}

}  // namespace
}  // namespace s2::gateway
