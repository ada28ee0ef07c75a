// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "s2/testing/internal/short_text.h"
#include "s2/tests/session/read_session_fixture.h"

namespace s2::internal {
namespace {

using ReadSessionResume = ReadSessionTest;

TEST_F(ReadSessionResume, EveryRowOfTheErrorTableIsRetriedOrTerminalAsItSays) {
  for (const ErrorRow& row : ErrorTable()) {
    SCOPED_TRACE(std::string(row.name));
    OpenAccepted();
    call().Deliver(Batch({0, 1}));
    const size_t calls = transport_->reads();
    call().Finish(MakeError(row.code, "why"));
    EXPECT_EQ(session_->Stats().last_error, MakeError(row.code, "why"));
    if (row.retryable) {
      ASSERT_TRUE(clock_->AdvanceToNextTimer());
      ASSERT_EQ(transport_->reads(), calls + 1);
      EXPECT_EQ(call().request().seq_num(), 2u);
      call().Accept();
      call().Deliver(Batch({2}));
      EXPECT_EQ(ShowNext(), "0 1");
      EXPECT_EQ(ShowNext(), "2");
      EXPECT_EQ(ShowNext(), "none");
    } else {
      EXPECT_EQ(clock_->timers(), 0u);
      EXPECT_EQ(ShowNext(), "0 1");
      EXPECT_EQ(NextError(), row.code);
      EXPECT_EQ(NextError(), row.code) << "the error stays";
      EXPECT_EQ(transport_->reads(), calls);
    }
    session_.reset();
  }
}

TEST_F(ReadSessionResume, AnErrorWithoutAnErrorInfoIsJudgedAsABrokenCall) {
  using Code = absl::StatusCode;
  for (Code code : {Code::kCancelled, Code::kUnknown, Code::kDeadlineExceeded,
                    Code::kResourceExhausted, Code::kInternal, Code::kUnavailable}) {
    OpenAccepted();
    call().Finish(absl::Status(code, "broke"));
    EXPECT_EQ(ShowNext(), "none") << code;
    session_.reset();
  }
  for (Code code : {Code::kInvalidArgument, Code::kNotFound, Code::kPermissionDenied,
                    Code::kUnauthenticated, Code::kUnimplemented, Code::kOutOfRange}) {
    OpenAccepted();
    call().Finish(absl::Status(code, "no"));
    EXPECT_EQ(Next().status().code(), code);
    session_.reset();
  }
}

TEST_F(ReadSessionResume, AKnownCodeUnderAStatusThatIsNotItsOwnIsTerminal) {
  rpc::v1::ErrorInfo info;
  info.set_code("unavailable");
  info.set_http_status(418);
  OpenAccepted();
  call().Finish(MakeError(info, "teapot", absl::StatusCode::kUnavailable));
  EXPECT_FALSE(Next().ok());
  EXPECT_EQ(transport_->reads(), 1u);
}

TEST_F(ReadSessionResume, AsksForTheRest) {
  request_.set_count(10);
  request_.set_bytes(1000);
  request_.set_until(5000);
  request_.set_wait(30);
  request_.set_clamp(true);
  OpenAccepted();
  call().Deliver(Batch({0, 1, 2}, 3));
  clock_->Advance(absl::Seconds(4));
  Reconnect();
  EXPECT_EQ(testing::ShortText(call().request()),
            "seq_num: 3 clamp: true count: 7 bytes: 970 until: 5000 wait: 26");
}

TEST_F(ReadSessionResume, AStartThatNoFrameHasFixedIsResolvedAnew) {
  request_.set_tail_offset(3);
  Open();
  call().Finish(Broken());
  clock_->AdvanceToNextTimer();
  EXPECT_EQ(call().request().tail_offset(), 3u);
  call().Accept();
  call().Deliver(Heartbeat(42));
  Reconnect();
  EXPECT_EQ(call().request().seq_num(), 42u);
}

TEST_F(ReadSessionResume, BacksOffAndGivesUpWhenTheBudgetIsSpent) {
  Open();
  const absl::Time start = clock_->Now();
  call().Finish(Broken());
  EXPECT_EQ(clock_->next_timer() - start, absl::Milliseconds(100));
  clock_->AdvanceToNextTimer();
  call().Finish(Broken());
  clock_->AdvanceToNextTimer();
  EXPECT_EQ(clock_->Now() - start, absl::Milliseconds(300));
  EXPECT_EQ(transport_->reads(), 3u);
  call().Finish(Broken());
  EXPECT_EQ(clock_->timers(), 0u);
  const absl::Status error = Next().status();
  EXPECT_EQ(GetErrorCode(error), ErrorCode::kServerDisconnected);
  EXPECT_EQ(error.message(), "read session on s2://basin/stream (3 attempts in 300ms): cut");
}

TEST_F(ReadSessionResume, GoesOnForAMinuteByDefault) {
  options_ = {};
  Open();
  const absl::Time start = clock_->Now();
  do {
    call().Finish(Broken());
  } while (clock_->AdvanceToNextTimer());
  EXPECT_EQ(clock_->Now() - start, absl::Minutes(1));
  EXPECT_EQ(NextError(), ErrorCode::kServerDisconnected);
}

TEST_F(ReadSessionResume, AFrameStartsTheBudgetAnew) {
  OpenAccepted();
  for (uint64_t i = 0; i < 20; i += 2) {
    Reconnect();
    Reconnect();
    call().Deliver(i % 4 == 0 ? Batch({i, i + 1}) : Batch({i, i + 1}, i + 2));
    EXPECT_EQ(clock_->timers(), 1u);
  }
  for (uint64_t i = 0; i < 20; i += 2) EXPECT_EQ(ShowNext(), absl::StrCat(i, " ", i + 1));
  call().Finish(Broken());
  EXPECT_EQ(clock_->next_timer() - clock_->Now(), absl::Milliseconds(100));
  clock_->AdvanceToNextTimer();
  call().Finish(Broken());
  clock_->AdvanceToNextTimer();
  call().Finish(Broken());
  EXPECT_EQ(NextError(), ErrorCode::kServerDisconnected) << "accepted is not progress";
}

TEST_F(ReadSessionResume, AHeartbeatAloneDoesNotStartTheBudgetAnew) {
  OpenAccepted();
  call().Deliver(Heartbeat(0));
  Reconnect();
  call().Deliver(Heartbeat(0));
  Reconnect();
  call().Deliver(Heartbeat(0));
  call().Finish(Broken());
  EXPECT_EQ(NextError(), ErrorCode::kServerDisconnected);
}

TEST_F(ReadSessionResume, AStreamThatHasStoodForAWhileStartsTheBudgetAnew) {
  OpenAccepted();
  for (int i = 0; i < 20; ++i) {
    call().Deliver(Heartbeat(0));
    clock_->Advance(absl::Seconds(5));
    call().Deliver(Heartbeat(0));
    call().Finish(Broken());
    EXPECT_EQ(clock_->next_timer() - clock_->Now(), absl::Milliseconds(100));
    clock_->AdvanceToNextTimer();
    call().Accept();
  }
  EXPECT_EQ(ShowNext(), "none");
}

TEST_F(ReadSessionResume, AFollowWithoutLimitsThatAServerEndsIsClosedEarly) {
  OpenAccepted();
  call().Deliver(Batch({0}, 1));
  call().Finish(absl::OkStatus());
  EXPECT_EQ(ShowNext(), "0");
  EXPECT_EQ(ShowNext(), "none");
  EXPECT_FALSE(session_->caught_up());
  EXPECT_EQ(session_->Stats().state, ReadSessionState::kBackoff);
  EXPECT_EQ(GetErrorCode(session_->Stats().last_error), ErrorCode::kStreamClosedEarly);
  clock_->AdvanceToNextTimer();
  EXPECT_EQ(testing::ShortText(call().request()), "seq_num: 1");
  call().Finish(absl::OkStatus());
  clock_->AdvanceToNextTimer();
  call().Finish(absl::OkStatus());
  EXPECT_EQ(NextError(), ErrorCode::kStreamClosedEarly) << "the budget is spent";
}

TEST_F(ReadSessionResume, WaitsAsLongAsTheServerAsks) {
  rpc::v1::ErrorInfo info = GetErrorInfo(MakeError(ErrorCode::kRateLimited, ""));
  info.mutable_retry_after()->set_seconds(7);
  OpenAccepted();
  call().Finish(MakeError(info, "slow down"));
  clock_->Advance(absl::Milliseconds(6999));
  EXPECT_EQ(transport_->reads(), 1u);
  clock_->Advance(absl::Milliseconds(1));
  EXPECT_EQ(transport_->reads(), 2u);
}

TEST_F(ReadSessionResume, MovesAtOnceWhenTheServerLeavesAndSpendsNoTry) {
  options_.retry.budget.max_attempts = 1;
  OpenAccepted();
  call().Deliver(Batch({0}));
  call().Finish(Leaving(0));
  ASSERT_EQ(transport_->reads(), 2u);
  EXPECT_EQ(call().request().seq_num(), 1u);
  call().Accept();
  call().Deliver(Batch({1}));
  EXPECT_EQ(ShowNext(), "0");
  EXPECT_EQ(ShowNext(), "1");
}

TEST_F(ReadSessionResume, MovesWithoutEndArePausedWhateverCameBetween) {
  OpenAccepted();
  for (int i = 0; i < 20; ++i) {
    call().Deliver(Batch({static_cast<uint64_t>(i)}));
    EXPECT_EQ(ShowNext(), std::to_string(i));
    const size_t calls = transport_->reads();
    call().Finish(Leaving(0));
    if (i > 0) {
      ASSERT_EQ(transport_->reads(), calls) << "only the first goes at once";
      clock_->AdvanceToNextTimer();
    }
    ASSERT_EQ(transport_->reads(), calls + 1);
    call().Accept();
  }
}

TEST_F(ReadSessionResume, AServerThatDoesNotAnswerTheOpenIsGivenUp) {
  Open();
  clock_->Advance(absl::Milliseconds(4999));
  EXPECT_FALSE(call().cancelled());
  clock_->Advance(absl::Milliseconds(1));
  EXPECT_TRUE(call().cancelled());
  EXPECT_EQ(GetErrorCode(session_->Stats().last_error), ErrorCode::kOpenTimeout);
  clock_->Advance(absl::Milliseconds(100));
  ASSERT_EQ(transport_->reads(), 2u);
  clock_->Advance(absl::Seconds(5) + absl::Milliseconds(200) + absl::Seconds(5));
  EXPECT_EQ(transport_->reads(), 3u);
  EXPECT_EQ(NextError(), ErrorCode::kOpenTimeout);
}

TEST_F(ReadSessionResume, AFrameOfAStaleAttemptIsDropped) {
  Open();
  clock_->Advance(absl::Seconds(5));
  FakeReadCall& stale = transport_->read(0);
  stale.Accept();
  stale.Deliver(Batch({0}));
  EXPECT_EQ(ShowNext(), "none");
  clock_->AdvanceToNextTimer();
  ASSERT_EQ(transport_->reads(), 2u);
  EXPECT_EQ(call().request().seq_num(), 0u);
  stale.Finish(MakeError(ErrorCode::kPermissionDenied, "too late"));
  call().Accept();
  call().Deliver(Batch({0}));
  EXPECT_EQ(ShowNext(), "0");
}

TEST_F(ReadSessionResume, TwoErrorsOfOneAttemptAreOneFailure) {
  OpenAccepted();
  clock_->Advance(options_.heartbeat_timeout);
  EXPECT_TRUE(call().cancelled());
  transport_->read(0).Finish(absl::CancelledError("cancelled"));
  EXPECT_EQ(GetErrorCode(session_->Stats().last_error), ErrorCode::kHeartbeatTimeout);
  EXPECT_EQ(clock_->timers(), 1u);
  clock_->AdvanceToNextTimer();
  EXPECT_EQ(transport_->reads(), 2u);
}

TEST_F(ReadSessionResume, TheErrorComesAfterAllBatchesBeforeIt) {
  options_.retry.budget.max_attempts = 1;
  OpenAccepted();
  for (uint64_t i = 0; i < 5; ++i) call().Deliver(Batch({i}));
  call().Finish(Broken());
  for (uint64_t i = 0; i < 5; ++i) EXPECT_EQ(ShowNext(), absl::StrCat(i));
  EXPECT_EQ(NextError(), ErrorCode::kServerDisconnected);
}

TEST_F(ReadSessionResume, LogsWhatItDoesAndWhy) {
  logs_.emplace();
  OpenAccepted();
  Reconnect();
  call().Finish(Leaving(0));
  call().Finish(MakeError(ErrorCode::kPermissionDenied, "no"));
  executor_->RunAll();
  const std::string name = "read session on s2://basin/stream: ";
  EXPECT_EQ(*logs_, (std::vector<std::string>{
                        name + "Idle -> Opening: start",
                        name + "Opening -> Streaming: accepted",
                        name + "Streaming -> Backoff: retries in 100ms: cut",
                        name + "Backoff -> Opening: the pause is over",
                        name + "Opening -> Streaming: accepted",
                        name + "Streaming -> Opening: moves: leaving",
                        name + "Opening -> Ended: gives up: no",
                    }));
}

// A transport whose calls are over before they are returned.
class HastyTransport : public FakeTransport {
 public:
  std::shared_ptr<ReadCall> Read(const rpc::v1::ReadRequest& request,
                                 std::shared_ptr<CallEvents> events) override {
    auto call = FakeTransport::Read(request, std::move(events));
    std::thread([fake = static_cast<FakeReadCall*>(call.get())] {
      fake->Accept();
      fake->Finish(MakeError(ErrorCode::kAuthn, "no token"));
    }).join();
    return call;
  }
};

TEST_F(ReadSessionResume, ACallThatIsOverBeforeItIsReturnedEndsTheSession) {
  Runtime runtime{clock_, executor_, [] { return 0.0; }, nullptr};
  session_.emplace(
      MakeReadSession("s", std::make_shared<HastyTransport>(), runtime, request_, options_));
  EXPECT_EQ(NextError(), ErrorCode::kAuthn);
}

}  // namespace
}  // namespace s2::internal
