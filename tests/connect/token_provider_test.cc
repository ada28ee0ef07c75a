// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// Tokens that expire, from the provider to the server.

#include "s2/client/token_provider.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "s2/connect/connect.h"
#include "s2/emulator/faults.h"
#include "s2/record/record.h"
#include "s2/retry/error.h"
#include "s2/tests/client/counted_tokens.h"
#include "s2/tests/connect/one_stream.h"
#include "s2/tests/connect/test_server.h"

namespace s2 {
namespace {

using ::testing::Contains;
using testing::CountedTokens;
using ::testing::ElementsAre;
using testing::TestServer;

class TokenProviderTest : public ::testing::Test {
 protected:
  // A stream, after whose making the provider's log is empty.
  s2::Stream MakeStream() {
    options_.client.token_provider = provider_;
    const auto client = Connect("grpc://127.0.0.1:" + server_.port(), options_);
    EXPECT_TRUE(client->EnsureBasin(kBasin).ok());
    EXPECT_TRUE(client->Basin(kBasin).EnsureStream("s").ok());
    provider_->log.clear();
    provider_->gets = 0;
    return client->Basin(kBasin).Stream("s");
  }
  // The server refuses the token of the next calls of this method.
  void Refuse(const std::string& rpc, int times = 1) {
    Fault fault;
    fault.match = FaultMatch::Open(rpc);
    fault.action = FaultAction::FailBefore(MakeError(ErrorCode::kAuthn, "the token has expired"));
    fault.budget = times;
    server_.faults().Add(std::move(fault));
  }

  TestServer server_;
  ConnectOptions options_;
  const std::shared_ptr<CountedTokens> provider_ = std::make_shared<CountedTokens>();
};

TEST_F(TokenProviderTest, AnAppendSessionGoesOnWithAnotherToken) {
  const s2::Stream stream = MakeStream();
  Refuse("AppendSession");
  auto session = stream.OpenAppendSession();
  EXPECT_TRUE(session->Submit(OneRecord())->Wait().ok());
  EXPECT_EQ(session->Close(), absl::OkStatus());
  EXPECT_THAT(provider_->log, ElementsAre("get 1", "invalidate 1", "get 2"));
  EXPECT_THAT(server_.authorizations(), Contains("Bearer 2"));
}

TEST_F(TokenProviderTest, AReadSessionGoesOnWithAnotherToken) {
  const s2::Stream stream = MakeStream();
  EXPECT_TRUE(stream.Append(OneRecord()).ok());
  Refuse("ReadSession", 2);
  rpc::v1::ReadRequest request;
  request.set_seq_num(0);
  request.set_count(1);
  auto session = stream.OpenReadSession(request);
  EXPECT_TRUE(session->Next().ok());
  EXPECT_THAT(provider_->log,
              ElementsAre("get 1", "get 2", "invalidate 2", "get 3", "invalidate 3", "get 4"));
}

TEST_F(TokenProviderTest, AUnaryCallGoesOnWithAnotherToken) {
  const s2::Stream stream = MakeStream();
  Refuse("CheckTail");
  EXPECT_TRUE(stream.CheckTail().ok());
  EXPECT_THAT(provider_->log, ElementsAre("get 1", "invalidate 1", "get 2"));
}

TEST_F(TokenProviderTest, AnErrandGoesOnWithAnotherToken) {
  const s2::Stream stream = MakeStream();
  Refuse("AppendSession", 3);
  Refuse("ReadSession", 2);
  AppendSessionOptions options;
  options.policy = AppendRetryPolicy::kExactlyOnce;
  options.exactly_once.fence = true;
  auto session = stream.OpenAppendSession(options);
  EXPECT_TRUE(session->Submit(OneRecord())->Wait().ok());
  EXPECT_EQ(session->Close(), absl::OkStatus());
}

TEST_F(TokenProviderTest, WhatATokenMayNotDoEndsASession) {
  const s2::Stream stream = MakeStream();
  Fault fault;
  fault.match = FaultMatch::Open("AppendSession");
  fault.action = FaultAction::FailBefore(MakeError(ErrorCode::kPermissionDenied, "not yours"));
  server_.faults().Add(std::move(fault));
  auto session = stream.OpenAppendSession();
  EXPECT_EQ(GetErrorCode(session->Submit(OneRecord())->Wait().status()),
            ErrorCode::kPermissionDenied);
  EXPECT_THAT(provider_->log, ElementsAre("get 1"));
}

TEST_F(TokenProviderTest, TheBudgetEndsASessionWhoseTokensAreAllRefused) {
  const s2::Stream stream = MakeStream();
  Refuse("AppendSession", Fault::kAlways);
  AppendSessionOptions options;
  options.retry.budget = RetryBudget::Attempts(3);
  auto session = stream.OpenAppendSession(options);
  const auto ack = session->Submit(OneRecord())->Wait();
  EXPECT_EQ(GetErrorCode(ack.status()), ErrorCode::kAuthn);
  EXPECT_TRUE(HasNoSideEffects(ack.status()));
  EXPECT_EQ(session->Stats().attempts, 3u);
}

TEST_F(TokenProviderTest, OneGetServesAllSessionsThatWaitForIt) {
  constexpr int kSessions = 20;
  const s2::Stream stream = MakeStream();
  absl::Notification asked, may_answer;
  provider_->on_get = [&](int gets) {
    if (gets == 1) {
      asked.Notify();
      may_answer.WaitForNotification();
    }
    return std::to_string(gets);
  };
  std::vector<AppendSession> sessions;
  for (int i = 0; i < kSessions; ++i) sessions.push_back(*stream.OpenAppendSession());
  asked.WaitForNotification();
  may_answer.Notify();
  for (AppendSession& session : sessions) {
    EXPECT_TRUE(session.Submit(OneRecord())->Wait().ok());
  }
  EXPECT_EQ(provider_->gets, 1);
}

}  // namespace
}  // namespace s2
