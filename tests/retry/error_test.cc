// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/retry/error.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

#include "absl/strings/cord.h"

namespace s2 {
namespace {

using S = absl::StatusCode;

rpc::v1::ErrorInfo Info(absl::string_view code, int http_status) {
  rpc::v1::ErrorInfo info;
  info.set_code(std::string(code));
  info.set_http_status(http_status);
  return info;
}

class KnownCodeTest : public ::testing::TestWithParam<ErrorRow> {
 protected:
  const ErrorRow& row() const { return GetParam(); }
};

TEST_P(KnownCodeTest, UnderItsOwnStatusIsJudgedByTheTable) {
  const absl::Status error = MakeError(Info(row().name, row().http_status), "m");
  EXPECT_EQ(error.code(), row().status);
  EXPECT_EQ(GetErrorCode(error), row().code);
  EXPECT_EQ(IsRetryable(error), row().retryable);
  EXPECT_EQ(HasNoSideEffects(error), row().no_side_effects);
}

TEST_P(KnownCodeTest, MadeFromTheCodeIsTheSameError) {
  const absl::Status error = MakeError(row().code, "m");
  EXPECT_EQ(error.code(), row().status);
  EXPECT_EQ(error.message(), "m");
  EXPECT_EQ(GetErrorCode(error), row().code);
  EXPECT_EQ(GetErrorInfo(error).code(), row().name);
  EXPECT_EQ(GetErrorInfo(error).http_status(), row().http_status);
  EXPECT_EQ(GetErrorInfo(error).message(), "m");
  EXPECT_EQ(IsRetryable(error), row().retryable);
  EXPECT_EQ(HasNoSideEffects(error), row().no_side_effects);
}

TEST_P(KnownCodeTest, UnderAnyOtherStatusIsTrustedInNothing) {
  for (int http :
       {0, 200, 400, 401, 403, 404, 408, 409, 412, 416, 422, 429, 499, 500, 501, 502, 503, 504}) {
    if (http == row().http_status) continue;
    const absl::Status error = MakeError(Info(row().name, http), "m");
    EXPECT_EQ(GetErrorCode(error), ErrorCode::kNone) << http;
    EXPECT_FALSE(IsRetryable(error)) << http;
    EXPECT_FALSE(HasNoSideEffects(error)) << http;
    EXPECT_EQ(error.code(), http == 0 ? S::kUnknown : StatusCodeFromHttp(http)) << http;
  }
}

INSTANTIATE_TEST_SUITE_P(AllCodes, KnownCodeTest,
                         ::testing::ValuesIn(ErrorTable().begin(), ErrorTable().end()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(ErrorTest, UnknownCodeIsRetryableByItsHttpStatus) {
  for (absl::string_view code : {"", "brand_new"}) {
    for (int http : {400, 404, 408, 409, 412, 416, 422, 429, 499, 500, 501, 502, 503, 504}) {
      const absl::Status error = MakeError(Info(code, http), "m");
      EXPECT_EQ(GetErrorCode(error), ErrorCode::kNone) << code << http;
      EXPECT_EQ(error.code(), StatusCodeFromHttp(http)) << code << http;
      EXPECT_EQ(IsRetryable(error), IsRetryableHttp(http)) << code << http;
    }
  }
}

TEST(ErrorTest, UnknownCodeIsNeverFreeOfSideEffects) {
  for (int http = 400; http < 600; ++http) {
    EXPECT_FALSE(HasNoSideEffects(MakeError(Info("brand_new", http), "m"))) << http;
  }
}

TEST(ErrorTest, WithoutCodeAndHttpStatusTheFallbackIsTheStatus) {
  EXPECT_EQ(MakeError(Info("", 0), "m").code(), S::kUnknown);
  EXPECT_EQ(MakeError(Info("", 0), "m", S::kUnavailable).code(), S::kUnavailable);
  EXPECT_EQ(MakeError(Info("", 404), "m", S::kUnavailable).code(), S::kNotFound);
}

TEST(ErrorTest, BareGrpcCodesAreRetryableWhenTheyMeanABrokenCall) {
  const std::pair<S, bool> kExpected[] = {
      {S::kCancelled, true},         {S::kUnknown, true},           {S::kInvalidArgument, false},
      {S::kDeadlineExceeded, true},  {S::kNotFound, false},         {S::kAlreadyExists, false},
      {S::kPermissionDenied, false}, {S::kResourceExhausted, true}, {S::kFailedPrecondition, false},
      {S::kAborted, false},          {S::kOutOfRange, false},       {S::kUnimplemented, false},
      {S::kInternal, true},          {S::kUnavailable, true},       {S::kDataLoss, false},
      {S::kUnauthenticated, false},
  };
  for (const auto& [code, retryable] : kExpected) {
    const absl::Status error(code, "m");
    EXPECT_EQ(IsRetryable(error), retryable) << error;
    EXPECT_FALSE(HasNoSideEffects(error)) << error;
    EXPECT_EQ(GetErrorCode(error), ErrorCode::kNone) << error;
  }
}

TEST(ErrorTest, OkIsNoErrorToAnyQuestion) {
  const absl::Status ok;
  EXPECT_EQ(GetErrorCode(ok), ErrorCode::kNone);
  EXPECT_FALSE(IsRetryable(ok));
  EXPECT_FALSE(HasNoSideEffects(ok));
  EXPECT_EQ(RetryAfter(ok), absl::ZeroDuration());
  EXPECT_EQ(ReconnectForwarded(ok), std::nullopt);
  EXPECT_EQ(GetErrorInfo(ok).ByteSizeLong(), 0);
  EXPECT_TRUE(WithContext(ok, "append").ok());
}

TEST(ErrorTest, TheVerdictOverAllAttemptsWinsOverTheCode) {
  rpc::v1::ErrorInfo info = Info("seq_num_mismatch", 412);  // itself free of side effects
  info.set_effect(rpc::v1::EFFECT_POSSIBLE);
  EXPECT_FALSE(HasNoSideEffects(MakeError(info, "m")));

  info = Info("storage", 500);  // itself not
  info.set_effect(rpc::v1::EFFECT_NONE);
  EXPECT_TRUE(HasNoSideEffects(MakeError(info, "m")));
}

TEST(ErrorTest, ARequestThatWasNotSentHadNoEffectWhateverItsCode) {
  rpc::v1::ErrorInfo info = Info("unavailable", 503);
  EXPECT_FALSE(HasNoSideEffects(MakeError(info, "m")));
  info.set_not_sent(true);
  EXPECT_TRUE(HasNoSideEffects(MakeError(info, "m")));
  info.set_effect(rpc::v1::EFFECT_POSSIBLE);  // an earlier attempt was sent
  EXPECT_FALSE(HasNoSideEffects(MakeError(info, "m")));
}

TEST(ErrorTest, AnEffectThisVersionDoesNotKnowIsNoPromise) {
  rpc::v1::ErrorInfo info = Info("storage", 500);
  info.set_effect(static_cast<rpc::v1::Effect>(99));
  EXPECT_FALSE(HasNoSideEffects(MakeError(info, "m")));
}

TEST(ErrorTest, RetryAfterIsWhatTheServerAsked) {
  EXPECT_EQ(RetryAfter(MakeError(ErrorCode::kRateLimited, "m")), absl::ZeroDuration());
  rpc::v1::ErrorInfo info = Info("rate_limited", 429);
  info.mutable_retry_after()->set_seconds(2);
  info.mutable_retry_after()->set_nanos(500000000);
  EXPECT_EQ(RetryAfter(MakeError(info, "m")), absl::Milliseconds(2500));
}

TEST(ErrorTest, RetryAfterIsAMinuteAtTheMostAndNeverInThePast) {
  const auto retry_after = [](int64_t seconds, int32_t nanos) {
    rpc::v1::ErrorInfo info = Info("rate_limited", 429);
    info.mutable_retry_after()->set_seconds(seconds);
    info.mutable_retry_after()->set_nanos(nanos);
    return RetryAfter(MakeError(info, "m"));
  };
  EXPECT_EQ(retry_after(60, 0), absl::Seconds(60));
  EXPECT_EQ(retry_after(60, 1), absl::Seconds(60));
  EXPECT_EQ(retry_after(49 * 24 * 3600, 0), absl::Seconds(60));
  EXPECT_EQ(retry_after(std::numeric_limits<int64_t>::max(), 999999999), absl::Seconds(60));
  EXPECT_EQ(retry_after(std::numeric_limits<int64_t>::min(), -999999999), absl::ZeroDuration());
  EXPECT_EQ(retry_after(0, -1), absl::ZeroDuration());
}

TEST(ErrorTest, AnErrorWithoutACodePromisesNothing) {
  const absl::Status error = MakeError(ErrorCode::kNone, "m");
  EXPECT_EQ(error.code(), S::kUnknown);
  EXPECT_EQ(error.message(), "m");
  EXPECT_EQ(GetErrorInfo(error).code(), "");
  EXPECT_EQ(GetErrorCode(error), ErrorCode::kNone);
  EXPECT_FALSE(HasNoSideEffects(error));
}

TEST(ErrorTest, ReconnectTellsHowManyInputsWereTaken) {
  EXPECT_EQ(ReconnectForwarded(MakeError(ErrorCode::kServerDraining, "m")), std::nullopt);
  rpc::v1::ErrorInfo info = Info("server_draining", 503);
  info.mutable_reconnect();
  EXPECT_EQ(ReconnectForwarded(MakeError(info, "m")), 0);
  info.mutable_reconnect()->set_forwarded(7);
  EXPECT_EQ(ReconnectForwarded(MakeError(info, "m")), 7);
}

TEST(ErrorTest, WithErrorInfoReplacesOnlyTheInfo) {
  const absl::Status error = MakeError(ErrorCode::kStorage, "m");
  const absl::Status changed = WithErrorInfo(error, Info("authn", 401));
  EXPECT_EQ(changed.code(), error.code());
  EXPECT_EQ(changed.message(), error.message());
  EXPECT_EQ(GetErrorInfo(changed).code(), "authn");
  EXPECT_EQ(GetErrorInfo(error).code(), "storage");
}

TEST(ErrorTest, WithContextKeepsCodeAndEveryPayload) {
  absl::Status error = MakeError(ErrorCode::kStorage, "disk");
  error.SetPayload("other", absl::Cord("x"));
  const absl::Status changed = WithContext(error, "append to b/s");
  EXPECT_EQ(changed.message(), "append to b/s: disk");
  EXPECT_EQ(changed.code(), S::kInternal);
  EXPECT_EQ(GetErrorCode(changed), ErrorCode::kStorage);
  EXPECT_EQ(GetErrorInfo(changed).message(), "disk");
  EXPECT_EQ(changed.GetPayload("other"), absl::Cord("x"));
}

TEST(TokenRenewableTest, ARefusedTokenMayBeTriedAgainWhereAnotherCanBeBrought) {
  for (const absl::Status& refused :
       {MakeError(ErrorCode::kAuthn, "expired"), absl::UnauthenticatedError("a proxy's word")}) {
    EXPECT_TRUE(IsTokenRefused(refused));
    EXPECT_FALSE(IsRetryable(refused));
    const absl::Status renewable = TokenRenewable(refused);
    EXPECT_TRUE(IsRetryable(renewable));
    EXPECT_EQ(renewable.message(), refused.message());
    EXPECT_EQ(GetErrorCode(renewable), GetErrorCode(refused));
    EXPECT_EQ(HasNoSideEffects(renewable), HasNoSideEffects(refused));
  }
}

TEST(TokenRenewableTest, WhatIsNoRefusalOfATokenStaysAsItIs) {
  EXPECT_FALSE(IsTokenRefused(absl::OkStatus()));
  EXPECT_TRUE(TokenRenewable(absl::OkStatus()).ok());
  EXPECT_FALSE(IsTokenRefused(MakeError(ErrorCode::kPermissionDenied, "not yours")));
  EXPECT_FALSE(IsRetryable(TokenRenewable(MakeError(ErrorCode::kPermissionDenied, "not yours"))));
  const absl::Status not_sent = NotSent(absl::UnauthenticatedError("the channel is not secure"));
  EXPECT_FALSE(IsTokenRefused(not_sent));
  EXPECT_FALSE(IsRetryable(TokenRenewable(not_sent)));
}

TEST(NotSentTest, KeepsTheErrorAndFreesItOfSideEffects) {
  const absl::Status broken = MakeError(ErrorCode::kServerDisconnected, "connection refused");
  ASSERT_FALSE(HasNoSideEffects(broken));
  const absl::Status error = NotSent(broken);
  EXPECT_EQ(error.code(), broken.code());
  EXPECT_EQ(error.message(), broken.message());
  EXPECT_EQ(GetErrorCode(error), ErrorCode::kServerDisconnected);
  EXPECT_TRUE(IsRetryable(error));
  EXPECT_TRUE(HasNoSideEffects(error));
}

TEST(NotSentTest, WorksForAnErrorWithoutACode) {
  const absl::Status error = NotSent(absl::CancelledError("given up"));
  EXPECT_EQ(error.code(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(HasNoSideEffects(error));
}

}  // namespace
}  // namespace s2
