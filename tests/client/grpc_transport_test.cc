// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/client/internal/grpc_transport.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "s2/retry/error.h"
#include "s2/retry/grpc_status.h"
#include "s2/testing/internal/stream_stub.h"
#include "s2/tests/client/counted_tokens.h"
#include "s2/tests/session/call_events.h"
#include "s2/tests/session/manual_executor.h"

namespace s2::internal {
namespace {

using ::testing::Contains;
using testing::CountedTokens;
using ::testing::ElementsAre;
using ::testing::Pair;

class GrpcTransportTest : public ::testing::Test {
 protected:
  GrpcTransport MakeTransport(const ClientOptions& options) {
    Stubs stubs;
    stubs.stream = stub_;
    return GrpcTransport(
        StubPool::Of(std::move(stubs)),
        std::make_shared<AccessToken>(options, TokenCarriage::kMetadata, executor_),
        {"basin-one", "a/b", "key"}, executor_);
  }
  testing::AppendStubCall& stream() { return *stub_->async()->append_sessions.at(0); }
  void EndCancelled() {
    stream().AnswerMetadata(false, false);
    stream().End(grpc::Status::CANCELLED);
  }

  const std::shared_ptr<testing::StreamStub> stub_ = std::make_shared<testing::StreamStub>();
  const std::shared_ptr<ManualExecutor> executor_ = std::make_shared<ManualExecutor>();
  const std::shared_ptr<CountedTokens> provider_ = std::make_shared<CountedTokens>();
  const std::shared_ptr<RecordedEvents> events_ = std::make_shared<RecordedEvents>();
};

TEST_F(GrpcTransportTest, ACallSaysWhereItGoesAndWhoMayDoIt) {
  ClientOptions options;
  options.access_token = "token";
  auto call = MakeTransport(options).Append(events_);
  EXPECT_THAT(stream().metadata(), Contains(Pair("s2-basin", "basin-one")));
  EXPECT_THAT(stream().metadata(), Contains(Pair("s2-stream", "a%2Fb")));
  EXPECT_THAT(stream().metadata(), Contains(Pair("s2-encryption-key", "key")));
  EXPECT_THAT(stream().metadata(), Contains(Pair("authorization", "Bearer token")));
  call->Cancel();
  EndCancelled();
}

TEST_F(GrpcTransportTest, AProviderIsCalledInTheBackgroundForEachCall) {
  int asked = 0;
  ClientOptions options;
  options.access_token_provider = [&] { return "token" + std::to_string(++asked); };
  GrpcTransport transport = MakeTransport(options);
  auto first = transport.Append(events_);
  EXPECT_EQ(asked, 0);
  executor_->RunAll();
  EXPECT_THAT(stream().metadata(), Contains(Pair("authorization", "Bearer token1")));
  auto second = transport.Read({}, events_);
  executor_->RunAll();
  auto& read = *stub_->async()->read_sessions.at(0);
  EXPECT_THAT(read.metadata(), Contains(Pair("authorization", "Bearer token2")));
  first->Cancel();
  EndCancelled();
  second->Cancel();
  read.AnswerMetadata(false, false);
  read.End(grpc::Status::CANCELLED);
}

TEST_F(GrpcTransportTest, AProvidersErrorEndsTheCallAndNothingWasSent) {
  ClientOptions options;
  options.access_token_provider = [] { return absl::UnavailableError("vault"); };
  auto call = MakeTransport(options).Append(events_);
  EXPECT_FALSE(events_->status.has_value());
  executor_->RunAll();
  EXPECT_EQ(events_->status->message(), "access_token_provider: vault");
  EXPECT_TRUE(IsRetryable(*events_->status));
  EXPECT_TRUE(HasNoSideEffects(*events_->status));
  EXPECT_TRUE(stub_->async()->append_sessions.empty());
}

TEST_F(GrpcTransportTest, WithoutAStubTheCallIsUnimplemented) {
  GrpcTransport transport(
      StubPool::Of({}),
      std::make_shared<AccessToken>(ClientOptions(), TokenCarriage::kMetadata, executor_),
      {"basin-one", "s", ""}, executor_);
  auto call = transport.Append(events_);
  EXPECT_FALSE(events_->status.has_value()) << "never inside a verb";
  executor_->RunAll();
  EXPECT_EQ(events_->status->code(), absl::StatusCode::kUnimplemented);
}

TEST_F(GrpcTransportTest, ACallCancelledBeforeItsTokenCameIsNeverMade) {
  ClientOptions options;
  options.access_token_provider = [] { return std::string("token"); };
  auto call = MakeTransport(options).Append(events_);
  call->Cancel();
  executor_->RunAll();
  EXPECT_EQ(events_->status->code(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(stub_->async()->append_sessions.empty());
}

TEST_F(GrpcTransportTest, CallsThatWaitForATokenShareOneAnswer) {
  ClientOptions options;
  options.token_provider = provider_;
  GrpcTransport transport = MakeTransport(options);
  auto first = transport.Append(events_);
  auto second = transport.Append(events_);
  executor_->RunAll();
  EXPECT_THAT(provider_->log, ElementsAre("get 1"));
  for (const auto& stream : stub_->async()->append_sessions) {
    EXPECT_THAT(stream->metadata(), Contains(Pair("authorization", "Bearer 1")));
    stream->AnswerMetadata(false, false);
    first->Cancel();
    second->Cancel();
    stream->End(grpc::Status::CANCELLED);
  }
}

TEST_F(GrpcTransportTest, ARefusedTokenOfAProviderIsToldToItAndTheCallMayBeTriedAgain) {
  ClientOptions options;
  options.token_provider = provider_;
  GrpcTransport transport = MakeTransport(options);
  auto call = transport.Append(events_);
  executor_->RunAll();
  call->Cancel();
  stream().AnswerMetadata(false, false);
  stream().End(ToGrpc(MakeError(ErrorCode::kAuthn, "expired")));
  EXPECT_EQ(GetErrorCode(*events_->status), ErrorCode::kAuthn);
  EXPECT_TRUE(IsRetryable(*events_->status));
  EXPECT_TRUE(HasNoSideEffects(*events_->status));
  executor_->RunAll();
  EXPECT_THAT(provider_->log, ElementsAre("get 1", "invalidate 1"));
}

TEST_F(GrpcTransportTest, WhatAProvidersTokenMayNotDoIsFinal) {
  ClientOptions options;
  options.token_provider = provider_;
  GrpcTransport transport = MakeTransport(options);
  auto call = transport.Append(events_);
  executor_->RunAll();
  call->Cancel();
  stream().AnswerMetadata(false, false);
  stream().End(ToGrpc(MakeError(ErrorCode::kPermissionDenied, "not yours")));
  EXPECT_FALSE(IsRetryable(*events_->status));
  executor_->RunAll();
  EXPECT_THAT(provider_->log, ElementsAre("get 1"));
}

TEST_F(GrpcTransportTest, AFixedTokenThatIsRefusedIsFinal) {
  ClientOptions options;
  options.access_token = "token";
  auto call = MakeTransport(options).Append(events_);
  call->Cancel();
  stream().AnswerMetadata(false, false);
  stream().End(ToGrpc(MakeError(ErrorCode::kAuthn, "expired")));
  EXPECT_FALSE(IsRetryable(*events_->status));
}

}  // namespace
}  // namespace s2::internal
