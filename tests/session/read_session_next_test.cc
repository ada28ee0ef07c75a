// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "s2/tests/session/read_session_fixture.h"

namespace {
std::atomic<int> yields{0};
}  // namespace

// Stands in for the C library's: counts what std::this_thread::yield does.
extern "C" int sched_yield() noexcept {
  ++yields;
  return static_cast<int>(syscall(SYS_sched_yield));
}

namespace s2::internal {
namespace {

class ReadSessionNext : public ReadSessionTest {};

TEST_F(ReadSessionNext, WithAPastDeadlineLetsNobodyGoFirst) {
  OpenAccepted();
  const int before = yields;
  EXPECT_EQ(Show(session_->Next(absl::InfinitePast())), "none");
  EXPECT_EQ(Show(session_->Next(clock_->Now())), "none");
  EXPECT_EQ(yields, before);
  const absl::Time deadline = clock_->Now() + absl::Milliseconds(1);
  std::thread reader([&] { EXPECT_EQ(Show(session_->Next(deadline)), "none"); });
  clock_->AwaitTimer(deadline);
  EXPECT_GT(yields, before) << "it counts";
  clock_->Advance(absl::Milliseconds(1));
  reader.join();
}

TEST_F(ReadSessionNext, OpensWithTheRequestAsGiven) {
  request_.set_timestamp(17);
  request_.set_clamp(true);
  request_.set_count(5);
  request_.set_bytes(600);
  request_.set_until(99);
  request_.set_wait(7);
  Open();
  ASSERT_EQ(transport_->reads(), 1u);
  EXPECT_EQ(call().request().SerializeAsString(), request_.SerializeAsString());
}

TEST_F(ReadSessionNext, GivesBatchesInOrderAndThenTheCleanEnd) {
  OpenWaiting();
  EXPECT_EQ(ShowNext(), "none");
  call().Deliver(Batch({0, 1}));
  call().Deliver(Batch({2}, 3));
  call().Finish(absl::OkStatus());
  EXPECT_EQ(ShowNext(), "0 1");
  const auto last = Next();
  EXPECT_EQ(Show(last), "2");
  EXPECT_EQ(last->batch.tail().seq_num(), 3u);
  EXPECT_EQ(ShowNext(), "end");
  EXPECT_EQ(ShowNext(), "end");
}

TEST_F(ReadSessionNext, KeepsRecordsAsTheyWereSent) {
  v1::ReadBatch sent = Batch({0, 1}, 2);
  v1::Header* header = sent.mutable_records(1)->add_headers();
  header->set_name("name");
  header->set_value(std::string("\0\xff", 2));
  OpenAccepted();
  call().Deliver(sent);
  EXPECT_EQ(Next()->batch.SerializeAsString(), sent.SerializeAsString());
}

TEST_F(ReadSessionNext, DoesNotShowHeartbeats) {
  OpenAccepted();
  call().Deliver(Heartbeat(0));
  EXPECT_EQ(ShowNext(), "none");
  call().Deliver(v1::ReadBatch());
  EXPECT_EQ(ShowNext(), "none");
  call().Deliver(Batch({0}, 1));
  EXPECT_EQ(ShowNext(), "0");
}

TEST_F(ReadSessionNext, LeavesCommandsOutOnlyWhenAskedTo) {
  v1::ReadBatch mixed = CommandBatch({0}, 4);
  *mixed.add_records() = Record(1);
  *mixed.add_records() = Command(2);
  *mixed.add_records() = Record(3);
  OpenAccepted();
  call().Deliver(mixed);
  EXPECT_EQ(ShowNext(), "0 1 2 3");
  session_.reset();

  options_.skip_commands = true;
  OpenAccepted();
  call().Deliver(mixed);
  call().Deliver(CommandBatch({4, 5}));
  call().Deliver(Batch({6}));
  EXPECT_EQ(ShowNext(), "1 3");
  EXPECT_EQ(ShowNext(), "6");
  EXPECT_EQ(ShowNext(), "none");
}

TEST_F(ReadSessionNext, KnowsWhereAnExactStartBeginsAndThenFollowsDelivery) {
  request_.set_seq_num(5);
  Open();
  EXPECT_EQ(session_->next_seq_num(), 5u);
  call().Accept();
  call().Deliver(Batch({5, 6}));
  call().Deliver(Batch({7}, 8));
  EXPECT_EQ(session_->next_seq_num(), 5u);
  EXPECT_EQ(session_->last_tail(), std::nullopt);
  EXPECT_EQ(ShowNext(), "5 6");
  EXPECT_EQ(session_->next_seq_num(), 7u);
  EXPECT_EQ(ShowNext(), "7");
  EXPECT_EQ(session_->next_seq_num(), 8u);
  EXPECT_EQ(session_->last_tail()->seq_num(), 8u);
}

TEST_F(ReadSessionNext, KnowsNoPositionForARelativeStartUntilAFrameFixesIt) {
  request_.set_tail_offset(1);
  OpenAccepted();
  EXPECT_EQ(session_->next_seq_num(), std::nullopt);
  call().Deliver(Batch({41}, 42));
  EXPECT_EQ(session_->next_seq_num(), std::nullopt);
  EXPECT_EQ(ShowNext(), "41");
  EXPECT_EQ(session_->next_seq_num(), 42u);
}

TEST_F(ReadSessionNext, EmptyTailExposesTheResumePosition) {
  request_.set_timestamp(5);
  OpenAccepted();
  call().Deliver(Heartbeat(42));
  EXPECT_EQ(session_->next_seq_num(), 42u);
}

TEST_F(ReadSessionNext, RefusesRecordsOutOfOrderAfterGivingWhatWasBefore) {
  OpenAccepted();
  call().Deliver(Batch({0, 1}));
  call().Deliver(Batch({2, 4, 3}));
  EXPECT_TRUE(call().cancelled());
  EXPECT_EQ(ShowNext(), "0 1");
  const absl::Status error = Next().status();
  EXPECT_EQ(GetErrorCode(error), ErrorCode::kInvalidBatch);
  EXPECT_EQ(error.message(),
            "read session on s2://basin/stream (1 attempt in 0): the server sent record 3 behind "
            "record 4");
  EXPECT_EQ(transport_->reads(), 1u);
}

TEST_F(ReadSessionNext, RefusesARepeatedRecord) {
  OpenAccepted();
  call().Deliver(Batch({0, 1}));
  call().Deliver(Batch({1, 2}));
  EXPECT_TRUE(call().cancelled());
  EXPECT_EQ(ShowNext(), "0 1");
  EXPECT_EQ(NextError(), ErrorCode::kInvalidBatch);
}

TEST(ReadSessionOptionsTest, NameTheFieldTheValueAndTheLimit) {
  EXPECT_TRUE(Validate(ReadSessionOptions()).ok());
  ReadSessionOptions options;
  options.open_timeout = absl::Microseconds(999);
  EXPECT_EQ(Validate(options).message(), "open_timeout is 999us; the least is 1ms");
  options = {};
  options.heartbeat_timeout = absl::ZeroDuration();
  EXPECT_EQ(Validate(options).message(), "heartbeat_timeout is 0; the least is 1ms");
  options = {};
  options.max_buffered_bytes = 0;
  EXPECT_EQ(Validate(options).message(), "max_buffered_bytes is 0; the least is 1");
  options = {};
  options.retry.budget.max_attempts = 0;
  EXPECT_EQ(GetErrorCode(Validate(options)), ErrorCode::kInvalid);
}

}  // namespace
}  // namespace s2::internal
