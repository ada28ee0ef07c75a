// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// What no status can report: it ends the process, and says why.

#include <gtest/gtest.h>

#include <optional>
#include <type_traits>
#include <utility>

#include "s2/testing/answers.h"
#include "s2/testing/tickets.h"
#include "s2/tests/session/append_session_fixture.h"
#include "s2/tests/session/fake_transport.h"

namespace s2::internal {
namespace {

class MisuseDeathTest : public AppendSessionTest {
 protected:
  MisuseDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
  // Callbacks that have not run keep what they are for.
  void TearDown() override {
    session_.reset();
    executor_->RunAll();
    AppendSessionTest::TearDown();
  }
};

TEST_F(MisuseDeathTest, AnAppendSessionThatWasMovedFrom) {
  AppendSession& moved = MakeStreaming();
  const AppendSession session = std::move(moved);
  EXPECT_DEATH(moved.Cancel(), "s2: an AppendSession was used after it was moved from");
  EXPECT_DEATH((void)moved.TrySubmit(MakeBatch("a")), "moved from");
  EXPECT_DEATH((void)moved.Stats(), "moved from");
}

TEST_F(MisuseDeathTest, AReadSessionThatWasMovedFrom) {
  auto transport = std::make_shared<FakeTransport>();
  Runtime runtime{clock_, executor_, [] { return 0.0; }, nullptr};
  ReadSession moved = MakeReadSession("s2://basin/stream", transport, runtime, {}, {});
  std::optional<ReadSession> session = std::move(moved);
  EXPECT_DEATH((void)moved.Next(), "s2: a ReadSession was used after it was moved from");
  EXPECT_DEATH((void)moved.Records(), "moved from");
  EXPECT_DEATH((void)moved.status(), "moved from");
  session.reset();
  executor_->RunAll();
}

TEST_F(MisuseDeathTest, ACallbackOfAReadSessionThatIsNone) {
  auto transport = std::make_shared<FakeTransport>();
  Runtime runtime{clock_, executor_, [] { return 0.0; }, nullptr};
  std::optional<ReadSession> session =
      MakeReadSession("s2://basin/stream", transport, runtime, {}, {});
  EXPECT_DEATH(session->NextAsync(nullptr), "s2: ReadSession::NextAsync was given no callback");
  EXPECT_DEATH(session->CaughtUpAsync(nullptr), "CaughtUpAsync was given no callback");
  session.reset();
  executor_->RunAll();
}

TEST_F(MisuseDeathTest, ASecondLoopOverAReadSession) {
  auto transport = std::make_shared<FakeTransport>();
  Runtime runtime{clock_, executor_, [] { return 0.0; }, nullptr};
  std::optional<ReadSession> session =
      MakeReadSession("s2://basin/stream", transport, runtime, {}, {});
  transport->read(0).Finish(MakeError(ErrorCode::kPermissionDenied, "no"));
  EXPECT_EQ(session->Records().begin(), session->Records().end());
  EXPECT_DEATH((void)session->Records().begin(), "s2: a second loop over a ReadSession");
  EXPECT_DEATH((void)session->Batches().begin(), "Next goes on");
  session.reset();
  executor_->RunAll();
}

TEST_F(MisuseDeathTest, ATicketThatWasMovedFrom) {
  AppendTicket moved = testing::ReadyTicket(MakeAck(0, 1));
  const AppendTicket ticket = std::move(moved);
  EXPECT_DEATH((void)moved.done(), "s2: an AppendTicket was used after it was moved from");
  EXPECT_DEATH((void)moved.Wait(), "moved from");
}

TEST_F(MisuseDeathTest, ASecondCallbackForABatch) {
  MakeStreaming();
  const AppendTicket ticket = Submit("a");
  ticket.OnDone([](const auto&) {});
  EXPECT_DEATH(ticket.OnDone([](const auto&) {}), "s2: AppendTicket::OnDone was called twice");
  call().Receive();
  call().Ack(0, 1);
  const AppendTicket& copy = ticket;
  EXPECT_DEATH(copy.OnDone([](const auto&) {}), "called twice");
}

TEST_F(MisuseDeathTest, AReservationThatWasMovedFrom) {
  MakeStreaming();
  AppendReservation moved = session().ReserveAsync(10, [](const auto&) {});
  const AppendReservation reservation = std::move(moved);
  EXPECT_DEATH(moved.Cancel(), "s2: an AppendReservation was used after it was moved from");
}

// What is no misuse.

TEST(PermitMisuseTest, ThatIsUsedUpOrWasMovedFromSaysThatNothingWasSubmitted) {
  AppendPermit moved(nullptr, 10);
  AppendPermit permit = std::move(moved);
  for (AppendPermit* p : {&moved, &permit}) {
    const absl::Status status = p->Submit(MakeBatch("a")).status();
    EXPECT_EQ(GetErrorCode(status), ErrorCode::kInvalid);
    EXPECT_TRUE(HasNoSideEffects(status));
    EXPECT_EQ(p->bytes(), 0);
  }
}

TEST(TicketResultTest, ATicketThatIsAboutToGoGivesItsResultAway) {
  static_assert(
      std::is_same_v<decltype(std::declval<AppendTicket>().Wait()), absl::StatusOr<v1::AppendAck>>);
  static_assert(std::is_same_v<decltype(std::declval<AppendTicket&>().Wait()),
                               const absl::StatusOr<v1::AppendAck>&>);
  const absl::StatusOr<v1::AppendAck>& ack = testing::ReadyTicket(MakeAck(3, 4)).Wait();
  EXPECT_EQ(ack->start().seq_num(), 3);
}

}  // namespace
}  // namespace s2::internal
