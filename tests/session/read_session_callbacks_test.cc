// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "s2/tests/session/read_session_fixture.h"

namespace s2::internal {
namespace {

class ReadSessionCallbacks : public ReadSessionTest {
 protected:
  // Notes what Next gives, and then does `then`.
  void NextAsync(std::function<void()> then = [] {}) {
    session_->NextAsync([this, then](absl::StatusOr<ReadResult> next) {
      seen_.push_back(next.ok() ? Show(next)
                                : std::string(GetErrorRow(GetErrorCode(next.status())).name));
      then();
    });
  }
  std::vector<std::string> Seen() {
    executor_->RunAll();
    return std::exchange(seen_, {});
  }
  using List = std::vector<std::string>;

  std::vector<std::string> seen_;
};

TEST_F(ReadSessionCallbacks, GetWhatIsThereAndWhatComes) {
  OpenWaiting();
  call().Deliver(Batch({0}));
  NextAsync();
  EXPECT_EQ(seen_, List{}) << "never inside the verb";
  EXPECT_EQ(Seen(), List{"0"});
  NextAsync();
  EXPECT_EQ(Seen(), List{});
  call().Deliver(Heartbeat(1));
  EXPECT_EQ(Seen(), List{});
  call().Deliver(Batch({1}, 2));
  EXPECT_EQ(seen_, List{}) << "never inside a reaction";
  EXPECT_EQ(Seen(), List{"1"});
  NextAsync();
  call().Finish(absl::OkStatus());
  EXPECT_EQ(Seen(), List{"end"});
  NextAsync();
  EXPECT_EQ(Seen(), List{"end"});
}

// Whatever ended the session, and whatever its streams and timers still have to say.
TEST_F(ReadSessionCallbacks, OfTheEndIsTheLastCallAndNoLogLineFollows) {
  const std::vector<std::function<void()>> ends = {
      [&] {
        call().Deliver(Heartbeat(0));
        call().Finish(absl::OkStatus());
      },
      [&] { call().Finish(MakeError(ErrorCode::kPermissionDenied, "no")); },
      [&] { session_->Cancel(); },
      [&] { session_.reset(); },
  };
  request_.set_wait(0);
  for (const auto& end : ends) {
    logs_.emplace();
    OpenAccepted();
    size_t lines = 0;
    NextAsync([&] { lines = logs_->size(); });
    end();
    EXPECT_EQ(Seen().size(), 1u);
    EXPECT_GT(lines, 0u);
    if (!call().finished()) call().Finish(absl::CancelledError("late"));
    clock_->Advance(absl::Hours(1));
    session_.reset();
    EXPECT_EQ(executor_->RunAll(), 0u);
    EXPECT_EQ(logs_->size(), lines);
  }
}

TEST_F(ReadSessionCallbacks, AskForTheNextFromInside) {
  OpenAccepted();
  std::function<void()> again = [&] { NextAsync(again); };
  NextAsync(again);
  for (uint64_t i = 0; i < 3; ++i) call().Deliver(Batch({i}));
  EXPECT_EQ(Seen(), (List{"0", "1", "2"}));
  again = [] {};
  call().Finish(MakeError(ErrorCode::kPermissionDenied, "no"));
  EXPECT_EQ(Seen(), (List{"permission_denied", "permission_denied"})) << "the error stays";
}

TEST_F(ReadSessionCallbacks, ABatchCountsAsTakenWhenItsCallbackBegins) {
  OpenAccepted();
  call().Deliver(Batch({0}));
  call().Deliver(Batch({1}, 2));
  NextAsync([&] {
    EXPECT_EQ(session_->next_seq_num(), 1u);
    NextAsync([&] { EXPECT_TRUE(session_->caught_up()); });
    EXPECT_EQ(session_->next_seq_num(), 1u);
    EXPECT_FALSE(session_->caught_up());
  });
  EXPECT_EQ(session_->next_seq_num(), 0u);
  EXPECT_EQ(Seen(), (List{"0", "1"}));
}

TEST_F(ReadSessionCallbacks, OnlyOneNextAtATime) {
  OpenAccepted();
  NextAsync();
  EXPECT_EQ(NextError(), ErrorCode::kInvalid);
  NextAsync();
  EXPECT_EQ(Seen(), List{"invalid"});
  call().Deliver(Batch({0}));
  EXPECT_EQ(NextError(), ErrorCode::kInvalid) << "its callback has not begun";
  EXPECT_EQ(Seen(), List{"0"});
  EXPECT_EQ(ShowNext(), "none");
}

TEST_F(ReadSessionCallbacks, MayUseEveryOtherVerb) {
  OpenWaiting();
  call().Deliver(Batch({0}));
  call().Deliver(Batch({1}, 2));
  call().Deliver(Batch({2}, 3));
  NextAsync([&] {
    seen_.push_back(ShowNext());
    EXPECT_TRUE(session_->WaitCaughtUp(absl::InfinitePast()).ok());
    EXPECT_EQ(session_->Stats().records, 2u);
    NextAsync([&] { seen_.push_back(ShowNext()); });
    EXPECT_EQ(NextError(), ErrorCode::kInvalid);
  });
  EXPECT_EQ(Seen(), (List{"0", "1", "2", "none"}));

  session_->CaughtUpAsync([&](const absl::StatusOr<v1::StreamPosition>& tail) {
    seen_.push_back(absl::StrCat("caught up at ", tail->seq_num()));
    seen_.push_back(ShowNext());
    NextAsync([&] { session_->Cancel(); });
  });
  EXPECT_EQ(Seen(), (List{"caught up at 3", "none"}));
  call().Deliver(Batch({3}));
  EXPECT_EQ(Seen(), List{"3"});
  EXPECT_TRUE(absl::IsCancelled(Next().status()));
  session_->CaughtUpAsync([&](const absl::StatusOr<v1::StreamPosition>& tail) {
    EXPECT_EQ(GetErrorCode(tail.status()), ErrorCode::kSessionClosed);
    session_.reset();
  });
  NextAsync();
  EXPECT_EQ(Seen(), List{"session_dropped"});
}

TEST_F(ReadSessionCallbacks, GetAGapThatNoRecordFollowsAndThenTheEnd) {
  OpenWaiting(2);
  NextAsync([&] { NextAsync(); });
  call().Deliver(Heartbeat(4));
  EXPECT_EQ(Seen(), List{"[0,4)"});
  clock_->Advance(absl::Seconds(2));
  EXPECT_EQ(Seen(), List{"end"});
}

TEST_F(ReadSessionCallbacks, RunOnceWhenTheSessionIsCancelledOrDestroyed) {
  for (bool destroy : {false, true}) {
    for (bool queued : {false, true}) {
      OpenAccepted();
      NextAsync();
      if (queued) call().Deliver(Batch({0}));
      if (destroy) {
        session_.reset();
      } else {
        session_->Cancel();
      }
      EXPECT_EQ(Seen(), List{"session_dropped"});
    }
  }
}

TEST_F(ReadSessionCallbacks, MayCancelOrDestroyTheSession) {
  OpenAccepted();
  call().Deliver(Batch({0}));
  NextAsync([&] {
    session_->Cancel();
    NextAsync();
  });
  EXPECT_EQ(Seen(), (List{"0", "session_dropped"}));

  OpenAccepted();
  call().Deliver(Batch({0}));
  NextAsync([&] { session_.reset(); });
  EXPECT_EQ(Seen(), List{"0"});
  EXPECT_TRUE(call().cancelled());

  OpenAccepted();
  session_->CaughtUpAsync([&](absl::StatusOr<v1::StreamPosition> tail) {
    seen_.push_back(tail.ok() ? "caught up" : "not");
    session_.reset();
  });
  NextAsync();
  call().Deliver(Heartbeat(0));
  EXPECT_EQ(Seen(), (List{"caught up", "session_dropped"}));
}

TEST_F(ReadSessionCallbacks, CaughtUpComesBehindTheBatchThatMadeItSo) {
  OpenAccepted();
  session_->CaughtUpAsync(
      [&](absl::StatusOr<v1::StreamPosition>) { seen_.push_back("caught up"); });
  call().Deliver(Batch({0}, 1));
  EXPECT_EQ(Seen(), List{});
  NextAsync();
  EXPECT_EQ(Seen(), (List{"0", "caught up"}));
}

TEST_F(ReadSessionCallbacks, TheNextBatchIsAskedForBeforeTheCallbackRuns) {
  options_.max_buffered_bytes = 1;
  OpenAccepted();
  call().Deliver(Batch({0}));
  EXPECT_FALSE(call().reading());
  NextAsync([&] { EXPECT_TRUE(call().reading()); });
  EXPECT_EQ(Seen(), List{"0"});
}

}  // namespace
}  // namespace s2::internal
