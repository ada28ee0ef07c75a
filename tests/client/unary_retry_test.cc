// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>

#include "s2/tests/client/unary_harness.h"

namespace s2 {
namespace {

using ::testing::AllOf;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::Le;

using UnaryRetryTest = testing::UnaryTest;

absl::Status Error(ErrorCode code) { return MakeError(code, "why"); }

TEST_F(UnaryRetryTest, AnAnswerIsTheResult) {
  Append();
  clock_->AwaitTimer();
  calls().appends[0].response->mutable_end()->set_seq_num(5);
  calls().appends[0].done(grpc::Status::OK);
  EXPECT_EQ(Result()->end().seq_num(), 5u);
  EXPECT_EQ(attempts(), 1u);
}

TEST_F(UnaryRetryTest, AnErrorThatMayPassIsTriedAgainWithTheSameInput) {
  Append();
  Answer(Error(ErrorCode::kUnavailable));
  EXPECT_THAT(Pause(), AllOf(Ge(absl::Milliseconds(100)), Le(absl::Milliseconds(200))));
  Answer(absl::OkStatus());
  EXPECT_TRUE(Result().ok());
  EXPECT_EQ(calls().appends[0].request.records(0).body(), "a");
  EXPECT_EQ(calls().appends[1].request.records(0).body(), "a");
}

TEST_F(UnaryRetryTest, TheBudgetEndsItAndTheErrorSaysWhatWasTried) {
  options_.unary_retry.budget = RetryBudget::Attempts(3);
  Append();
  Answer(Error(ErrorCode::kStorage));
  const absl::Duration elapsed = Pause();
  Answer(Error(ErrorCode::kStorage));
  const absl::Duration total = absl::Trunc(elapsed + Pause(), absl::Milliseconds(1));
  Answer(Error(ErrorCode::kUnavailable));
  EXPECT_EQ(Result().status().message(),
            "append to s2://basin-one/s (3 attempts in " + absl::FormatDuration(total) + "): why");
  EXPECT_EQ(GetErrorCode(Result().status()), ErrorCode::kUnavailable);
}

TEST_F(UnaryRetryTest, ATerminalErrorIsNotTriedAgain) {
  Append();
  Answer(Error(ErrorCode::kStreamNotFound));
  EXPECT_EQ(Result().status().message(), "append to s2://basin-one/s (1 attempt in 0): why");
  EXPECT_TRUE(HasNoSideEffects(Result().status()));
}

TEST_F(UnaryRetryTest, WaitsAsLongAsTheServerAsks) {
  rpc::v1::ErrorInfo info = GetErrorInfo(Error(ErrorCode::kRateLimited));
  info.mutable_retry_after()->set_seconds(3);
  Append();
  Answer(WithErrorInfo(Error(ErrorCode::kRateLimited), info));
  EXPECT_EQ(Pause(), absl::Seconds(3));
  Answer(absl::OkStatus());
  EXPECT_TRUE(Result().ok());
}

TEST_F(UnaryRetryTest, WaitsNoLongerThanAMinuteWhateverTheServerAsks) {
  rpc::v1::ErrorInfo info = GetErrorInfo(Error(ErrorCode::kRateLimited));
  info.mutable_retry_after()->set_seconds(49 * 24 * 3600);
  options_.unary_retry.budget = RetryBudget::Forever();
  Append();
  for (int i = 0; i < 3; ++i) {
    Answer(WithErrorInfo(Error(ErrorCode::kRateLimited), info));
    EXPECT_EQ(Pause(), absl::Seconds(60));
  }
  Answer(absl::OkStatus());
  EXPECT_TRUE(Result().ok());
}

TEST_F(UnaryRetryTest, TriesForTenSecondsUnlessToldOtherwise) {
  Append();
  Answer(Error(ErrorCode::kUnavailable));
  absl::Duration elapsed = Pause();
  while (elapsed < absl::Seconds(10)) {
    Answer(Error(ErrorCode::kUnavailable));
    elapsed += Pause();
  }
  EXPECT_EQ(elapsed, absl::Seconds(10));
  Answer(Error(ErrorCode::kUnavailable));
  EXPECT_EQ(GetErrorCode(Result().status()), ErrorCode::kUnavailable);
  EXPECT_THAT(std::string(Result().status().message()), HasSubstr(" attempts in 10s): why"));
}

TEST_F(UnaryRetryTest, TriesOnceMoreWhenItsTimeIsOverIfTheServerAskedForMore) {
  rpc::v1::ErrorInfo info = GetErrorInfo(Error(ErrorCode::kRateLimited));
  info.mutable_retry_after()->set_seconds(3600);
  Append();
  Answer(WithErrorInfo(Error(ErrorCode::kRateLimited), info));
  EXPECT_EQ(Pause(), absl::Seconds(10));
  Answer(WithErrorInfo(Error(ErrorCode::kRateLimited), info));
  EXPECT_EQ(GetErrorCode(Result().status()), ErrorCode::kRateLimited);
  EXPECT_EQ(attempts(), 2u);
}

TEST_F(UnaryRetryTest, AServerThatLeavesCostsNoTryAndAtFirstNoPause) {
  rpc::v1::ErrorInfo info = GetErrorInfo(Error(ErrorCode::kServerDraining));
  info.mutable_reconnect();
  options_.unary_retry.budget = RetryBudget::Attempts(1);
  Append();
  Answer(WithErrorInfo(Error(ErrorCode::kServerDraining), info));
  for (int i = 0; i < 8; ++i) {
    Answer(WithErrorInfo(Error(ErrorCode::kServerDraining), info));
    EXPECT_GE(Pause(), absl::Milliseconds(100));
  }
  Answer(absl::OkStatus());
  EXPECT_TRUE(Result().ok());
  EXPECT_EQ(attempts(), 10u);
}

TEST_F(UnaryRetryTest, AnAttemptWithoutAnswerTimesOutAndIsTriedAgain) {
  Append();
  clock_->AwaitTimer();
  clock_->Advance(options_.request_timeout);
  Pause();
  Answer(Error(ErrorCode::kInvalid));
  EXPECT_FALSE(HasNoSideEffects(Result().status())) << "the first may have been accepted";
  // gRPC may answer an attempt that nobody waits for.
  calls().appends[0].done(grpc::Status::CANCELLED);
}

TEST_F(UnaryRetryTest, TheErrorOfATimeoutNamesTheLimit) {
  options_.unary_retry.budget.max_attempts = 1;
  Append();
  clock_->AwaitTimer();
  clock_->Advance(options_.request_timeout);
  EXPECT_EQ(Result().status().message(),
            "append to s2://basin-one/s (1 attempt in 5s): no answer within 5s");
  EXPECT_EQ(GetErrorCode(Result().status()), ErrorCode::kRequestTimeout);
  calls().appends[0].done(grpc::Status::CANCELLED);
}

TEST_F(UnaryRetryTest, AnErrorWithoutEffectAfterADoubtfulOneLeavesTheDoubt) {
  Append();
  Answer(Error(ErrorCode::kUnavailable));
  Pause();
  Answer(Error(ErrorCode::kSeqNumMismatch));
  EXPECT_EQ(GetErrorInfo(Result().status()).effect(), rpc::v1::EFFECT_POSSIBLE);
  EXPECT_FALSE(HasNoSideEffects(Result().status()));
}

TEST_F(UnaryRetryTest, ErrorsWithoutEffectAddUpToNoEffect) {
  Append();
  Answer(Error(ErrorCode::kHotServer));
  Pause();
  Answer(Error(ErrorCode::kSeqNumMismatch));
  EXPECT_EQ(GetErrorInfo(Result().status()).effect(), rpc::v1::EFFECT_NONE);
}

TEST_F(UnaryRetryTest, UnderAtMostOnceADoubtfulErrorIsTheLast) {
  options_.append_policy = AppendRetryPolicy::kAtMostOnce;
  Append();
  Answer(Error(ErrorCode::kRateLimited));
  Pause();
  Answer(Error(ErrorCode::kUnavailable));
  EXPECT_EQ(GetErrorCode(Result().status()), ErrorCode::kUnavailable);
  EXPECT_EQ(attempts(), 2u);
}

TEST_F(UnaryRetryTest, UnderAtMostOnceATimeoutIsTheLast) {
  options_.append_policy = AppendRetryPolicy::kAtMostOnce;
  Append();
  clock_->AwaitTimer();
  clock_->Advance(options_.request_timeout);
  EXPECT_EQ(GetErrorCode(Result().status()), ErrorCode::kRequestTimeout);
  EXPECT_FALSE(HasNoSideEffects(Result().status()));
  calls().appends[0].done(grpc::Status::CANCELLED);
}

}  // namespace
}  // namespace s2
