// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>

#include "s2/tests/session/append_session_fixture.h"

namespace s2::internal {
namespace {

using ::testing::HasSubstr;

constexpr size_t kMiB = 1024 * 1024;

// A batch of so many metered bytes.
v1::AppendInput BatchOf(size_t bytes) { return MakeBatch(std::string(bytes - 8, 'x')); }

class AppendSessionBackpressureTest : public AppendSessionTest {
 protected:
  // Room for exactly 1 MiB.
  void MakeSmall() {
    AppendSessionOptions options;
    options.max_unacked_bytes = kMiB;
    MakeStreaming(options);
  }
  absl::Status TrySubmit(size_t bytes) { return session().TrySubmit(BatchOf(bytes)).status(); }
};

TEST_F(AppendSessionBackpressureTest, TakesTheLastByteAndNotOneMore) {
  MakeSmall();
  EXPECT_TRUE(TrySubmit(kMiB - 100).ok());
  EXPECT_EQ(GetErrorCode(TrySubmit(101)), ErrorCode::kOverCapacity);
  EXPECT_TRUE(TrySubmit(100).ok());
  const absl::Status status = TrySubmit(8);
  EXPECT_EQ(GetErrorCode(status), ErrorCode::kOverCapacity);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("a batch of 8 bytes; max_unacked_bytes is 1048576, of which 1048576"));
  EXPECT_EQ(session().Stats().unacked_bytes, kMiB);
  call().ReceiveAll();
}

TEST_F(AppendSessionBackpressureTest, AnAckGivesItsRoomBack) {
  MakeSmall();
  ASSERT_TRUE(TrySubmit(kMiB).ok());
  call().Receive();
  EXPECT_FALSE(TrySubmit(8).ok());
  call().Ack(0, 1);
  EXPECT_TRUE(TrySubmit(kMiB).ok());
  call().Receive();
}

TEST_F(AppendSessionBackpressureTest, LimitsTheNumberOfBatches) {
  AppendSessionOptions options;
  options.max_unacked_batches = 2;
  MakeStreaming(options);
  ASSERT_TRUE(TrySubmit(8).ok());
  ASSERT_TRUE(TrySubmit(8).ok());
  const absl::Status status = TrySubmit(8);
  EXPECT_EQ(GetErrorCode(status), ErrorCode::kOverCapacity);
  EXPECT_THAT(std::string(status.message()), HasSubstr("max_unacked_batches is 2, of which 2"));
  call().ReceiveAll();
  call().Ack(0, 1);
  EXPECT_TRUE(TrySubmit(8).ok());
  EXPECT_FALSE(TrySubmit(8).ok());
  call().ReceiveAll();
}

TEST_F(AppendSessionBackpressureTest, SubmitGivesUpAtItsDeadlineAndLeavesTheBatchUntouched) {
  MakeSmall();
  ASSERT_TRUE(TrySubmit(kMiB).ok());
  v1::AppendInput input = BatchOf(8);
  const absl::Status status = session().Submit(std::move(input), absl::InfinitePast()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(input.records_size(), 1);
  call().Receive();
  call().Ack(0, 1);
  EXPECT_TRUE(TrySubmit(kMiB).ok()) << "it left no claim behind";
  call().Receive();
}

TEST_F(AppendSessionBackpressureTest, NobodyOvertakesThoseWhoWait) {
  MakeSmall();
  ASSERT_TRUE(TrySubmit(kMiB - 100).ok());
  bool granted = false;
  session().ReserveAsync(200, [&](absl::StatusOr<AppendPermit> permit) { granted = permit.ok(); });
  const absl::Status status = TrySubmit(8);
  EXPECT_EQ(GetErrorCode(status), ErrorCode::kOverCapacity);
  EXPECT_THAT(std::string(status.message()), HasSubstr("1 are waiting"));
  RunCallbacks();
  EXPECT_FALSE(granted);
  call().Receive();
  call().Ack(0, 1);
  RunCallbacks();
  EXPECT_TRUE(granted);
}

TEST_F(AppendSessionBackpressureTest, ABrokenStreamGivesNoRoomBack) {
  MakeSmall();
  ASSERT_TRUE(TrySubmit(kMiB).ok());
  call().Receive();
  call().Finish(Broken());
  EXPECT_FALSE(TrySubmit(8).ok());
}

}  // namespace
}  // namespace s2::internal
