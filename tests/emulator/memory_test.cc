// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <malloc.h>

#include "s2/tests/emulator/fixture.h"

namespace s2 {
namespace {

using ::testing::HasSubstr;

class MemoryTest : public EmulatorTest {
 protected:
  using EmulatorTest::EmulatorTest;

  // What the heap holds.
  static size_t Heap() {
    const struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
  }

  // Appends `input` this often and holds what the emulator took against the bound.
  void ExpectCompact(const v1::AppendInput& input, int times) {
    AppendCall call(*streams_);
    ASSERT_TRUE(call.Write(input));  // so that both ends have their buffers
    ASSERT_GE(call.Ack().first, 0);
    const size_t before = Heap();
    for (int i = 0; i < times; ++i) {
      ASSERT_TRUE(call.Write(input));
      ASSERT_GE(call.Ack().first, 0);
    }
    const double metered = static_cast<double>(MeteredBytes(input)) * times;
    const double records = static_cast<double>(input.records_size()) * times;
    EXPECT_LE(static_cast<double>(Heap()) - static_cast<double>(before),
              1.5 * metered + 64 * records);
    EXPECT_LE(static_cast<double>(emulator_->stats().held_bytes),
              1.5 * (metered + MeteredBytes(input)) + 64 * (records + input.records_size()));
    EXPECT_EQ(emulator_->stats().records, static_cast<uint64_t>(records) + input.records_size());
    EXPECT_EQ(emulator_->stats().metered_bytes, metered + MeteredBytes(input));
  }
};

TEST_F(MemoryTest, SmallRecordsOneByOneTakeLittle) { ExpectCompact(Input({""}), 20000); }

TEST_F(MemoryTest, SmallRecordsInBatchesTakeLittle) {
  ExpectCompact(Input(std::vector<std::string>(1000, "x")), 200);
}

TEST_F(MemoryTest, RecordsWithHeadersTakeLittle) {
  ExpectCompact(Input(MakeRecord({{"k", "v"}, {"key", "value"}}, "body")), 20000);
}

TEST_F(MemoryTest, MiddlingRecordsTakeLittle) {
  ExpectCompact(Input({std::string(3000, 'x')}), 5000);
}

TEST_F(MemoryTest, RecordsThatFillChunksBadlyTakeLittle) {
  ExpectCompact(Input({std::string(15000, 'x')}), 2000);
}

TEST_F(MemoryTest, LargeRecordsTakeLittle) {
  ExpectCompact(Input({std::string(kMaxBatchBytes - 8, 'x')}), 32);
}

TEST_F(MemoryTest, LargeAndSmallAppendsInTurnTakeLittle) {
  AppendCall call(*streams_);
  for (int i = 0; i < 500; ++i) {
    ASSERT_TRUE(call.Write(Input({std::string(17 * 1024, 'x')})));
    ASSERT_TRUE(call.Write(Input({"x"})));
    ASSERT_GE(call.Ack().first, 0);
    ASSERT_GE(call.Ack().first, 0);
  }
  const EmulatorStats stats = emulator_->stats();
  EXPECT_LE(stats.held_bytes, stats.metered_bytes * 3 / 2 + 64 * stats.records);
}

TEST_F(MemoryTest, TrimmedAndDeletedRecordsGiveTheirMemoryBack) {
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(Append({std::string(100 * 1024, 'x')}).ok());
  ASSERT_TRUE(Append(Input(MakeTrimRecord(90))).ok());
  EXPECT_LT(emulator_->stats().held_bytes, 1100u * 1024);
  EXPECT_EQ(DeleteStream(), absl::OkStatus());
  EXPECT_LT(emulator_->stats().held_bytes, 1024u);
  clock_->Advance(absl::Seconds(1));
  EXPECT_EQ(emulator_->stats().held_bytes, 0u);
  EXPECT_EQ(emulator_->stats().records, 0u);
  EXPECT_EQ(emulator_->stats().metered_bytes, 0u);
}

class MemoryCapTest : public MemoryTest {
 protected:
  static constexpr size_t kCap = 1024 * 1024;
  MemoryCapTest() : MemoryTest(kCap) {}
};

TEST_F(MemoryCapTest, AtTheCapAppendsFailByNameAndATrimMakesRoom) {
  const std::string body(10 * 1024, 'x');
  absl::Status full;
  int appended = 0;
  for (; full.ok(); ++appended) full = Append({body}).status();
  --appended;
  EXPECT_THAT(full, HasCode(ErrorCode::kQuotaExhausted));
  EXPECT_EQ(full.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(full.message()), HasSubstr("max_memory_bytes is 1048576"));
  EXPECT_GT(appended, 90);
  EXPECT_EQ(*Tail(), static_cast<uint64_t>(appended));
  EXPECT_LE(emulator_->stats().held_bytes, kCap);
  ASSERT_TRUE(Append(Input(MakeTrimRecord(appended))).ok());
  EXPECT_TRUE(Append({body}).ok());
}

}  // namespace
}  // namespace s2
