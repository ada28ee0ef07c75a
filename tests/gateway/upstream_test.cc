// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/upstream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "s2/retry/error.h"

namespace s2::gateway {
namespace {

using ::testing::HasSubstr;

TEST(UpstreamTest, IsAUrl) {
  const GatewayOptions options = *ParseUpstream("http://localhost:8080");
  EXPECT_EQ(options.account_endpoint, "http://localhost:8080");
  EXPECT_EQ(options.basin_endpoint, "");
  EXPECT_EQ(options.roots_file, "");
  EXPECT_EQ(options.compression, GatewayCompression::kNone);
}

TEST(UpstreamTest, HasOptions) {
  const GatewayOptions options =
      *ParseUpstream("https://a.s2.dev?basin={basin}.b.s2.dev:1&compression=zstd&roots=/a%26b.pem");
  EXPECT_EQ(options.account_endpoint, "https://a.s2.dev");
  EXPECT_EQ(options.basin_endpoint, "https://{basin}.b.s2.dev:1");
  EXPECT_EQ(options.roots_file, "/a&b.pem");
  EXPECT_EQ(options.compression, GatewayCompression::kZstd);
  EXPECT_EQ(ParseUpstream("http://a?basin=b")->basin_endpoint, "http://b");
  EXPECT_EQ(ParseUpstream("http://a?compression=gzip")->compression, GatewayCompression::kGzip);
  EXPECT_EQ(ParseUpstream("http://a?compression=none")->compression, GatewayCompression::kNone);
}

TEST(UpstreamTest, AnErrorSaysWhatWasExpected) {
  const std::pair<const char*, const char*> kCases[] = {
      {"", "found nothing"},
      {"localhost:8080", "expected \"http://HOST[:PORT]\""},
      {"grpc://localhost", "expected \"http://HOST[:PORT]\""},
      {"http://a?", "expected options basin=HOST, compression=CODING, roots=FILE, each once"},
      {"http://a?root=x", "found \"root=x\""},
      {"http://a?roots=x&roots=y", "found \"roots=y\""},
      {"http://a?compression=br", "expected none, gzip or zstd"},
      {"http://a?basin=a/b", "the option basin"},
      {"http://a?roots=%0", "two hexadecimal digits"},
  };
  for (const auto& [text, error] : kCases) {
    const absl::Status status = ParseUpstream(text).status();
    EXPECT_EQ(GetErrorCode(status), ErrorCode::kInvalid) << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr(error)) << text;
  }
}

}  // namespace
}  // namespace s2::gateway
