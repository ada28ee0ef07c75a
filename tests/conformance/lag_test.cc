// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "absl/strings/str_cat.h"
#include "s2/tests/conformance/conformance.h"

namespace s2::conformance {
namespace {

using ::testing::ElementsAre;

constexpr int kAppends = 48;
constexpr size_t kBytes = 1024 * 1024 - 100;

// A follower that stops taking while more is appended than the way to it holds, and more appends
// than a server keeps for one (25): it goes on from storage, and then follows again.
class LagTest : public ConformanceTest {
 protected:
  static ReadSession Lag(const s2::Stream& stream, const rpc::v1::ReadRequest& request) {
    ReadSessionOptions options;
    options.max_buffered_bytes = 1;
    ReadSession session = OpenRead(stream, request, options);
    CatchUp(session);
    AppendSession append = OpenAppend(stream);
    for (int i = 0; i < kAppends; ++i) {
      v1::AppendInput input = Sized(1, kBytes);
      input.mutable_records(0)->set_timestamp(1000 + i);
      EXPECT_TRUE(append.Submit(std::move(input), Soon()).ok());
    }
    Close(append);
    return session;
  }
  // Sequence numbers to the end; nothing is missing before them.
  static uint64_t TakeToTheEnd(ReadSession& session) {
    uint64_t next = 0;
    while (true) {
      const auto batch = session.Next(Soon());
      EXPECT_TRUE(batch.ok()) << batch.status();
      if (!batch.ok() || batch->end) return next;
      for (const auto& record : batch->batch.records()) EXPECT_EQ(record.seq_num(), next++);
    }
  }
};

TEST_F(LagTest, EndsInFollowingAgain) {
  const s2::Stream stream = NewStream();
  ReadSession session = Lag(stream, From(0));
  for (uint64_t next = 0; next < kAppends;) {
    const v1::ReadBatch batch = NextBatch(session);
    ASSERT_FALSE(batch.records().empty());
    for (const auto& record : batch.records()) EXPECT_EQ(record.seq_num(), next++);
  }
  EXPECT_EQ(CatchUp(session), static_cast<uint64_t>(kAppends));
  Must(stream.Append(Input({"live"})));
  const v1::ReadBatch live = NextBatch(session);
  EXPECT_THAT(Bodies(live), ElementsAre("live"));
  EXPECT_EQ(live.tail().seq_num(), kAppends + 1u);
}

TEST_F(LagTest, KeepsItsCount) {
  ReadSession session = Lag(NewStream(), Wait(Count(From(0), 40), 60));
  EXPECT_EQ(TakeToTheEnd(session), 40u);
}

TEST_F(LagTest, KeepsItsBytes) {
  ReadSession session = Lag(NewStream(), Wait(Bytes(From(0), 40 * (kBytes + 8) + 100), 60));
  EXPECT_EQ(TakeToTheEnd(session), 40u);
}

TEST_F(LagTest, KeepsItsUntil) {
  ReadSession session = Lag(NewStream(), Wait(Until(From(0), 1040), 60));
  EXPECT_EQ(TakeToTheEnd(session), 40u);
}

TEST_F(LagTest, BeginsItsWaitAnew) {
  ReadSession session = Lag(NewStream(), Wait(From(0), 3));
  EXPECT_EQ(TakeToTheEnd(session), static_cast<uint64_t>(kAppends));
}

}  // namespace
}  // namespace s2::conformance
