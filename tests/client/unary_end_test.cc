// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/notification.h"
#include "s2/tests/client/counted_tokens.h"
#include "s2/tests/client/unary_harness.h"

namespace s2 {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::Pair;

using UnaryEndTest = testing::UnaryTest;

TEST_F(UnaryEndTest, TheDeadlineCutsAnAttemptShort) {
  CallOptions options;
  options.deadline = clock_->Now() + absl::Seconds(1);
  Append(options);
  clock_->AwaitTimer();
  clock_->Advance(absl::Seconds(1));
  EXPECT_EQ(Result().status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(std::string(Result().status().message()), HasSubstr("no answer before the deadline"));
  EXPECT_FALSE(HasNoSideEffects(Result().status()));
  calls().appends[0].done(grpc::Status::CANCELLED);
}

TEST_F(UnaryEndTest, ADeadlineTooNearForAnotherAttemptEndsWithTheErrorOfTheLast) {
  CallOptions options;
  options.deadline = clock_->Now() + absl::Milliseconds(50);
  Append(options);
  Answer(MakeError(ErrorCode::kUnavailable, "why"));
  EXPECT_EQ(GetErrorCode(Result().status()), ErrorCode::kUnavailable);
}

TEST_F(UnaryEndTest, ADeadlineInThePastSendsNothing) {
  CallOptions options;
  options.deadline = clock_->Now();
  Append(options);
  EXPECT_EQ(Result().status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_TRUE(HasNoSideEffects(Result().status()));
  EXPECT_EQ(attempts(), 0u);
}

TEST_F(UnaryEndTest, CancelEndsAnAttempt) {
  CallOptions options;
  options.cancellation = std::make_shared<Cancellation>();
  Append(options);
  clock_->AwaitTimer();
  options.cancellation->Cancel();
  EXPECT_EQ(Result().status().code(), absl::StatusCode::kCancelled);
  EXPECT_FALSE(HasNoSideEffects(Result().status()));
  EXPECT_EQ(attempts(), 1u);
  calls().appends[0].done(grpc::Status::CANCELLED);
}

TEST_F(UnaryEndTest, CancelEndsAPause) {
  CallOptions options;
  options.cancellation = std::make_shared<Cancellation>();
  Append(options);
  Answer(MakeError(ErrorCode::kRateLimited, "why"));
  clock_->AwaitTimer();
  options.cancellation->Cancel();
  EXPECT_EQ(Result().status().code(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(HasNoSideEffects(Result().status()));
}

TEST_F(UnaryEndTest, WhatWasCancelledBeforeSendsNothing) {
  CallOptions options;
  options.cancellation = std::make_shared<Cancellation>();
  options.cancellation->Cancel();
  Append(options);
  EXPECT_EQ(Result().status().code(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(HasNoSideEffects(Result().status()));
  EXPECT_EQ(attempts(), 0u);
}

TEST_F(UnaryEndTest, ReadsMayTakeTheirWaitLonger) {
  Stream stream = MakeTestClient().Basin("basin-one").Stream("s");
  rpc::v1::ReadRequest request;
  request.set_wait(300);
  absl::Notification done;
  std::thread reader([&] {
    EXPECT_TRUE(stream.Read(request).ok());
    done.Notify();
  });
  clock_->AwaitTimer();
  EXPECT_EQ(clock_->next_timer() - clock_->Now(), absl::Seconds(65)) << "the server waits 60 s";
  calls().reads[0].done(grpc::Status::OK);
  reader.join();
}

TEST_F(UnaryEndTest, SaysWhereTheCallGoes) {
  Stream stream = MakeTestClient()
                      .Basin("basin-one")
                      .Stream("a/b c")
                      .WithEncryptionKey("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
  std::thread caller([&] { EXPECT_TRUE(stream.Append(MakeInput({MakeRecord("a")})).ok()); });
  Answer(absl::OkStatus());
  caller.join();
  EXPECT_THAT(calls().appends[0].metadata,
              ElementsAre(Pair("s2-basin", "basin-one"),
                          Pair("s2-encryption-key", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
                          Pair("s2-stream", "a%2Fb%20c")));
}

TEST_F(UnaryEndTest, CheckTailHasNoUseForTheKey) {
  Stream stream = MakeTestClient()
                      .Basin("basin-one")
                      .Stream("s")
                      .WithEncryptionKey("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
  std::thread caller([&] { EXPECT_EQ(stream.CheckTail()->seq_num(), 9u); });
  clock_->AwaitTimer();
  calls().check_tails[0].response->mutable_tail()->set_seq_num(9);
  calls().check_tails[0].done(grpc::Status::OK);
  caller.join();
  EXPECT_THAT(calls().check_tails[0].metadata, Not(Contains(Key("s2-encryption-key"))));
}

TEST_F(UnaryEndTest, BadInputIsRefusedBeforeAnythingIsSent) {
  const Client client = MakeTestClient();
  const auto refused = [](const absl::Status& s) {
    return GetErrorCode(s) == ErrorCode::kInvalid && HasNoSideEffects(s);
  };
  const s2::Basin basin = client.Basin("basin-one");
  const v1::AppendInput input = MakeInput({MakeRecord("a")});
  EXPECT_TRUE(refused(client.Basin("B").Stream("s").Append(input).status()));
  EXPECT_TRUE(refused(basin.Stream("").Append(input).status()));
  EXPECT_TRUE(refused(basin.Stream("s").Append({}).status()));
  EXPECT_TRUE(refused(basin.Stream("s").WithEncryptionKey("x\n").Append(input).status()));
  EXPECT_TRUE(refused(basin.Stream("").CheckTail().status()));
  EXPECT_TRUE(refused(basin.Stream("").OpenAppendSession().status()));
  EXPECT_TRUE(refused(basin.Stream("").OpenReadSession({}).status()));
  EXPECT_TRUE(refused(basin.CreateStream("").status()));
  EXPECT_TRUE(refused(client.CreateBasin("B").status()));
  EXPECT_TRUE(refused(client.DeleteBasin("B")));
  EXPECT_EQ(attempts(), 0u);
}

TEST_F(UnaryEndTest, AServiceWithoutStubIsUnimplemented) {
  const absl::Status status = MakeTestClient().ListBasins().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(status.message(),
            "list basins (1 attempt in 0): the client was given no stub of this service");
}

TEST_F(UnaryEndTest, AProvidersTokenIsAskedForEachAttempt) {
  int asked = 0;
  options_.access_token_provider = [&]() -> absl::StatusOr<std::string> {
    if (++asked == 2) return absl::UnavailableError("the vault is closed");
    return "token";
  };
  Append();
  AnswerWithToken(MakeError(ErrorCode::kHotServer, "why"));
  Pause();
  clock_->AwaitTimer();  // for the second token, which does not come
  Pause();
  AnswerWithToken(absl::OkStatus());
  EXPECT_TRUE(Result().ok());
  EXPECT_EQ(asked, 3);
  EXPECT_EQ(attempts(), 2u);
}

TEST_F(UnaryEndTest, AProvidersErrorIsTheCallsAndHadNoEffect) {
  options_.access_token_provider = [] { return absl::PermissionDeniedError("no vault for you"); };
  Append();
  EXPECT_EQ(Result().status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Result().status().message(),
            "append to s2://basin-one/s (1 attempt in 0): access_token_provider: no vault for you");
  EXPECT_TRUE(HasNoSideEffects(Result().status()));
}

TEST_F(UnaryEndTest, AProvidersTokenThatCannotBeSentIsRefusedWithoutShowingIt) {
  options_.access_token_provider = [] { return std::string("secret\n"); };
  Append();
  EXPECT_EQ(GetErrorCode(Result().status()), ErrorCode::kInvalid);
  EXPECT_THAT(std::string(Result().status().message()), Not(HasSubstr("secret")));
}

TEST_F(UnaryEndTest, ARefusedTokenOfAProviderIsToldToItAndAnotherIsTried) {
  const auto provider = std::make_shared<testing::CountedTokens>();
  options_.token_provider = provider;
  Append();
  AnswerWithToken(MakeError(ErrorCode::kAuthn, "expired"));
  Pause();
  AnswerWithToken(absl::OkStatus());
  EXPECT_TRUE(Result().ok());
  EXPECT_THAT(provider->log, ElementsAre("get 1", "invalidate 1", "get 2"));
}

TEST_F(UnaryEndTest, ARefusedTokenOfAProviderIsRetriedWithinTheBudgetAndNoLonger) {
  const auto provider = std::make_shared<testing::CountedTokens>();
  options_.token_provider = provider;
  options_.unary_retry.budget = RetryBudget::Attempts(2);
  Append();
  AnswerWithToken(MakeError(ErrorCode::kAuthn, "expired"));
  Pause();
  AnswerWithToken(MakeError(ErrorCode::kAuthn, "expired"));
  EXPECT_EQ(GetErrorCode(Result().status()), ErrorCode::kAuthn);
  EXPECT_TRUE(HasNoSideEffects(Result().status()));
  EXPECT_EQ(attempts(), 2u);
}

TEST_F(UnaryEndTest, AFixedTokenThatIsRefusedIsFinalAndSoIsWhatATokenMayNotDo) {
  options_.access_token = "token";
  Append();
  Answer(MakeError(ErrorCode::kAuthn, "expired"));
  EXPECT_EQ(GetErrorCode(Result().status()), ErrorCode::kAuthn);
  options_.access_token = "";
  options_.token_provider = std::make_shared<testing::CountedTokens>();
  Append();
  AnswerWithToken(MakeError(ErrorCode::kPermissionDenied, "not yours"));
  EXPECT_EQ(GetErrorCode(Result().status()), ErrorCode::kPermissionDenied);
  EXPECT_EQ(attempts(), 2u);
}

TEST_F(UnaryEndTest, AProviderThatSaysNothingIsWaitedForNoLongerThanForAnAnswer) {
  const auto may_answer = std::make_shared<absl::Notification>();
  options_.unary_retry.budget = RetryBudget::Attempts(1);
  options_.access_token_provider = [may_answer] {
    may_answer->WaitForNotification();
    return std::string("token");
  };
  Append();
  clock_->AwaitTimer();
  clock_->Advance(options_.request_timeout);
  EXPECT_EQ(Result().status().message(),
            "append to s2://basin-one/s (1 attempt in 5s): access_token_provider: no answer within "
            "5s");
  EXPECT_TRUE(HasNoSideEffects(Result().status()));
  may_answer->Notify();
}

TEST_F(UnaryEndTest, CancelEndsTheWaitForATokenAndNothingIsSent) {
  const auto may_answer = std::make_shared<absl::Notification>();
  options_.access_token_provider = [may_answer] {
    may_answer->WaitForNotification();
    return std::string("token");
  };
  CallOptions options;
  options.cancellation = std::make_shared<Cancellation>();
  Append(options);
  clock_->AwaitTimer();
  options.cancellation->Cancel();
  EXPECT_EQ(Result().status().code(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(HasNoSideEffects(Result().status()));
  EXPECT_EQ(attempts(), 0u);
  may_answer->Notify();
}

TEST_F(UnaryEndTest, LogLinesTellOfRetriesAndNeverOfTokensOrRecords) {
  std::vector<std::string> lines;
  options_.access_token = "secret-token";
  options_.log = [&](absl::string_view line) { lines.emplace_back(line); };
  Append();
  Answer(MakeError(ErrorCode::kUnavailable, "why"));
  Pause();
  Answer(absl::OkStatus());
  EXPECT_TRUE(Result().ok());
  // They come before the call returns.
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_THAT(lines[0], MatchesRegex("append to s2://basin-one/s: retries in [0-9.]+ms: why"));
  EXPECT_THAT(lines[0], Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace s2
