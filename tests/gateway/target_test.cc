// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/gateway/internal/calls/target.h"

#include <gmock/gmock.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "s2/endpoint/endpoint.h"
#include "s2/gateway/internal/json/response_error.h"
#include "s2/retry/error.h"
#include "s2/rpc/v1/config.pb.h"
#include "s2/tests/gateway/proto_text.h"

namespace s2::gateway {
namespace {

using ::testing::HasSubstr;

// Shows each call's context to the test: only a server has one with metadata.
class ContextService : public grpc::CallbackGenericService {
 public:
  std::function<void(const grpc::ServerContextBase&)> on_call;

 private:
  class Reactor : public grpc::ServerGenericBidiReactor {
   public:
    void OnDone() override { delete this; }
  };

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    on_call(*context);
    auto* const reactor = new Reactor;
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

// A call's metadata.
class TargetTest : public ::testing::Test {
 protected:
  TargetTest() : server_(Serve(service_)), stub_(server_->InProcessChannel({})) {
    SetUpstream("https://a.s2.dev?basin={basin}.b.s2.dev");
    Set("s2-basin", "basin-one");
    Set("s2-stream", "a%2fb%20c");
    Set("authorization", "Bearer secret");
  }

  static std::unique_ptr<grpc::Server> Serve(ContextService& service) {
    grpc::ServerBuilder builder;
    builder.RegisterCallbackGenericService(&service);
    return builder.BuildAndStart();
  }
  void SetUpstream(const char* text) { options_.upstream = *endpoint::ParseHttp(text); }
  void Set(const std::string& key, const std::string& value) { metadata_[key] = value; }

  // Calls `make` with the metadata there are.
  template <typename Make>
  absl::StatusOr<http2::Request> With(const Make& make) {
    absl::StatusOr<http2::Request> request;
    service_.on_call = [&](const grpc::ServerContextBase& context) {
      request = make(options_, context);
    };
    grpc::ClientContext context;
    for (const auto& [key, value] : metadata_) context.AddMetadata(key, value);
    const grpc::Slice nothing;
    const grpc::ByteBuffer sent(&nothing, 1);
    grpc::ByteBuffer received;
    absl::Notification over;
    stub_.UnaryCall(&context, "/test", {}, &sent, &received,
                    [&](const grpc::Status&) { over.Notify(); });
    over.WaitForNotification();
    return request;
  }
  absl::StatusOr<http2::Request> Account() {
    return With([](const auto& options, const auto& context) {
      return MakeAccountRequest(options, context, {"GET", "/basins"});
    });
  }
  absl::StatusOr<http2::Request> Basin() {
    return With([](const auto& options, const auto& context) {
      return MakeBasinRequest(options, context, {"POST", "/streams"});
    });
  }
  absl::StatusOr<http2::Request> Tail() {
    return With([](const auto& options, const auto& context) {
      return MakeStreamRequest(options, context, {"GET", "/records/tail"});
    });
  }
  absl::StatusOr<http2::Request> Append() {
    return With([](const auto& options, const auto& context) {
      return MakeAppendRequest(options, context);
    });
  }
  absl::StatusOr<http2::Request> Read(const std::string& read) {
    return With([&](const auto& options, const auto& context) {
      return MakeReadRequest(options, context, Proto<rpc::v1::ReadRequest>(read));
    });
  }
  static std::string Header(const absl::StatusOr<http2::Request>& request, const char* name) {
    EXPECT_TRUE(request.ok()) << request.status();
    return std::string(http2::GetHeader(request->headers, name));
  }

  ContextService service_;
  const std::unique_ptr<grpc::Server> server_;
  grpc::GenericStub stub_;
  GatewayOptions options_;
  std::map<std::string, std::string> metadata_;
};

TEST_F(TargetTest, OperationsOfTheAccountGoToItsEndpoint) {
  const auto request = Account();
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_EQ(request->origin.host, "a.s2.dev");
  EXPECT_EQ(request->origin.port, 443);
  EXPECT_TRUE(request->origin.tls);
  EXPECT_EQ(request->method, "GET");
  EXPECT_EQ(request->path, "/v1/basins");
  EXPECT_EQ(Header(request, "authorization"), "Bearer secret");
  EXPECT_THAT(Header(request, "user-agent"), ::testing::MatchesRegex("s2-cpp/[0-9.]+"));
  EXPECT_EQ(Header(request, "s2-basin"), "");
  EXPECT_EQ(Header(request, "accept-encoding"), "");
}

TEST_F(TargetTest, TheBasinGoesInTheHost) {
  const auto request = Basin();
  EXPECT_EQ(Header(request, "s2-basin"), "");
  EXPECT_EQ(request->origin.host, "basin-one.b.s2.dev");
  EXPECT_EQ(request->path, "/v1/streams");
}

TEST_F(TargetTest, OrInAHeader) {
  SetUpstream("https://a.s2.dev?basin=b.s2.dev");
  EXPECT_EQ(Header(Basin(), "s2-basin"), "basin-one");
  EXPECT_EQ(Basin()->origin.host, "b.s2.dev");
  SetUpstream("https://a.s2.dev");
  EXPECT_EQ(Header(Basin(), "s2-basin"), "basin-one");
  EXPECT_EQ(Basin()->origin.host, "a.s2.dev");
}

TEST_F(TargetTest, TheStreamIsEncodedAnew) {
  EXPECT_EQ(Tail()->path, "/v1/streams/a%2Fb%20c/records/tail");
  Set("s2-stream", "a/b?c=d&e");
  EXPECT_EQ(Tail()->path, "/v1/streams/a%2Fb%3Fc%3Dd%26e/records/tail");
}

TEST_F(TargetTest, NamesThatWouldLeaveThePathAreRefused) {
  for (const char* stream : {"", ".", "..", "%2e%2E", "%", "%00", "%ff"}) {
    Set("s2-stream", stream);
    EXPECT_EQ(GetErrorCode(Tail().status()), ErrorCode::kBadPath) << stream;
    EXPECT_EQ(GetErrorCode(Append().status()), ErrorCode::kBadPath) << stream;
  }
  metadata_.erase("s2-stream");
  EXPECT_EQ(GetErrorCode(Append().status()), ErrorCode::kBadPath);
  Set("s2-stream", "s");
  for (const char* basin : {"", "short", "basin.example", "Basin-One", "basin-one:80"}) {
    Set("s2-basin", basin);
    EXPECT_EQ(GetErrorCode(Basin().status()), ErrorCode::kBadHeader) << basin;
    EXPECT_EQ(GetErrorCode(Append().status()), ErrorCode::kBadHeader) << basin;
  }
}

TEST_F(TargetTest, AnAppendSaysKeyAndConfiguration) {
  Set("s2-encryption-key", "key");
  Set("s2-stream-config-bin",
      Proto<rpc::v1::StreamConfig>("retention_policy { age: 77 }").SerializeAsString());
  const auto request = Append();
  EXPECT_EQ(Header(request, "s2-encryption-key"), "key");
  EXPECT_EQ(Header(request, "s2-stream-config"), R"({"retention_policy":{"age":77}})");
  EXPECT_EQ(request->method, "POST");
  EXPECT_EQ(request->path, "/v1/streams/a%2Fb%20c/records");
  EXPECT_FALSE(request->no_body);
  EXPECT_EQ(Header(Read(""), "s2-encryption-key"), "key");
  EXPECT_EQ(Header(Tail(), "s2-encryption-key"), "");
  EXPECT_EQ(Header(Tail(), "s2-stream-config"), "");
}

TEST_F(TargetTest, WithoutAConfigurationThereIsNoHeader) {
  EXPECT_EQ(Header(Append(), "s2-stream-config"), "");
  Set("s2-stream-config-bin", "");
  EXPECT_EQ(Header(Append(), "s2-stream-config"), "");
}

TEST_F(TargetTest, AConfigurationMustBeOne) {
  Set("s2-stream-config-bin", "\xff");
  EXPECT_EQ(GetErrorCode(Append().status()), ErrorCode::kBadHeader);
  Set("s2-stream-config-bin",
      Proto<rpc::v1::StreamConfig>("timestamping { mode: 0 }").SerializeAsString());
  EXPECT_EQ(GetErrorCode(Append().status()), ErrorCode::kInvalid);
  EXPECT_THAT(Append().status().message(),
              HasSubstr("s2-stream-config-bin: timestamping.mode is 0"));
}

TEST_F(TargetTest, AReadSaysWhereToStartAndWhenToStop) {
  const std::pair<const char*, const char*> kCases[] = {
      {"", ""},
      {"seq_num: 0", "?seq_num=0"},
      {"seq_num: 18446744073709551615", "?seq_num=18446744073709551615"},
      {"timestamp: 7 until: 9", "?timestamp=7&until=9"},
      {"tail_offset: 0 clamp: true", "?tail_offset=0&clamp=true"},
      {"clamp: false", ""},
      {"count: 0 bytes: 0 wait: 0", "?count=0&bytes=0&wait=0"},
      {"seq_num: 1 clamp: true count: 2 bytes: 3 until: 4 wait: 4294967295",
       "?seq_num=1&clamp=true&count=2&bytes=3&until=4&wait=4294967295"},
  };
  for (const auto& [read, query] : kCases) {
    const auto request = Read(read);
    ASSERT_TRUE(request.ok()) << request.status();
    EXPECT_EQ(request->path, absl::StrCat("/v1/streams/a%2Fb%20c/records", query));
    EXPECT_EQ(request->method, "GET");
    EXPECT_TRUE(request->no_body);
  }
}

TEST_F(TargetTest, CompressionIsAskedFor) {
  options_.upstream.compression = endpoint::Compression::kZstd;
  EXPECT_EQ(Header(Account(), "accept-encoding"), "zstd");
  options_.upstream.compression = endpoint::Compression::kGzip;
  EXPECT_EQ(Header(Append(), "accept-encoding"), "gzip");
}

TEST_F(TargetTest, ATokenDoesNotLeaveThisMachineInTheClear) {
  SetUpstream("http://s2.example");
  for (const auto& request : {Account(), Basin(), Append()}) {
    EXPECT_EQ(GetErrorCode(request.status()), ErrorCode::kInvalid);
    EXPECT_THAT(request.status().message(), HasSubstr("to s2.example in the clear"));
    EXPECT_THAT(request.status().message(), ::testing::Not(HasSubstr("secret")));
  }
  SetUpstream("http://127.0.0.1:8080");
  EXPECT_EQ(Header(Append(), "authorization"), "Bearer secret");
  SetUpstream("http://s2.example");
  metadata_.erase("authorization");
  EXPECT_EQ(Header(Append(), "authorization"), "");
}

TEST_F(TargetTest, ARequestTokenIsAHeader) {
  EXPECT_EQ(Header(WithRequestToken(Account(), "0123-abc"), "s2-request-token"), "0123-abc");
  EXPECT_EQ(Header(WithRequestToken(Account(), ""), "s2-request-token"), "");
  EXPECT_EQ(WithRequestToken(absl::UnknownError("before"), "t").status().message(), "before");
  for (const std::string& token :
       {std::string(37, 'x'), std::string("a\r\nauthorization: b"), std::string("\xc3\xa9"),
        std::string(" "), std::string(1, '\0')}) {
    const auto request = WithRequestToken(Account(), token);
    EXPECT_EQ(GetErrorCode(request.status()), ErrorCode::kInvalid);
    EXPECT_THAT(request.status().message(), HasSubstr("request_token"));
  }
}

}  // namespace
}  // namespace s2::gateway
