// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>

#include "s2/tests/session/append_session_fixture.h"

namespace s2::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr size_t kRoom = 1024 * 1024;

class AppendSessionReserveTest : public AppendSessionTest {
 protected:
  // Room for exactly 1 MiB.
  void MakeSmall() {
    AppendSessionOptions options;
    options.max_unacked_bytes = kRoom;
    MakeStreaming(options);
  }

  // Reserves; the permit comes into permits_ and the name, or the error, into heard_.
  AppendReservation ReserveAsync(const std::string& name, size_t bytes) {
    return session().ReserveAsync(bytes, [this, name](absl::StatusOr<AppendPermit> permit) {
      if (permit.ok()) {
        heard_.push_back(name);
        permits_.push_back(*std::move(permit));
      } else {
        EXPECT_TRUE(HasNoSideEffects(permit.status())) << permit.status();
        heard_.push_back(absl::StrCat(name, " ", ToString(permit.status())));
      }
    });
  }
  static std::string ToString(const absl::Status& status) {
    const ErrorCode code = GetErrorCode(status);
    return code == ErrorCode::kNone ? absl::StatusCodeToString(status.code())
                                    : std::string(GetErrorRow(code).name);
  }
  std::vector<std::string> Heard() {
    RunCallbacks();
    return std::exchange(heard_, {});
  }
  // Is all of the room free?
  bool AllFree() { return session().Reserve(kRoom, absl::InfinitePast()).ok(); }

  std::vector<std::string> heard_;
  std::vector<AppendPermit> permits_;
};

TEST_F(AppendSessionReserveTest, APermitHoldsItsRoomUntilItIsUsed) {
  MakeSmall();
  AppendPermit permit = *session().Reserve(1000);
  EXPECT_EQ(permit.bytes(), 1000);
  const absl::Status late = session().Reserve(kRoom - 999, absl::InfinitePast()).status();
  EXPECT_EQ(late.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_TRUE(HasNoSideEffects(late));
  EXPECT_TRUE(session().Reserve(kRoom - 1000, absl::InfinitePast()).ok());
  EXPECT_EQ(session().Stats().unacked_bytes, 0) << "permits do not count";
  absl::StatusOr<AppendTicket> ticket = permit.Submit(MakeBatch("a"));
  ASSERT_TRUE(ticket.ok());
  EXPECT_EQ(permit.bytes(), 0);
  EXPECT_EQ(session().Stats().unacked_bytes, 9);
  EXPECT_TRUE(session().Reserve(kRoom - 9, absl::InfinitePast()).ok()) << "the rest is free again";
  call().Receive();
  call().Ack(0, 1);
  EXPECT_TRUE(Acked(*ticket));
  EXPECT_TRUE(AllFree());
}

TEST_F(AppendSessionReserveTest, APermitDroppedUnusedGivesItsRoomBack) {
  MakeSmall();
  { AppendPermit permit = *session().Reserve(kRoom); }
  EXPECT_TRUE(AllFree());
  AppendPermit a = *session().Reserve(kRoom / 2);
  AppendPermit b = *session().Reserve(kRoom / 2);
  a = std::move(b);
  EXPECT_TRUE(session().Reserve(kRoom / 2, absl::InfinitePast()).ok());
  AppendPermit& itself = a;
  a = std::move(itself);
  EXPECT_EQ(a.bytes(), kRoom / 2);
}

TEST_F(AppendSessionReserveTest, APermitCountsAsABatch) {
  AppendSessionOptions options;
  options.max_unacked_batches = 1;
  MakeStreaming(options);
  AppendPermit permit = *session().Reserve(100);
  EXPECT_EQ(GetErrorCode(session().TrySubmit(MakeBatch("a")).status()), ErrorCode::kOverCapacity);
  ASSERT_TRUE(permit.Submit(MakeBatch("b")).ok());
  EXPECT_FALSE(session().TrySubmit(MakeBatch("c")).ok());
  call().Receive();
  call().Ack(0, 1);
  EXPECT_TRUE(session().TrySubmit(MakeBatch("d")).ok());
  call().Receive();
}

TEST_F(AppendSessionReserveTest, ABatchOverItsPermitIsRefusedAndThePermitIsGoodStill) {
  MakeSmall();
  AppendPermit permit = *session().Reserve(10);
  v1::AppendInput large = MakeBatch("abc");
  const absl::Status status = permit.Submit(std::move(large)).status();
  EXPECT_EQ(GetErrorCode(status), ErrorCode::kInvalid);
  EXPECT_THAT(std::string(status.message()), HasSubstr("11 metered bytes; the permit is for 10"));
  EXPECT_EQ(Body(large), "abc");
  EXPECT_TRUE(permit.Submit(MakeBatch("ab")).ok());
  EXPECT_EQ(GetErrorCode(permit.Submit(MakeBatch("ab")).status()), ErrorCode::kInvalid);
  call().Receive();
}

TEST_F(AppendSessionReserveTest, WhatCanNeverFitIsRefusedAtOnce) {
  MakeSmall();
  const absl::Status status = session().Reserve(kRoom + 1).status();
  EXPECT_EQ(GetErrorCode(status), ErrorCode::kInvalid);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("bytes is 1048577; max_unacked_bytes is 1048576"));
  EXPECT_EQ(GetErrorCode(session().Reserve(0).status()), ErrorCode::kInvalid);
  ReserveAsync("a", kRoom + 1);
  EXPECT_THAT(Heard(), ElementsAre("a invalid"));
  EXPECT_TRUE(AllFree());
}

TEST_F(AppendSessionReserveTest, TheCallbackNeverComesInsideTheCall) {
  MakeSmall();
  ReserveAsync("a", 100);
  EXPECT_THAT(heard_, IsEmpty());
  EXPECT_THAT(Heard(), ElementsAre("a"));
}

TEST_F(AppendSessionReserveTest, FirstComeFirstServed) {
  MakeSmall();
  AppendPermit held = *session().Reserve(kRoom);
  ReserveAsync("large", kRoom - 10);
  ReserveAsync("small", 10);
  ReserveAsync("next", 10);
  EXPECT_THAT(Heard(), IsEmpty());
  { AppendPermit dropped = std::move(held); }
  EXPECT_THAT(Heard(), ElementsAre("large", "small"));
  permits_.pop_back();
  EXPECT_THAT(Heard(), ElementsAre("next"));
}

TEST_F(AppendSessionReserveTest, CancelWhileWaitingLetsThoseBehindPass) {
  MakeSmall();
  AppendPermit held = *session().Reserve(kRoom - 100);
  AppendReservation large = ReserveAsync("large", 200);
  ReserveAsync("small", 100);
  EXPECT_THAT(Heard(), IsEmpty());
  large.Cancel();
  EXPECT_THAT(Heard(), ElementsAre("large CANCELLED", "small"));
  large.Cancel();
  EXPECT_THAT(Heard(), IsEmpty());
}

TEST_F(AppendSessionReserveTest, CancelAfterTheGrantButBeforeItsDeliveryGivesTheRoomBack) {
  MakeSmall();
  AppendReservation a = ReserveAsync("a", kRoom);
  EXPECT_FALSE(AllFree());
  a.Cancel();
  EXPECT_TRUE(AllFree());
  EXPECT_THAT(Heard(), ElementsAre("a CANCELLED"));
  EXPECT_TRUE(AllFree());
}

TEST_F(AppendSessionReserveTest, CancelAfterTheDeliveryDoesNothing) {
  MakeSmall();
  AppendReservation a = ReserveAsync("a", kRoom);
  EXPECT_THAT(Heard(), ElementsAre("a"));
  a.Cancel();
  EXPECT_FALSE(AllFree());
  permits_.clear();
  EXPECT_TRUE(AllFree());
}

TEST_F(AppendSessionReserveTest, CancelInsideItsOwnCallbackDoesNothing) {
  MakeSmall();
  std::optional<AppendReservation> reservation;
  std::optional<AppendPermit> got;
  reservation = session().ReserveAsync(kRoom, [&](absl::StatusOr<AppendPermit> permit) {
    reservation->Cancel();
    got = *std::move(permit);
  });
  RunCallbacks();
  ASSERT_TRUE(got.has_value());
  EXPECT_TRUE(got->Submit(MakeBatch("a")).ok());
  call().Receive();
}

TEST_F(AppendSessionReserveTest, DroppingAReservationChangesNothing) {
  MakeSmall();
  { AppendReservation a = ReserveAsync("a", 100); }
  EXPECT_THAT(Heard(), ElementsAre("a"));
}

TEST_F(AppendSessionReserveTest, CloseWakesAllWhoWaitAndRefusesPermits) {
  MakeSmall();
  AppendPermit held = *session().Reserve(kRoom);
  ReserveAsync("a", 10);
  ReserveAsync("b", 10);
  EXPECT_TRUE(session().Close().ok());
  EXPECT_THAT(Heard(), ElementsAre("a session_closing", "b session_closing"));
  v1::AppendInput input = MakeBatch("x");
  EXPECT_EQ(GetErrorCode(held.Submit(std::move(input)).status()), ErrorCode::kSessionClosed);
  EXPECT_EQ(Body(input), "x");
}

TEST_F(AppendSessionReserveTest, APermitUsedAfterCloseBeganIsRefused) {
  MakeSmall();
  AppendPermit held = *session().Reserve(100);
  Submit("a");
  session().CloseAsync(absl::InfiniteFuture(), [](absl::Status) {});
  EXPECT_EQ(GetErrorCode(held.Submit(MakeBatch("x")).status()), ErrorCode::kSessionClosing);
  call().Receive();
  call().Ack(0, 1);
  EXPECT_TRUE(call().half_closed()) << "nobody waits for a permit";
}

TEST_F(AppendSessionReserveTest, AFailureWakesAllWhoWait) {
  MakeSmall();
  AppendPermit held = *session().Reserve(kRoom);
  ReserveAsync("a", 10);
  call().Finish(MakeError(ErrorCode::kPermissionDenied, "no"));
  EXPECT_THAT(Heard(), ElementsAre("a permission_denied"));
  EXPECT_EQ(GetErrorCode(held.Submit(MakeBatch("x")).status()), ErrorCode::kPermissionDenied);
}

TEST_F(AppendSessionReserveTest, DestructionWakesAllWhoWaitAndAPermitMayOutliveIt) {
  MakeSmall();
  AppendPermit held = *session().Reserve(kRoom);
  AppendReservation a = ReserveAsync("a", 10);
  session_.reset();
  a.Cancel();
  EXPECT_THAT(Heard(), ElementsAre("a session_dropped"));
  EXPECT_EQ(GetErrorCode(held.Submit(MakeBatch("x")).status()), ErrorCode::kSessionDropped);
}

TEST_F(AppendSessionReserveTest, PermitsFixNoOrder) {
  MakeSmall();
  AppendPermit first = *session().Reserve(100);
  AppendPermit second = *session().Reserve(100);
  ASSERT_TRUE(second.Submit(MakeBatch("second")).ok());
  ASSERT_TRUE(first.Submit(MakeBatch("first")).ok());
  EXPECT_EQ(Body(call().Receive()), "second");
  EXPECT_EQ(Body(call().Receive()), "first");
}

}  // namespace
}  // namespace s2::internal
