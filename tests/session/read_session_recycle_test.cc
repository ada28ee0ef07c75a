// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "s2/session/internal/read/spare_batches.h"
#include "s2/tests/session/read_session_fixture.h"

namespace s2::internal {
namespace {

constexpr size_t kBigBody = 1000;

v1::ReadBatch BigBatch(uint64_t seq_num) {
  v1::ReadBatch batch = Batch({seq_num});
  v1::SequencedRecord& record = *batch.mutable_records(0);
  record.set_body(std::string(kBigBody, 'x'));
  record.add_headers()->set_name("left over");
  return batch;
}

size_t SpareBytes(v1::ReadBatch batch) { return MakeSpare(batch); }

// Was it read into the memory of a big batch?
bool InBigMemory(const v1::ReadBatch& batch) {
  return batch.records(0).body().capacity() >= kBigBody;
}

class ReadSessionRecycle : public ReadSessionTest {
 protected:
  v1::ReadBatch Take() { return (*Next()).batch; }
};

TEST_F(ReadSessionRecycle, ABatchGivenBackIsReadIntoAgainAndLeavesNothing) {
  OpenAccepted();
  call().Deliver(BigBatch(0));
  session_->Recycle(Take());
  call().Deliver(Batch({1}));  // was asked for before
  EXPECT_FALSE(InBigMemory(Take()));
  call().Deliver(Batch({2}, 3));
  const v1::ReadBatch batch = Take();
  EXPECT_TRUE(InBigMemory(batch));
  EXPECT_EQ(batch.SerializeAsString(), Batch({2}, 3).SerializeAsString());
}

TEST_F(ReadSessionRecycle, IterationGivesBackWhatItLeaves) {
  OpenAccepted();
  call().Deliver(BigBatch(0));
  auto at = session_->Batches().begin();
  call().Deliver(Batch({1}));
  call().Deliver(Batch({2}));
  ++at;
  call().Deliver(Batch({3}));
  call().Deliver(Batch({4}));
  for (uint64_t seq_num = 1; seq_num <= 4; ++seq_num, ++at) {
    EXPECT_EQ(at->batch.records(0).seq_num(), seq_num);
    EXPECT_EQ(InBigMemory(at->batch), seq_num == 4);
    if (seq_num == 4) break;
  }
}

TEST_F(ReadSessionRecycle, KeepsNoMoreThanMayBeHeld) {
  options_.max_buffered_bytes = SpareBytes(BigBatch(0)) + kRecordBytes - 1;
  OpenAccepted();
  call().Deliver(BigBatch(0));
  v1::ReadBatch batch = Take();
  call().Deliver(Batch({1}));  // takes the room
  session_->Recycle(std::move(batch));
  call().Deliver(Batch({2}));
  call().Deliver(Batch({3}));
  for (int i = 1; i <= 3; ++i) EXPECT_FALSE(InBigMemory(Take()));
}

TEST_F(ReadSessionRecycle, CountsAllThatItKeeps) {
  options_.max_buffered_bytes = 2 * SpareBytes(BigBatch(0));
  OpenAccepted();
  for (uint64_t seq_num = 0; seq_num < 3; ++seq_num) session_->Recycle(BigBatch(seq_num));
  int kept = 0;
  for (uint64_t seq_num = 0; seq_num < 4; ++seq_num) {
    call().Deliver(Batch({seq_num}));
    if (InBigMemory(Take())) ++kept;
  }
  EXPECT_EQ(kept, 2);
}

TEST(MakeSpare, CountsWhatAStringMayHold) {
  v1::ReadBatch batch = Batch({0});
  batch.mutable_records(0)->mutable_body()->reserve(kBigBody);
  EXPECT_GE(MakeSpare(batch), kBigBody);
  batch.mutable_records(0)->add_headers()->mutable_value()->reserve(kBigBody);
  EXPECT_GE(MakeSpare(batch), 2 * kBigBody);
}

TEST(MakeSpare, FreesWhatIsHidden) {
  v1::ReadBatch records = Batch({0, 1});
  records.mutable_records(1)->set_body(std::string(kBigBody, 'x'));
  records.mutable_records()->RemoveLast();
  EXPECT_GE(records.SpaceUsedLong(), kBigBody);
  MakeSpare(records);
  EXPECT_LT(records.SpaceUsedLong(), kBigBody);
  EXPECT_EQ(records.SerializeAsString(), Batch({0}).SerializeAsString());

  for (const int left : {0, 1}) {
    v1::ReadBatch headers = Batch({0});
    v1::SequencedRecord& record = *headers.mutable_records(0);
    for (int i = 0; i < left; ++i) record.add_headers()->set_name("stays");
    const std::string shown = headers.SerializeAsString();
    record.add_headers()->set_value(std::string(kBigBody, 'x'));
    record.mutable_headers()->RemoveLast();
    EXPECT_GE(headers.SpaceUsedLong(), kBigBody) << left;
    MakeSpare(headers);
    EXPECT_LT(headers.SpaceUsedLong(), kBigBody) << left;
    EXPECT_EQ(headers.SerializeAsString(), shown) << left;
  }
}

TEST(MakeSpare, KeepsTheMemoryOfWhatIsShown) {
  v1::ReadBatch batch = BigBatch(0);
  *batch.add_records() = Record(1);
  batch.mutable_records()->RemoveLast();
  const std::string* const body = &batch.records(0).body();
  MakeSpare(batch);
  EXPECT_EQ(&batch.records(0).body(), body);
}

}  // namespace
}  // namespace s2::internal
