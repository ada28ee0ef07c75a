// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "s2/tests/session/append_session_fixture.h"

namespace s2::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Test;
using AppendSessionCallbacksTest = AppendSessionTest;

TEST_F(AppendSessionCallbacksTest, RunOnTheExecutorAndNeverInsideAVerb) {
  MakeStreaming();
  AppendTicket ticket = Submit("a");
  bool called = false;
  ticket.OnDone([&](const auto&) { called = true; });
  call().Receive();
  call().Ack(0, 1);
  EXPECT_TRUE(ticket.done()) << "its state does not wait for its callback";
  EXPECT_FALSE(called);
  RunCallbacks();
  EXPECT_TRUE(called);
}

TEST_F(AppendSessionCallbacksTest, RunThoughTheTicketHasResolvedOrIsGone) {
  MakeStreaming();
  std::vector<std::string> heard;
  Submit("a").OnDone([&](const auto&) { heard.push_back("gone"); });
  AppendTicket b = Submit("b");
  call().ReceiveAll();
  call().Ack(0, 1);
  call().Ack(1, 2);
  b.OnDone([&](const auto& ack) { heard.push_back(absl::StrCat(ack->start().seq_num())); });
  EXPECT_THAT(heard, IsEmpty());
  RunCallbacks();
  EXPECT_THAT(heard, ElementsAre("gone", "1"));
}

TEST_F(AppendSessionCallbacksTest, ComeInTheOrderInWhichTicketsResolve) {
  MakeStreaming();
  std::vector<std::string> heard;
  for (const char* body : {"a", "b", "c"}) {
    Submit(body).OnDone([&heard, body](const auto& ack) {
      heard.push_back(absl::StrCat(body, ack.ok() ? " ok" : " failed"));
    });
  }
  session().FlushAsync(absl::InfiniteFuture(), [&](absl::Status) { heard.push_back("flushed"); });
  session().CloseAsync(absl::InfiniteFuture(), [&](absl::Status) { heard.push_back("closed"); });
  call().ReceiveAll();
  call().Ack(0, 1);
  call().Finish(MakeError(ErrorCode::kPermissionDenied, "no"));
  RunCallbacks();
  EXPECT_THAT(heard, ElementsAre("a ok", "b failed", "c failed", "flushed", "closed"));
}

// Whatever ended the session, and whatever its streams and timers still have to say.
TEST_F(AppendSessionCallbacksTest, ThatOfCloseAsyncIsTheLastCallAndNoLogLineFollows) {
  const std::vector<std::function<void()>> ends = {
      [&] { call().Ack(0, 1); },
      [&] { call().Finish(MakeError(ErrorCode::kPermissionDenied, "no")); },
      [&] { session().Cancel(); },
      [&] { clock_->Advance(absl::Seconds(3)); },
      [&] { session_.reset(); },
  };
  std::vector<std::string> heard;
  log_ = [&heard](absl::string_view) { heard.push_back("line"); };
  for (const auto& end : ends) {
    MakeStreaming();
    Submit("a").OnDone([&](const auto&) { heard.push_back("ticket"); });
    session().FlushAsync(absl::InfiniteFuture(), [&](absl::Status) { heard.push_back("flush"); });
    session().CloseAsync(clock_->Now() + absl::Seconds(3),
                         [&](absl::Status) { heard.push_back("close"); });
    call().ReceiveAll();
    end();
    RunCallbacks();
    for (const char* callback : {"ticket", "flush", "close"}) {
      EXPECT_EQ(std::count(heard.begin(), heard.end(), callback), 1) << callback;
    }
    EXPECT_EQ(heard.back(), "close");
    heard.clear();
    if (!call().finished()) call().Finish(absl::CancelledError("late"));
    clock_->Advance(absl::Hours(1));
    session_.reset();
    RunCallbacks();
    EXPECT_THAT(heard, IsEmpty());
  }
}

TEST_F(AppendSessionCallbacksTest, AndTheSinkAreDestroyedWhenTheyCannotBeCalledAnyMore) {
  auto sink = std::make_shared<int>();
  auto callback = std::make_shared<int>();
  const std::weak_ptr<int> sink_lives = sink, callback_lives = callback;
  log_ = [sink = std::move(sink)](absl::string_view) {};
  MakeStreaming();
  log_ = nullptr;
  Submit("a").OnDone([callback = std::move(callback)](const auto&) {});
  call().ReceiveAll();
  session_.reset();
  EXPECT_FALSE(callback_lives.expired());
  RunCallbacks();
  EXPECT_TRUE(callback_lives.expired());
  call().Finish(absl::CancelledError("late"));
  EXPECT_TRUE(sink_lives.expired());
}

TEST_F(AppendSessionCallbacksTest, ThatThrowEndTheProcessWithALineThatSaysSo) {
  const auto throw_in_callback = [this] {
    MakeStreaming();
    Submit("a").OnDone([](const auto&) { throw std::runtime_error("why"); });
    call().ReceiveAll();
    call().Ack(0, 1);
    RunCallbacks();
  };
  EXPECT_DEATH(throw_in_callback(),
               "s2: a callback or log sink of a session threw an exception: why");
}

// The verbs that a callback may well call, each from the callback of an acked ticket, of a failed
// ticket, of a flush, a close and a reserve.
struct Verb {
  const char* name;
  void (*run)(std::optional<AppendSession>& session);
};

class AppendSessionVerbInCallbackTest : public AppendSessionTest,
                                        public ::testing::WithParamInterface<Verb> {
 protected:
  void Run() {
    ++runs_;
    GetParam().run(session_);
  }
  int runs_ = 0;
};

TEST_P(AppendSessionVerbInCallbackTest, OfAnAck) {
  MakeStreaming();
  Submit("a").OnDone([this](const auto&) { Run(); });
  AppendTicket b = Submit("b");
  call().ReceiveAll();
  call().Ack(0, 1);
  RunCallbacks();
  EXPECT_EQ(runs_, 1);
  if (call().writing()) call().Receive();
}

TEST_P(AppendSessionVerbInCallbackTest, OfAFailure) {
  MakeStreaming();
  Submit("a").OnDone([this](const auto&) { Run(); });
  call().Receive();
  call().Finish(MakeError(ErrorCode::kPermissionDenied, "no"));
  RunCallbacks();
  EXPECT_EQ(runs_, 1);
}

TEST_P(AppendSessionVerbInCallbackTest, OfAFlush) {
  MakeStreaming();
  Submit("a");
  session().FlushAsync(absl::InfiniteFuture(), [this](absl::Status) { Run(); });
  call().Receive();
  call().Ack(0, 1);
  RunCallbacks();
  EXPECT_EQ(runs_, 1);
  if (call().writing()) call().Receive();
}

TEST_P(AppendSessionVerbInCallbackTest, OfAClose) {
  MakeStreaming();
  session().CloseAsync(absl::InfiniteFuture(), [this](absl::Status) { Run(); });
  RunCallbacks();
  EXPECT_EQ(runs_, 1);
}

TEST_P(AppendSessionVerbInCallbackTest, OfAReserve) {
  MakeStreaming();
  session().ReserveAsync(100, [this](absl::StatusOr<AppendPermit>) { Run(); });
  RunCallbacks();
  EXPECT_EQ(runs_, 1);
  if (call().writing()) call().Receive();
}

TEST_P(AppendSessionVerbInCallbackTest, OfALogLine) {
  log_ = [this](absl::string_view) {
    if (session_.has_value() && runs_ == 0) Run();
  };
  MakeStreaming();
  RunCallbacks();
  EXPECT_EQ(runs_, 1);
  if (call().writing()) call().Receive();
}

INSTANTIATE_TEST_SUITE_P(
    All, AppendSessionVerbInCallbackTest,
    ::testing::Values(
        Verb{"destruction", [](auto& session) { session.reset(); }},
        Verb{"cancel", [](auto& session) { session->Cancel(); }},
        Verb{"close", [](auto& session) { (void)session->Close(absl::InfinitePast()); }},
        Verb{"flush", [](auto& session) { (void)session->Flush(absl::InfinitePast()); }},
        Verb{"submit",
             [](auto& session) { (void)session->Submit(MakeBatch("more"), absl::InfinitePast()); }},
        Verb{"take_unacked", [](auto& session) { session->TakeUnacked(); }},
        Verb{"stats", [](auto& session) { session->Stats(); }}),
    [](const auto& info) { return info.param.name; });

TEST_F(AppendSessionCallbacksTest, ThatWereAddedBeforeDestructionStillRun) {
  MakeStreaming();
  int runs = 0;
  Submit("a").OnDone([&](const auto& ack) {
    EXPECT_EQ(GetErrorCode(ack.status()), ErrorCode::kSessionDropped);
    ++runs;
  });
  session().CloseAsync(absl::InfiniteFuture(), [&](absl::Status) { ++runs; });
  session().FlushAsync(absl::InfiniteFuture(), [&](absl::Status) { ++runs; });
  session().ReserveAsync(100, [&](absl::StatusOr<AppendPermit>) { ++runs; });
  session_.reset();
  RunCallbacks();
  EXPECT_EQ(runs, 4);
  call().TakeWrite();
}

}  // namespace
}  // namespace s2::internal
