// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "s2/gateway/internal/json/answers.h"
#include "s2/gateway/internal/json/value.h"
#include "s2/retry/error.h"
#include "s2/rpc/v1/account.pb.h"
#include "s2/rpc/v1/basin.pb.h"
#include "s2/rpc/v1/stream.pb.h"
#include "s2/tests/gateway/proto_text.h"

namespace s2::gateway {
namespace {

using ::testing::HasSubstr;

// An answer as S2 writes it, and what it says.
struct GoldenAnswer {
  std::string name;
  std::string json;
  std::string proto;
  std::function<absl::StatusOr<std::string>(const std::string&)> read;  // to protobuf's text
  // Members that must be there, of an answer that has each once at the most.
  std::vector<std::string> required;
};

template <typename Answer>
absl::StatusOr<std::string> ReadText(const std::string& json) {
  Answer answer;
  if (absl::Status s = ReadAnswer(json, answer); !s.ok()) return s;
  return ShortText(answer);
}

template <typename Answer>
GoldenAnswer Make(const std::string& name, const std::string& json, const std::string& proto,
                  std::vector<std::string> required) {
  return {name, json, ShortText(Proto<Answer>(proto)), ReadText<Answer>, std::move(required)};
}

std::vector<GoldenAnswer> Goldens() {
  using namespace rpc::v1;  // NOLINT(google-build-using-namespace)
  return {
      Make<ListBasinsResponse>(
          "ListBasins",
          R"({"basins":[{"name":"basin-one","location":null,)"
          R"("created_at":"2026-11-25T03:04:05.123456789Z","deleted_at":null,"state":"active"},)"
          R"({"name":"basin-two","location":"aws:us-east-1","created_at":"1970-01-01T00:00:00Z",)"
          R"("deleted_at":"1970-01-01T00:00:01Z","state":"deleting"}],"has_more":true})",
          R"(basins { name: "basin-one" created_at { seconds: 1795575845 nanos: 123456789 } }
             basins { name: "basin-two" location: "aws:us-east-1" created_at {}
                      deleted_at { seconds: 1 } }
             has_more: true)",
          {"basins", "has_more"}),
      Make<BasinInfo>("BasinInfo", R"({"name":"basin-one","created_at":"1970-01-01T00:00:02Z"})",
                      R"(name: "basin-one" created_at { seconds: 2 })", {"name", "created_at"}),
      Make<BasinConfig>("BasinConfigDefaults",
                        R"({"default_stream_config":null,"stream_cipher":null,)"
                        R"("create_stream_on_append":false,"create_stream_on_read":false})",
                        "create_stream_on_append: false create_stream_on_read: false", {}),
      Make<BasinConfig>(
          "BasinConfig",
          R"({"default_stream_config":{"storage_class":null,"retention_policy":{"age":86400},)"
          R"("timestamping":null,"delete_on_empty":null},"stream_cipher":"aes-256-gcm",)"
          R"("create_stream_on_append":true,"create_stream_on_read":true})",
          R"(default_stream_config { retention_policy { age: 86400 } } stream_cipher: "aes-256-gcm"
             create_stream_on_append: true create_stream_on_read: true)",
          {}),
      Make<StreamConfig>(
          "StreamConfig",
          R"({"storage_class":"express","retention_policy":{"age":18446744073709551615},)"
          R"("timestamping":{"mode":"client-prefer","uncapped":false},)"
          R"("delete_on_empty":{"min_age_secs":0},"brand_new":[{"a":1}]})",
          R"(storage_class: "express" retention_policy { age: 18446744073709551615 }
             timestamping { mode: TIMESTAMPING_MODE_CLIENT_PREFER uncapped: false }
             delete_on_empty { min_age_secs: 0 })",
          {}),
      Make<StreamConfig>(
          "StreamConfigForEver",
          R"({"retention_policy":{"infinite":{}},"timestamping":{"mode":"client-require"},)"
          R"("delete_on_empty":{}})",
          R"(retention_policy { infinite {} }
             timestamping { mode: TIMESTAMPING_MODE_CLIENT_REQUIRE }
             delete_on_empty { min_age_secs: 0 })",
          {}),
      Make<ListStreamsResponse>(
          "ListStreams",
          R"({"streams":[{"name":"a/b \u00e9","created_at":"1970-01-01T00:00:03Z",)"
          R"("deleted_at":null,"cipher":null},{"name":"c","created_at":"1970-01-01T00:00:03Z",)"
          R"("deleted_at":"1970-01-01T00:00:04Z","cipher":"aegis-256"}],"has_more":false})",
          R"(streams { name: "a/b é" created_at { seconds: 3 } }
             streams { name: "c" created_at { seconds: 3 } deleted_at { seconds: 4 }
                       cipher: "aegis-256" })",
          {"streams", "has_more"}),
      Make<StreamInfo>("StreamInfo", R"({"name":"c","created_at":"1970-01-01T00:00:03Z"})",
                       R"(name: "c" created_at { seconds: 3 })", {"name", "created_at"}),
      Make<CheckTailResponse>(
          "CheckTail", R"({"tail":{"seq_num":18446744073709551615,"timestamp":7}})",
          "tail { seq_num: 18446744073709551615 timestamp: 7 }", {"tail", "seq_num", "timestamp"}),
      Make<ListAccessTokensResponse>(
          "ListAccessTokens",
          R"({"access_tokens":[{"id":"t","expires_at":"1970-01-01T00:00:05Z",)"
          R"("auto_prefix_streams":true,"scope":{"basins":{"exact":"basin-one"},)"
          R"("streams":{"prefix":""},"access_tokens":null,"op_groups":{)"
          R"("account":{"read":true,"write":false},"basin":{"read":null},"stream":null},)"
          R"("ops":["append","brand-new"]}}],"has_more":false})",
          R"(access_tokens { id: "t" expires_at { seconds: 5 } auto_prefix_streams: true
               scope { basins { exact: "basin-one" } streams { prefix: "" }
                       op_groups { account { read: true } basin {} }
                       ops: OPERATION_APPEND ops: OPERATION_UNSPECIFIED } })",
          {"access_tokens", "has_more"}),
      Make<ListAccessTokensResponse>(
          "LeastAccessToken", R"({"access_tokens":[{"id":"t","scope":{}}],"has_more":false})",
          R"(access_tokens { id: "t" scope {} })", {"id", "scope"}),
      Make<IssueAccessTokenResponse>("IssueAccessToken", R"({"access_token":"secret"})",
                                     R"(access_token: "secret")", {"access_token"}),
      Make<ListLocationsResponse>(
          "ListLocations",
          R"([{"name":"aws:us-east-1","is_private":true,"storage_classes":["express","standard"],)"
          R"("default_storage_class":"standard"},{"name":"x","is_private":false}])",
          R"(locations { name: "aws:us-east-1" is_private: true storage_classes: "express"
                         storage_classes: "standard" default_storage_class: "standard" }
             locations { name: "x" })",
          {}),
      Make<LocationInfo>("Location", R"({"name":"x","is_private":false})", R"(name: "x")",
                         {"name", "is_private"}),
      Make<MetricSet>("Metrics",
                      R"({"values":[{"scalar":{"name":"s","unit":"bytes","value":1.5}},)"
                      R"({"accumulation":{"name":"a","unit":"operations","interval":"hour",)"
                      R"("values":[[1,2],[4294967295,0.5]]}},)"
                      R"({"gauge":{"name":"g","unit":"usd","values":[]}},)"
                      R"({"label":{"name":"l","values":["x","y"]}}]})",
                      R"(values { scalar { name: "s" unit: "bytes" value: 1.5 } }
             values { accumulation { name: "a" unit: "operations"
                        interval: TIMESERIES_INTERVAL_HOUR
                        values { time: 1 value: 2 } values { time: 4294967295 value: 0.5 } } }
             values { gauge { name: "g" unit: "usd" } }
             values { label { name: "l" values: "x" values: "y" } })",
                      {"values"}),
      Make<MetricSet>("Gauge",
                      R"({"values":[{"gauge":{"name":"g","unit":"usd","values":[[1,2]]}}]})",
                      R"(values { gauge { name: "g" unit: "usd" values { time: 1 value: 2 } } })",
                      {"name", "unit"}),
      Make<MetricSet>(
          "Accumulation",
          R"({"values":[{"accumulation":{"name":"a","unit":"usd","interval":"day","values":[]}}]})",
          R"(values { accumulation { name: "a" unit: "usd" interval: TIMESERIES_INTERVAL_DAY } })",
          {"name", "unit", "interval"}),
  };
}

class AnswerTest : public ::testing::TestWithParam<GoldenAnswer> {};

TEST_P(AnswerTest, IsReadAsItIsMeant) {
  const auto text = GetParam().read(GetParam().json);
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(*text, GetParam().proto);
}

// Wherever a value stands, one of a wrong type is an error that names the place.
TEST_P(AnswerTest, AWrongTypeIsNamed) {
  const Json good = *ParseJson(GetParam().json);
  const Json flat = good.flatten();
  for (const auto& [pointer, value] : flat.items()) {
    if (value.is_null() || pointer == "/basins/0/state" || pointer == "/basins/1/state" ||
        pointer.rfind("/brand_new", 0) == 0) {
      continue;  // unset, or not read
    }
    Json bad = good;
    bad[Json::json_pointer(pointer)] = value.is_structured() ? Json(7) : Json::object({{"x", 1}});
    const auto text = GetParam().read(bad.dump());
    EXPECT_EQ(GetErrorCode(text.status()), ErrorCode::kInvalidAnswer) << bad;
    // "/basins/0/name" is "basins[0].name".
    const std::string member = pointer.substr(pointer.rfind('/') + 1);
    const bool is_index = member.find_first_not_of("0123456789") == std::string::npos;
    EXPECT_THAT(text.status().message(), HasSubstr(is_index ? "[" + member + "]" : member)) << bad;
    EXPECT_FALSE(HasNoSideEffects(text.status()));
  }
}

// Removes each member of that name.
void Remove(const std::string& name, Json& json) {
  if (json.is_object()) json.erase(name);
  if (!json.is_structured()) return;
  for (Json& element : json) Remove(name, element);
}

TEST_P(AnswerTest, WhatIsMissingIsNamed) {
  for (const std::string& name : GetParam().required) {
    Json bad = *ParseJson(GetParam().json);
    Remove(name, bad);
    const auto text = GetParam().read(bad.dump());
    EXPECT_EQ(GetErrorCode(text.status()), ErrorCode::kInvalidAnswer) << bad;
    EXPECT_THAT(text.status().message(), HasSubstr(name + " is missing")) << bad;
  }
}

TEST_P(AnswerTest, WhatIsNoJsonOrCutShortIsAnError) {
  for (const std::string& bad : {std::string(), std::string("<html>"), std::string("7"),
                                 GetParam().json.substr(0, GetParam().json.size() / 2)}) {
    EXPECT_EQ(GetErrorCode(GetParam().read(bad).status()), ErrorCode::kInvalidAnswer) << bad;
  }
}

INSTANTIATE_TEST_SUITE_P(All, AnswerTest, ::testing::ValuesIn(Goldens()),
                         [](const auto& info) { return info.param.name; });

TEST(ReadAnswerTest, AChoiceMustBeOneThatIsKnown) {
  const auto expect_error = [](const absl::StatusOr<std::string>& text, const char* message) {
    EXPECT_EQ(GetErrorCode(text.status()), ErrorCode::kInvalidAnswer);
    EXPECT_THAT(text.status().message(), HasSubstr(message));
  };
  using rpc::v1::ListAccessTokensResponse;
  using rpc::v1::MetricSet;
  using rpc::v1::StreamConfig;
  expect_error(ReadText<StreamConfig>(R"({"retention_policy":{"brand_new":1}})"),
               "retention_policy is an object; it must be");
  expect_error(ReadText<StreamConfig>(R"({"timestamping":{"mode":"brand-new"}})"),
               R"(timestamping.mode is "\"brand-new\""; it must be a timestamping mode)");
  expect_error(ReadText<MetricSet>(R"({"values":[{"brand_new":1}]})"),
               "values[0] is an object; it must be");
  expect_error(ReadText<MetricSet>(R"({"values":[{"accumulation":{"name":"","unit":"",)"
                                   R"("interval":"year","values":[]}}]})"),
               R"(values[0].accumulation.interval is "\"year\"")");
  expect_error(
      ReadText<MetricSet>(R"({"values":[{"gauge":{"name":"","unit":"","values":[[1]]}}]})"),
      "values[0].gauge.values[0][1] is missing");
  expect_error(ReadText<ListAccessTokensResponse>(
                   R"({"access_tokens":[{"id":"t","scope":{"basins":{}}}],"has_more":false})"),
               "access_tokens[0].scope.basins is an object; it must be");
}

TEST(ReadAnswerTest, WhatIsNoJsonIsShown) {
  rpc::v1::StreamConfig config;
  EXPECT_EQ(ReadAnswer("<html>", config).message(), R"(it is no JSON: "<html>")");
}

}  // namespace
}  // namespace s2::gateway
