// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "s2/gateway/internal/json/requests.h"
#include "s2/gateway/internal/json/value.h"
#include "s2/retry/error.h"
#include "s2/rpc/v1/account.pb.h"
#include "s2/rpc/v1/basin.pb.h"
#include "s2/tests/gateway/proto_text.h"

namespace s2::gateway {
namespace {

using ::testing::HasSubstr;

// A request, as protobuf and as S2 wants it.
struct GoldenRequest {
  const char* proto;
  const char* json;
};

template <typename Request>
void ExpectBodies(const std::vector<GoldenRequest>& goldens) {
  for (const GoldenRequest& golden : goldens) {
    const auto body = MakeBody(Proto<Request>(golden.proto));
    ASSERT_TRUE(body.ok()) << golden.proto << body.status();
    EXPECT_EQ(*body, golden.json) << golden.proto;
  }
}

template <typename Request>
void ExpectInvalid(const std::string& proto, const std::string& message) {
  const auto body = MakeBody(Proto<Request>(proto));
  EXPECT_EQ(GetErrorCode(body.status()), ErrorCode::kInvalid) << proto;
  EXPECT_THAT(body.status().message(), HasSubstr(message));
}

TEST(MakeBodyTest, CreateBasin) {
  ExpectBodies<rpc::v1::CreateBasinRequest>({
      {R"(basin: "basin-one" request_token: "goes in a header")", R"({"basin":"basin-one"})"},
      {R"(basin: "basin-one" location: "aws:us-east-1" config {})",
       R"({"basin":"basin-one","config":{},"location":"aws:us-east-1"})"},
      {R"(basin: "basin-one" config {
            default_stream_config { storage_class: "standard" retention_policy { age: 86400 } }
            stream_cipher: "aegis-256" create_stream_on_append: true create_stream_on_read: false
          })",
       R"({"basin":"basin-one","config":{"create_stream_on_append":true,)"
       R"("create_stream_on_read":false,"default_stream_config":{"retention_policy":)"
       R"({"age":86400},"storage_class":"standard"},"stream_cipher":"aegis-256"}})"},
  });
}

TEST(MakeBodyTest, EnsureBasin) {
  ExpectBodies<rpc::v1::EnsureBasinRequest>({
      {R"(basin: "basin-one")", ""},
      {R"(basin: "basin-one" config {})", R"({"config":{}})"},
      {R"(basin: "basin-one" location: "x" config { create_stream_on_read: true })",
       R"({"config":{"create_stream_on_read":true},"location":"x"})"},
  });
}

TEST(MakeBodyTest, CreateStream) {
  ExpectBodies<rpc::v1::CreateStreamRequest>({
      {R"(stream: "a/b \"c\" é" request_token: "t")", R"({"stream":"a/b \"c\" \u00e9"})"},
      {R"(stream: "s" config {})", R"({"config":{},"stream":"s"})"},
      {R"(stream: "s" config { retention_policy { infinite {} } })",
       R"({"config":{"retention_policy":{"infinite":{}}},"stream":"s"})"},
  });
}

TEST(MakeBodyTest, EnsureStreamIsTheConfigurationItself) {
  ExpectBodies<rpc::v1::EnsureStreamRequest>({
      {R"(stream: "s")", ""},
      {R"(stream: "s" config {})", "{}"},
      {R"(stream: "s" config { storage_class: "" })", R"({"storage_class":""})"},
      {R"(stream: "s" config { retention_policy {} })", "{}"},
      {R"(stream: "s" config { retention_policy { age: 18446744073709551615 } })",
       R"({"retention_policy":{"age":18446744073709551615}})"},
      {R"(stream: "s" config { timestamping {} })", R"({"timestamping":{}})"},
      {R"(stream: "s" config { timestamping { mode: TIMESTAMPING_MODE_CLIENT_PREFER } })",
       R"({"timestamping":{"mode":"client-prefer"}})"},
      {R"(stream: "s" config { timestamping { mode: TIMESTAMPING_MODE_CLIENT_REQUIRE } })",
       R"({"timestamping":{"mode":"client-require"}})"},
      {R"(stream: "s" config { timestamping { mode: TIMESTAMPING_MODE_ARRIVAL uncapped: false } })",
       R"({"timestamping":{"mode":"arrival","uncapped":false}})"},
      // To S2, an empty object would be an explicit 0.
      {R"(stream: "s" config { delete_on_empty {} })", "{}"},
      {R"(stream: "s" config { delete_on_empty { min_age_secs: 0 } })",
       R"({"delete_on_empty":{"min_age_secs":0}})"},
  });
}

TEST(MakeBodyTest, ATimestampingModeMustBeOne) {
  for (const char* mode : {"0", "9"}) {
    const std::string config =
        std::string("config { timestamping { mode: ") + mode + " } } update_mask {}";
    ExpectInvalid<rpc::v1::ReconfigureStreamRequest>(
        config, std::string("config: timestamping.mode is ") + mode);
  }
  ExpectInvalid<rpc::v1::CreateBasinRequest>(
      "config { default_stream_config { timestamping { mode: 0 } } }",
      "config: default_stream_config: timestamping.mode is 0; it must be");
}

TEST(MakeBodyTest, SetDefaultLocationIsAString) {
  ExpectBodies<rpc::v1::SetDefaultLocationRequest>({
      {R"(location: "aws:us-east-1")", R"("aws:us-east-1")"},
      {"", R"("")"},
  });
}

TEST(MakeBodyTest, IssueAccessToken) {
  ExpectBodies<rpc::v1::IssueAccessTokenRequest>({
      {"", R"({"auto_prefix_streams":false,"id":"","scope":{"ops":[]}})"},
      {R"(info { id: "t" expires_at { seconds: 1795575845 nanos: 500000000 }
                 auto_prefix_streams: true
                 scope { basins { exact: "" } streams { prefix: "a/" }
                         access_tokens { prefix: "" }
                         op_groups { account { read: true } basin {} }
                         ops: OPERATION_CHECK_TAIL ops: OPERATION_GET_DEFAULT_LOCATION } })",
       R"({"auto_prefix_streams":true,"expires_at":"2026-11-25T03:04:05.5+00:00","id":"t",)"
       R"("scope":{"access_tokens":{"prefix":""},"basins":{"exact":""},"op_groups":{"account":)"
       R"({"read":true,"write":false},"basin":{"read":false,"write":false}},)"
       R"("ops":["check-tail","get-default-location"],"streams":{"prefix":"a/"}}})"},
  });
}

TEST(MakeBodyTest, AnAccessTokenSaysOnlyWhatJsonCan) {
  using Request = rpc::v1::IssueAccessTokenRequest;
  ExpectInvalid<Request>("info { scope { basins {} } }", "info.scope.basins is empty; it must");
  ExpectInvalid<Request>("info { scope { streams {} } }", "info.scope.streams is empty");
  ExpectInvalid<Request>("info { scope { access_tokens {} } }",
                         "info.scope.access_tokens is empty");
  ExpectInvalid<Request>("info { scope { ops: 4 ops: 0 } }", "info.scope.ops[1] is 0; it must be");
  ExpectInvalid<Request>("info { scope { ops: 99 } }", "info.scope.ops[0] is 99");
  ExpectInvalid<Request>("info { expires_at { nanos: -1 } }", "info.expires_at is 0 s and -1 ns");
}

TEST(MakeHeaderTest, IsTheConfigurationInOneLine) {
  EXPECT_EQ(*MakeHeader(
                Proto<rpc::v1::StreamConfig>(R"(storage_class: "é" retention_policy { age: 77 })")),
            R"({"retention_policy":{"age":77},"storage_class":"\u00e9"})");
}

TEST(EnumTextTest, EveryOperationHasTheNameS2Gives) {
  const char* const kNames[] = {"list-basins",
                                "create-basin",
                                "delete-basin",
                                "reconfigure-basin",
                                "get-basin-config",
                                "issue-access-token",
                                "revoke-access-token",
                                "list-access-tokens",
                                "list-streams",
                                "create-stream",
                                "delete-stream",
                                "get-stream-config",
                                "reconfigure-stream",
                                "check-tail",
                                "append",
                                "read",
                                "trim",
                                "fence",
                                "account-metrics",
                                "basin-metrics",
                                "stream-metrics",
                                "list-locations",
                                "get-default-location",
                                "set-default-location"};
  int number = 0;
  for (const char* name : kNames) {
    const auto operation = static_cast<rpc::v1::Operation>(++number);
    EXPECT_EQ(EnumText(operation), name);
    EXPECT_EQ(EnumFromText<rpc::v1::Operation>(name), operation);
  }
  EXPECT_EQ(number, rpc::v1::Operation_MAX);
}

TEST(EnumTextTest, WhatIsNotKnownHasNoName) {
  EXPECT_EQ(EnumText(rpc::v1::OPERATION_UNSPECIFIED), "");
  EXPECT_EQ(EnumText(static_cast<rpc::v1::Operation>(99)), "");
  for (const char* name : {"", "unspecified", "Append", "check_tail", "brand-new"}) {
    EXPECT_EQ(EnumFromText<rpc::v1::Operation>(name), rpc::v1::OPERATION_UNSPECIFIED) << name;
  }
}

}  // namespace
}  // namespace s2::gateway
