// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "s2/gateway/gateway.h"
#include "s2/retry/error.h"
#include "s2/tests/gateway/http_server.h"
#include "s2/tests/gateway/unary_harness.h"

// Each unary operation: what is asked of S2, and what its answer means. `s2 lite` does not
// implement access tokens, locations and metrics; these answers are those that S2's own API types
// prescribe.
namespace s2::gateway {
namespace {

struct Operation {
  const char* method;
  const char* request;
  // What S2 sees.
  const char* line;
  const char* body;
  // What it says.
  int status;
  const char* answer;
  // What the client gets.
  const char* response;
};

constexpr char kBasin[] =
    R"({"name":"basin-one","location":null,"created_at":"1970-01-01T00:00:02Z",)"
    R"("deleted_at":null,"state":"active"})";
constexpr char kBasinText[] = R"(name: "basin-one" created_at { seconds: 2 })";
constexpr char kStream[] =
    R"({"name":"a/b","created_at":"1970-01-01T00:00:03Z","deleted_at":null,"cipher":null})";
constexpr char kStreamText[] = R"(name: "a/b" created_at { seconds: 3 })";
constexpr char kLocation[] = R"({"name":"aws:us-east-1","is_private":false})";
constexpr char kMetrics[] = R"({"values":[{"scalar":{"name":"x","unit":"bytes","value":1.5}}]})";
constexpr char kMetricsText[] = R"(values { scalar { name: "x" unit: "bytes" value: 1.5 } })";

const Operation kOperations[] = {
    {"AccountService.ListBasins", "", "GET /v1/basins", "", 200,
     R"({"basins":[],"has_more":false})", ""},
    {"AccountService.ListBasins", R"(prefix: "a+b" start_after: "a c" limit: 7)",
     "GET /v1/basins?prefix=a%2Bb&start_after=a%20c&limit=7", "", 200,
     R"({"basins":[{"name":"basin-one","created_at":"1970-01-01T00:00:02Z"}],"has_more":true})",
     R"(basins { name: "basin-one" created_at { seconds: 2 } } has_more: true)"},
    {"AccountService.GetBasinConfig", R"(basin: "basin-two")", "GET /v1/basins/basin-two", "", 200,
     R"({"default_stream_config":null,"stream_cipher":null,"create_stream_on_append":true,)"
     R"("create_stream_on_read":false})",
     "create_stream_on_append: true create_stream_on_read: false"},
    {"AccountService.ReconfigureBasin",
     R"(basin: "basin-two" config { stream_cipher: "aegis-256" }
        update_mask { paths: "stream_cipher" paths: "default_stream_config" })",
     "PATCH /v1/basins/basin-two", R"({"default_stream_config":null,"stream_cipher":"aegis-256"})",
     200, R"({"stream_cipher":"aegis-256"})", R"(stream_cipher: "aegis-256")"},
    {"AccountService.DeleteBasin", R"(basin: "basin-two")", "DELETE /v1/basins/basin-two", "", 202,
     "", ""},
    {"AccountService.ListAccessTokens", R"(prefix: "é" limit: 1)",
     "GET /v1/access-tokens?prefix=%C3%A9&limit=1", "", 200,
     R"({"access_tokens":[{"id":"t","auto_prefix_streams":false,"scope":{}}],"has_more":false})",
     R"(access_tokens { id: "t" scope {} })"},
    {"AccountService.IssueAccessToken", R"(info { id: "t" scope { basins { prefix: "" } } })",
     "POST /v1/access-tokens",
     R"({"auto_prefix_streams":false,"id":"t","scope":{"basins":{"prefix":""},"ops":[]}})", 201,
     R"({"access_token":"very secret"})", R"(access_token: "very secret")"},
    {"AccountService.RevokeAccessToken", R"(id: "t/1")", "DELETE /v1/access-tokens/t%2F1", "", 204,
     "", ""},
    {"AccountService.ListLocations", "", "GET /v1/locations", "", 200,
     R"([{"name":"aws:us-east-1","is_private":false}])", R"(locations { name: "aws:us-east-1" })"},
    {"AccountService.GetDefaultLocation", "", "GET /v1/locations/default", "", 200, kLocation,
     R"(name: "aws:us-east-1")"},
    {"AccountService.SetDefaultLocation", R"(location: "aws:us-east-1")",
     "PUT /v1/locations/default", R"("aws:us-east-1")", 200, kLocation, R"(name: "aws:us-east-1")"},
    {"AccountService.GetAccountMetrics", R"(set: "active-basins")",
     "GET /v1/metrics?set=active-basins", "", 200, kMetrics, kMetricsText},
    {"AccountService.GetBasinMetrics",
     R"(basin: "basin-two" set: "storage" start: 0 end: 7 interval: TIMESERIES_INTERVAL_HOUR)",
     "GET /v1/metrics/basin-two?set=storage&start=0&end=7&interval=hour", "", 200, kMetrics,
     kMetricsText},
    {"AccountService.GetStreamMetrics", R"(basin: "basin-two" stream: "a/b" set: "storage")",
     "GET /v1/metrics/basin-two/a%2Fb?set=storage", "", 200, kMetrics, kMetricsText},
    {"BasinService.ListStreams", R"(prefix: "a/" limit: 1000)",
     "GET /v1/streams?prefix=a%2F&limit=1000", "", 200,
     R"({"streams":[{"name":"a/b","created_at":"1970-01-01T00:00:03Z"}],"has_more":false})",
     R"(streams { name: "a/b" created_at { seconds: 3 } })"},
    {"BasinService.GetStreamConfig", R"(stream: "a/b")", "GET /v1/streams/a%2Fb", "", 200,
     R"({"retention_policy":{"age":9}})", "retention_policy { age: 9 }"},
    {"BasinService.ReconfigureStream",
     R"(stream: "a/b" config { timestamping { uncapped: true } }
        update_mask { paths: "timestamping.uncapped" })",
     "PATCH /v1/streams/a%2Fb", R"({"timestamping":{"uncapped":true}})", 200,
     R"({"timestamping":{"uncapped":true}})", "timestamping { uncapped: true }"},
    {"BasinService.DeleteStream", R"(stream: "é")", "DELETE /v1/streams/%C3%A9", "", 202, "", ""},
    {"StreamService.CheckTail", "", "GET /v1/streams/a%2Fb/records/tail", "", 200,
     R"({"tail":{"seq_num":18446744073709551615,"timestamp":7}})",
     "tail { seq_num: 18446744073709551615 timestamp: 7 }"},
};

// A gateway in front of a scripted HTTP/2 server.
class WireTest {
 public:
  WireTest() {
    GatewayOptions options;
    options.upstream.account = {"127.0.0.1", server_.port()};
    options.request_timeout = absl::Minutes(1);
    auto gateway = Gateway::Make(options);
    EXPECT_TRUE(gateway.ok()) << gateway.status();
    gateway_ = *std::move(gateway);
    channel_ = gateway_->InProcessChannel({}, {});
  }

  std::unique_ptr<UnaryClientCall> Call(const std::string& method, const std::string& request) {
    return std::make_unique<UnaryClientCall>(channel_, method, request);
  }

  // The next request: "METHOD PATH", and all of its body.
  s2::testing::HttpServer::Stream Await(const std::string& line, const std::string& body) {
    auto stream = server_.Await();
    if (stream == nullptr) return stream;
    EXPECT_TRUE(stream->AwaitBodyEnd());
    EXPECT_EQ(absl::StrCat(stream->method(), " ", stream->path()), line);
    EXPECT_EQ(stream->body(), body);
    EXPECT_EQ(stream->authority(), absl::StrCat("127.0.0.1:", server_.port()));
    EXPECT_EQ(stream->header("authorization"), "Bearer secret");
    return stream;
  }

 private:
  s2::testing::HttpServer server_;
  std::unique_ptr<Gateway> gateway_;
  std::shared_ptr<grpc::Channel> channel_;
};

class OperationTest : public WireTest, public ::testing::TestWithParam<Operation> {};

TEST_P(OperationTest, AsksS2AndPassesOnWhatItSays) {
  const Operation& operation = GetParam();
  const auto call = Call(operation.method, operation.request);
  const auto stream = Await(operation.line, operation.body);
  ASSERT_NE(stream, nullptr);
  EXPECT_EQ(stream->header("content-type"), *operation.body == '\0' ? "" : "application/json");
  const bool is_account = std::string(operation.method).rfind("AccountService.", 0) == 0;
  EXPECT_EQ(stream->header("s2-basin"), is_account ? "" : "basin-one");
  if (*operation.answer == '\0') {
    stream->Respond(operation.status, {}, true);
  } else {
    stream->Respond(operation.status, {{"content-type", "application/json"}});
    stream->Send(operation.answer, true);
  }
  const auto response = call->Wait();
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(*response, NormalResponse(operation.method, operation.response));
}

TEST_P(OperationTest, PassesOnThatS2Refuses) {
  const Operation& operation = GetParam();
  const auto call = Call(operation.method, operation.request);
  const auto stream = Await(operation.line, operation.body);
  ASSERT_NE(stream, nullptr);
  stream->Respond(501, {{"content-type", "application/json"}});
  stream->Send(R"({"code":"not_implemented","message":"not in s2 lite"})", true);
  const absl::Status error = call->Wait().status();
  EXPECT_EQ(GetErrorCode(error), ErrorCode::kNotImplemented);
  EXPECT_EQ(error.code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(error.message(), "not in s2 lite");
}

INSTANTIATE_TEST_SUITE_P(All, OperationTest, ::testing::ValuesIn(kOperations), [](const auto& i) {
  const std::string method = i.param.method;
  return method.substr(method.find('.') + 1) + std::to_string(i.index);
});

// Creating and ensuring answers with what was done, in a header.
struct Provision {
  const char* method;
  const char* request;
  const char* line;
  const char* body;
  const char* token;
  bool is_basin;
};

const Provision kProvisions[] = {
    {"AccountService.CreateBasin", R"(basin: "basin-one" request_token: "t-1")", "POST /v1/basins",
     R"({"basin":"basin-one"})", "t-1", true},
    {"AccountService.EnsureBasin", R"(basin: "basin-one" config { create_stream_on_read: true })",
     "PUT /v1/basins/basin-one", R"({"config":{"create_stream_on_read":true}})", "", true},
    {"AccountService.EnsureBasin", R"(basin: "basin-one")", "PUT /v1/basins/basin-one", "", "",
     true},
    {"BasinService.CreateStream", R"(stream: "a/b" request_token: "t-2")", "POST /v1/streams",
     R"({"stream":"a/b"})", "t-2", false},
    {"BasinService.EnsureStream", R"(stream: "a/b" config { retention_policy { age: 9 } })",
     "PUT /v1/streams/a%2Fb", R"({"retention_policy":{"age":9}})", "", false},
    {"BasinService.EnsureStream", R"(stream: "a/b")", "PUT /v1/streams/a%2Fb", "", "", false},
};

class ProvisionTest : public WireTest, public ::testing::TestWithParam<Provision> {};

TEST_P(ProvisionTest, SaysWhatWasDone) {
  const Provision& provision = GetParam();
  struct Result {
    int status;
    const char* header;
    const char* result;
  };
  const Result kResults[] = {
      {201, "created", "PROVISION_RESULT_CREATED"}, {201, "noop", "PROVISION_RESULT_NOOP"},
      {200, "noop", "PROVISION_RESULT_NOOP"},       {200, "updated", "PROVISION_RESULT_UPDATED"},
      {201, "", "PROVISION_RESULT_CREATED"},        {200, "", "PROVISION_RESULT_UPDATED"}};
  for (const Result& result : kResults) {
    const auto call = Call(provision.method, provision.request);
    const auto stream = Await(provision.line, provision.body);
    ASSERT_NE(stream, nullptr);
    EXPECT_EQ(stream->header("s2-request-token"), provision.token);
    stream->Respond(result.status,
                    {{"content-type", "application/json"}, {"s2-provision-result", result.header}});
    stream->Send(provision.is_basin ? kBasin : kStream, true);
    const auto response = call->Wait();
    ASSERT_TRUE(response.ok()) << response.status();
    const std::string expected = absl::StrCat(
        "info { ", provision.is_basin ? kBasinText : kStreamText, " } result: ", result.result);
    EXPECT_EQ(*response, NormalResponse(provision.method, expected));
  }
}

INSTANTIATE_TEST_SUITE_P(All, ProvisionTest, ::testing::ValuesIn(kProvisions), [](const auto& i) {
  const std::string method = i.param.method;
  return method.substr(method.find('.') + 1) + std::to_string(i.index);
});

TEST(InvalidRequestTest, IsRefusedWithoutAskingS2) {
  const std::pair<const char*, const char*> kCases[] = {
      {"AccountService.EnsureBasin", R"(basin: "")"},
      {"AccountService.GetBasinConfig", R"(basin: "..")"},
      {"AccountService.ReconfigureBasin", R"(basin: "a/../basin")"},
      {"AccountService.ReconfigureBasin",
       R"(basin: "basin-one" update_mask { paths: "create_stream_on_read" })"},
      {"AccountService.DeleteBasin", R"(basin: "")"},
      {"AccountService.CreateBasin", R"(basin: "basin-one" request_token: "a\nb")"},
      {"AccountService.RevokeAccessToken", R"(id: "")"},
      {"AccountService.RevokeAccessToken", R"(id: "..")"},
      {"AccountService.IssueAccessToken", R"(info { scope { ops: 0 } })"},
      {"AccountService.GetBasinMetrics", R"(basin: "")"},
      {"AccountService.GetStreamMetrics", R"(basin: "basin-one" stream: "..")"},
      {"BasinService.EnsureStream", R"(stream: "")"},
      {"BasinService.EnsureStream", R"(stream: "s" config { timestamping { mode: 0 } })"},
      {"BasinService.GetStreamConfig", R"(stream: ".")"},
      {"BasinService.DeleteStream", R"(stream: "..")"},
      {"BasinService.ReconfigureStream", R"(stream: "s" update_mask { paths: "x" })"},
      {"StreamService.Read", "timestamp: 7 until: 7"},
  };
  UnaryHarness harness;
  for (const auto& [method, request] : kCases) {
    const auto response = harness.Call(method, request)->Wait();
    EXPECT_EQ(GetErrorCode(response.status()), ErrorCode::kInvalid) << method << " " << request;
    EXPECT_TRUE(HasNoSideEffects(response.status()));
  }
  EXPECT_EQ(harness.http().opened(), 0);
}

}  // namespace
}  // namespace s2::gateway
