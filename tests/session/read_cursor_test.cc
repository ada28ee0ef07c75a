// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/read/read_cursor.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "s2/testing/internal/short_text.h"
#include "s2/tests/session/read_session_fixture.h"

namespace s2::internal {
namespace {

rpc::v1::ReadRequest Request(const std::string& text) {
  rpc::v1::ReadRequest request;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &request)) << text;
  return request;
}

class ReadCursorTest : public ::testing::Test {
 protected:
  // A frame, `seconds` after the last.
  absl::StatusOr<std::optional<SeqNumRange>> Frame(ReadCursor* cursor, v1::ReadBatch batch,
                                                   int seconds = 0) {
    now_ += absl::Seconds(seconds);
    return cursor->OnFrame(*MakeReadFrame(std::move(batch)), now_);
  }
  // What is skipped before the batch: "[2,5)", "" for nothing, or the error's name.
  std::string Skipped(ReadCursor* cursor, v1::ReadBatch batch) {
    const auto skipped = Frame(cursor, std::move(batch));
    if (!skipped.ok()) return std::string(GetErrorRow(GetErrorCode(skipped.status())).name);
    if (!*skipped) return "";
    return absl::StrCat("[", (*skipped)->begin, ",", (*skipped)->end, ")");
  }
  std::string Next(const ReadCursor& cursor, int seconds = 0) {
    return testing::ShortText(cursor.NextRequest(now_ + absl::Seconds(seconds)));
  }

  absl::Time now_ = absl::UnixEpoch();
};

TEST_F(ReadCursorTest, AsksForTheOriginalUntilAPositionIsKnown) {
  for (const char* text : {"seq_num: 7", "seq_num: 7 clamp: true", "timestamp: 9 count: 3",
                           "tail_offset: 2 wait: 5", "until: 4", "count: 0", ""}) {
    ReadCursor cursor(Request(text));
    EXPECT_EQ(Next(cursor, 100), text);
    ASSERT_TRUE(Frame(&cursor, v1::ReadBatch()).ok());
    EXPECT_EQ(Next(cursor, 100), text) << "a frame that says nothing changes nothing";
  }
}

TEST_F(ReadCursorTest, ResumesBehindTheLastRecordWithWhatIsLeft) {
  const struct {
    const char* request;
    const char* next;
  } kCases[] = {
      {"seq_num: 7", "seq_num: 10"},
      {"seq_num: 7 clamp: true", "seq_num: 10 clamp: true"},
      {"timestamp: 9", "seq_num: 10"},
      {"tail_offset: 3", "seq_num: 10"},
      {"", "seq_num: 10"},
      {"seq_num: 7 count: 5", "seq_num: 10 count: 2"},
      {"seq_num: 7 count: 2", "seq_num: 10 count: 0"},
      {"seq_num: 7 bytes: 100", "seq_num: 10 bytes: 70"},
      {"seq_num: 7 bytes: 25", "seq_num: 10 bytes: 0"},
      {"seq_num: 7 until: 2000 wait: 9", "seq_num: 10 until: 2000 wait: 6"},
  };
  for (const auto& c : kCases) {
    ReadCursor cursor(Request(c.request));
    ASSERT_TRUE(Frame(&cursor, Batch({7, 8, 9})).ok());
    EXPECT_EQ(Next(cursor, 3), c.next) << c.request;
    EXPECT_EQ(cursor.next_seq_num(), 10u);
  }
}

TEST_F(ReadCursorTest, AnEmptyTailFixesARelativeStart) {
  for (const char* request : {"", "tail_offset: 0", "timestamp: 9", "seq_num: 50 clamp: true"}) {
    ReadCursor cursor(Request(request));
    EXPECT_EQ(cursor.next_seq_num(), std::nullopt) << request;
    ASSERT_TRUE(Frame(&cursor, Heartbeat(42)).ok());
    EXPECT_EQ(cursor.next_seq_num(), 42u) << request;
    EXPECT_EQ(cursor.NextRequest(now_).seq_num(), 42u) << request;
  }
}

TEST_F(ReadCursorTest, ATailAloneSaysThatWhatLiesBeforeItIsMissing) {
  ReadCursor cursor(Request("seq_num: 7"));
  EXPECT_FALSE(cursor.at_tail());
  EXPECT_EQ(Skipped(&cursor, Heartbeat(10)), "[7,10)");
  EXPECT_EQ(cursor.next_seq_num(), 10u);
  EXPECT_TRUE(cursor.at_tail());
  EXPECT_EQ(Skipped(&cursor, Heartbeat(10)), "");
  EXPECT_EQ(Skipped(&cursor, Batch({10})), "");
  EXPECT_FALSE(cursor.at_tail());

  ReadCursor clamped(Request("seq_num: 7 clamp: true"));
  EXPECT_EQ(Skipped(&clamped, Heartbeat(10)), "[7,10)");
  ReadCursor relative(Request("timestamp: 7"));
  EXPECT_EQ(Skipped(&relative, Heartbeat(10)), "") << "the promise starts here";
}

TEST_F(ReadCursorTest, WaitRunsFromTheLastRecordAndIsAskedForRoundedUp) {
  ReadCursor cursor(Request("seq_num: 0 wait: 10"));
  EXPECT_EQ(Next(cursor, 100), "seq_num: 0 wait: 10") << "no server has accepted it";
  EXPECT_EQ(cursor.wait_deadline(), absl::InfiniteFuture());
  cursor.OnAccepted(now_);
  EXPECT_EQ(Next(cursor, 4), "seq_num: 0 wait: 6");
  EXPECT_EQ(cursor.NextRequest(now_ + absl::Milliseconds(3999)).wait(), 7u);
  EXPECT_EQ(cursor.NextRequest(now_ + absl::Milliseconds(4001)).wait(), 6u);
  now_ += absl::Seconds(5);
  cursor.OnAccepted(now_);
  EXPECT_EQ(Next(cursor), "seq_num: 0 wait: 5") << "only the first time";
  ASSERT_TRUE(Frame(&cursor, Batch({0})).ok());
  EXPECT_EQ(Next(cursor, 1), "seq_num: 1 wait: 9");
  EXPECT_EQ(cursor.wait_deadline(), now_ + absl::Seconds(10));
  ASSERT_TRUE(Frame(&cursor, Heartbeat(1), 7).ok());
  EXPECT_EQ(Next(cursor), "seq_num: 1 wait: 3") << "a heartbeat starts nothing anew";
  EXPECT_EQ(Next(cursor, 1000), "seq_num: 1 wait: 1") << "so that the server tells the tail";
}

TEST_F(ReadCursorTest, OnlyWhoGoesOnAtTheTailWaits) {
  const struct {
    const char* request;
    const char* asks;
    bool waits;
  } kCases[] = {
      {"seq_num: 7", "seq_num: 7", false},
      {"seq_num: 7 wait: 0", "seq_num: 7 wait: 1", true},
      {"seq_num: 7 wait: 2", "seq_num: 7 wait: 2", true},
      {"seq_num: 7 wait: 4294967295", "seq_num: 7 wait: 4294967295", true},
      {"seq_num: 7 count: 9 wait: 0", "seq_num: 7 count: 9 wait: 0", false},
      {"seq_num: 7 bytes: 9", "seq_num: 7 bytes: 9", false},
      {"seq_num: 7 until: 9 wait: 3", "seq_num: 7 until: 9 wait: 3", true},
  };
  for (const auto& c : kCases) {
    ReadCursor cursor(Request(c.request));
    cursor.OnAccepted(now_);
    EXPECT_EQ(Next(cursor), c.asks);
    EXPECT_EQ(cursor.wait_deadline() < absl::InfiniteFuture(), c.waits) << c.request;
  }
}

TEST_F(ReadCursorTest, ABrokenStreamAtTheTailHasEndedWhenTheWaitIsOver) {
  ReadCursor cursor(Request("seq_num: 7 wait: 5"));
  cursor.OnAccepted(now_);
  ASSERT_TRUE(Frame(&cursor, Batch({7})).ok());
  now_ += absl::Seconds(5);
  EXPECT_FALSE(cursor.IsCleanEnd(Broken(), now_)) << "there may be more";
  ASSERT_TRUE(Frame(&cursor, Heartbeat(8)).ok());
  EXPECT_FALSE(cursor.IsCleanEnd(Broken(), now_ - absl::Milliseconds(1)));
  EXPECT_TRUE(cursor.IsCleanEnd(Broken(), now_));
  EXPECT_FALSE(cursor.IsCleanEnd(MakeError(ErrorCode::kPermissionDenied, ""), now_));
}

TEST_F(ReadCursorTest, KnowsWhetherAnEndMayHideAGap) {
  const struct {
    const char* request;
    bool knows;  // before a frame
    bool knows_behind_records;
    bool knows_at_tail;
  } kCases[] = {
      {"seq_num: 7 count: 9", false, false, true},
      {"seq_num: 7 count: 3", false, true, true},
      {"seq_num: 7 count: 0", true, true, true},
      {"seq_num: 7 bytes: 38", false, false, true},
      {"seq_num: 7 bytes: 37", false, true, true},
      {"seq_num: 7 until: 9", false, false, true},
      {"seq_num: 7 wait: 9", false, false, true},
      {"timestamp: 7 count: 9", true, false, true},
      {"seq_num: 7 clamp: true count: 9", true, false, true},
  };
  for (const auto& c : kCases) {
    ReadCursor cursor(Request(c.request));
    EXPECT_EQ(cursor.KnowsItsEnd(), c.knows) << c.request;
    ASSERT_TRUE(Frame(&cursor, Batch({7, 8, 9})).ok());
    EXPECT_EQ(cursor.KnowsItsEnd(), c.knows_behind_records) << c.request;
    ASSERT_TRUE(Frame(&cursor, Heartbeat(10)).ok());
    EXPECT_EQ(cursor.KnowsItsEnd(), c.knows_at_tail) << c.request;
  }
}

TEST_F(ReadCursorTest, LooksBehindItsEndForTheNextRecordOrTheTail) {
  const struct {
    v1::ReadBatch answer;
    const char* skipped;
  } kCases[] = {
      {Heartbeat(10), ""},      {Heartbeat(12), "[10,12)"},   {Batch({10}), ""},
      {Batch({13}), "[10,13)"}, {Batch({13}, 14), "[10,13)"},
  };
  for (const auto& c : kCases) {
    ReadCursor cursor(Request("seq_num: 7 clamp: true count: 9 bytes: 99 until: 8888"));
    ASSERT_TRUE(Frame(&cursor, Batch({7, 8, 9})).ok());
    cursor.LookBehindEnd();
    EXPECT_EQ(Next(cursor, 100), "seq_num: 10 count: 1 wait: 1");
    EXPECT_FALSE(cursor.KnowsItsEnd());
    ASSERT_TRUE(Frame(&cursor, v1::ReadBatch()).ok());
    EXPECT_FALSE(cursor.KnowsItsEnd()) << "a frame that says nothing";
    EXPECT_EQ(Skipped(&cursor, c.answer), c.skipped);
    EXPECT_TRUE(cursor.KnowsItsEnd());
    EXPECT_EQ(cursor.next_seq_num(), c.answer.records().empty() ? c.answer.tail().seq_num()
                                                                : c.answer.records(0).seq_num());
  }
}

TEST_F(ReadCursorTest, SaysWhichPositionsAreSkipped) {
  ReadCursor exact(Request("seq_num: 7"));
  EXPECT_EQ(Skipped(&exact, Batch({9})), "[7,9)");
  EXPECT_EQ(Skipped(&exact, Batch({10})), "");
  EXPECT_EQ(Skipped(&exact, Batch({14, 15})), "[11,14)");

  ReadCursor relative(Request("tail_offset: 5"));
  EXPECT_EQ(Skipped(&relative, Batch({9})), "") << "the promise starts here";
  EXPECT_EQ(Skipped(&relative, Batch({11})), "[10,11)");

  ReadCursor clamped(Request("seq_num: 7 clamp: true"));
  EXPECT_EQ(Skipped(&clamped, Batch({9})), "[7,9)");

  ReadCursor beyond_tail(Request("seq_num: 7 clamp: true"));
  EXPECT_EQ(Skipped(&beyond_tail, Batch({3})), "");
  EXPECT_EQ(beyond_tail.next_seq_num(), 4u);
}

TEST_F(ReadCursorTest, RefusesRepeatsAndATailThatLiesAndStaysWhereItWas) {
  ReadCursor cursor(Request("seq_num: 7 count: 10"));
  EXPECT_EQ(Skipped(&cursor, Batch({6})), "invalid_batch");
  EXPECT_EQ(Skipped(&cursor, Heartbeat(6)), "invalid_batch");
  EXPECT_EQ(Skipped(&cursor, Batch({7, 8}, 8)), "invalid_batch");
  EXPECT_EQ(Next(cursor), "seq_num: 7 count: 10");
  EXPECT_EQ(Skipped(&cursor, Batch({7, 8}, 9)), "");
  EXPECT_EQ(Skipped(&cursor, Batch({8})), "invalid_batch");
  EXPECT_EQ(Next(cursor), "seq_num: 9 count: 8");
}

TEST_F(ReadCursorTest, AFrameIsCutWhereRecordsAreMissing) {
  const absl::StatusOr<ReadFrame> frame = MakeReadFrame(Batch({3, 4, 7, 9, 10}, 11));
  ASSERT_TRUE(frame.ok());
  ASSERT_EQ(frame->runs.size(), 3u);
  const ReadRun& first = frame->runs.front();
  EXPECT_EQ(first.seq_nums.begin, 3u);
  EXPECT_EQ(first.seq_nums.end, 5u);
  const ReadRun& second = frame->runs[1];
  EXPECT_EQ(second.result.batch.SerializeAsString(), Batch({7}).SerializeAsString());
  const ReadRun& third = frame->runs.back();
  EXPECT_EQ(third.result.batch.SerializeAsString(), Batch({9, 10}, 11).SerializeAsString());
  EXPECT_EQ(third.bytes, 2 * kRecordBytes);
}

TEST_F(ReadCursorTest, AFrameOutOfOrderIsRefused) {
  const uint64_t kMax = std::numeric_limits<uint64_t>::max();
  for (const std::vector<uint64_t>& seq_nums :
       std::vector<std::vector<uint64_t>>{{3, 3}, {3, 2}, {3, 5, 4}, {kMax}, {kMax, 0}}) {
    EXPECT_EQ(GetErrorCode(MakeReadFrame(Batch(seq_nums)).status()), ErrorCode::kInvalidBatch);
  }
}

TEST_F(ReadCursorTest, ABrokenStreamThatHasMetItsLimitsHasEnded) {
  const struct {
    const char* request;
    bool clean;
  } kCases[] = {
      {"seq_num: 7", false},
      {"seq_num: 7 count: 4", false},
      {"seq_num: 7 count: 3", true},
      {"seq_num: 7 bytes: 38", false},  // an empty record would fit
      {"seq_num: 7 bytes: 37", true},
      {"seq_num: 7 bytes: 30", true},
      {"seq_num: 7 count: 3 bytes: 100", true},
      {"seq_num: 7 until: 1010", false},  // more records may have the last one's timestamp
  };
  for (const auto& c : kCases) {
    ReadCursor cursor(Request(c.request));
    EXPECT_FALSE(cursor.IsCleanEnd(Broken(), now_)) << c.request;
    ASSERT_TRUE(Frame(&cursor, Batch({7, 8, 9})).ok());
    EXPECT_EQ(cursor.IsCleanEnd(Broken(), now_), c.clean) << c.request;
    EXPECT_EQ(cursor.IsCleanEnd(Unwritten(99), now_), c.clean) << c.request;
    EXPECT_FALSE(cursor.IsCleanEnd(MakeError(ErrorCode::kInvalidBatch, ""), now_)) << c.request;
  }
}

TEST_F(ReadCursorTest, NothingHasEndedBeforeTheFirstFrame) {
  for (const char* request : {"count: 0", "bytes: 0", "seq_num: 7 count: 1"}) {
    ReadCursor cursor(Request(request));
    EXPECT_FALSE(cursor.IsCleanEnd(Broken(), now_)) << request;
    EXPECT_FALSE(cursor.IsCleanEnd(Unwritten(7), now_)) << request;
  }
}

TEST_F(ReadCursorTest, AReadThatResumesAtTheTailHasEnded) {
  ReadCursor cursor(Request("seq_num: 7 count: 100"));
  ASSERT_TRUE(Frame(&cursor, Batch({7, 8, 9})).ok());
  EXPECT_TRUE(cursor.IsCleanEnd(Unwritten(10), now_));
  EXPECT_FALSE(cursor.IsCleanEnd(Unwritten(9), now_))
      << "the stream was replaced or has lost records";
  EXPECT_FALSE(cursor.IsCleanEnd(MakeError(ErrorCode::kReadUnwritten, "no tail"), now_));

  ReadCursor waited(Request("tail_offset: 0 count: 100 wait: 5"));
  ASSERT_TRUE(Frame(&waited, Heartbeat(7)).ok());
  EXPECT_TRUE(waited.IsCleanEnd(Unwritten(7), now_));
}

}  // namespace
}  // namespace s2::internal
