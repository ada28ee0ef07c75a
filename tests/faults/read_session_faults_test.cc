// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <optional>
#include <ostream>
#include <utility>

#include "s2/connect/connect.h"
#include "s2/tests/faults/fixture.h"

// Read sessions end to end under every fault there is: whatever happens, each record comes once and
// in order, or an error says why not.
namespace s2 {
namespace {

constexpr uint64_t kRecords = 8;

struct ReadFault {
  const char* name;
  FaultMatch match;
  FaultAction action;
  // Why the session fails; nothing: it does not.
  std::optional<ErrorCode> terminal = std::nullopt;
};

std::ostream& operator<<(std::ostream& out, const ReadFault& c) { return out << c.name; }

FaultMatch Frame(uint64_t index) { return FaultMatch::Message("ReadSession", index); }
FaultMatch OpeningOfReader() { return FaultMatch::Open("ReadSession"); }

std::vector<ReadFault> ReadFaults() {
  return {
      {"FirstFrameCutBefore", Frame(0), FaultAction::CutBefore()},
      {"FrameCutBefore", Frame(3), FaultAction::CutBefore()},
      {"FrameCutAfter", Frame(3), FaultAction::CutAfter()},
      {"LastFrameCutAfter", Frame(kRecords - 1), FaultAction::CutAfter()},
      {"FrameFails", Frame(3), FaultAction::FailAfter(Broken(ErrorCode::kUnavailable))},
      {"PermissionDenied", Frame(3), FaultAction::FailBefore(Broken(ErrorCode::kPermissionDenied)),
       ErrorCode::kPermissionDenied},
      {"FrameLate", Frame(3), FaultAction::Delay(absl::Milliseconds(50))},
      {"FrameTooLate", Frame(3), FaultAction::Delay(absl::Seconds(1))},
      {"Silence", Frame(3), FaultAction::Silence()},
      {"SilenceAtOnce", Frame(0), FaultAction::Silence()},
      {"Reconnect", Frame(3), FaultAction::Reconnect()},
      {"FrameRepeated", Frame(3), FaultAction::MutateBatch([](v1::ReadBatch& batch) {
         batch.mutable_records(0)->set_seq_num(batch.records(0).seq_num() - 1);
       }),
       ErrorCode::kInvalidBatch},
      {"OpenFails", OpeningOfReader(), FaultAction::FailBefore(Broken(ErrorCode::kUnavailable))},
      {"OpenCut", OpeningOfReader(), FaultAction::CutBefore()},
      {"OpenReconnect", OpeningOfReader(), FaultAction::Reconnect()},
      {"OpenNotAnswered", OpeningOfReader(), FaultAction::Silence()},
      {"OpenAnsweredLate", OpeningOfReader(), FaultAction::Delay(absl::Milliseconds(50))},
  };
}

class ReadSessionFaultsTest : public FaultyTest, public ::testing::WithParamInterface<ReadFault> {
 protected:
  // Records so large that each is a frame.
  void AppendAll() {
    for (uint64_t i = 0; i < kRecords; ++i) {
      ASSERT_TRUE(stream_.Append(Input(std::string(600 * 1024, 'x'))).ok());
    }
  }
  // Takes `n` records, to the end or an error: how many came, and how it ended.
  static std::pair<uint64_t, absl::Status> Take(ReadSession& session, uint64_t n) {
    uint64_t next = 0;
    while (next < n) {
      const auto result = session.Next(Soon());
      if (!result.ok() || result->end) return {next, result.status()};
      EXPECT_FALSE(result->skipped.has_value());
      for (const auto& record : result->batch.records()) EXPECT_EQ(record.seq_num(), next++);
    }
    return {next, absl::OkStatus()};
  }
  // `before`: the records that come before frame 3.
  static void Check(const std::pair<uint64_t, absl::Status>& taken, uint64_t before) {
    if (GetParam().terminal) {
      EXPECT_THAT(taken.second, HasCode(*GetParam().terminal));
      EXPECT_EQ(taken.first, before) << "records before the error are given first";
    } else {
      EXPECT_EQ(taken.second, absl::OkStatus());
      EXPECT_EQ(taken.first, kRecords);
    }
  }
};

TEST_P(ReadSessionFaultsTest, ReadsWhatIsThereAndEndsWell) {
  AppendAll();
  const FaultHandle fault = faults().Add(GetParam().match, GetParam().action, 2);
  rpc::v1::ReadRequest request = From(0);
  request.set_count(kRecords);
  ReadSession session = *stream_.OpenReadSession(request, Reading());
  Check(Take(session, kRecords + 1), 3);
  EXPECT_GE(fault.fired(), 1);
}

TEST_P(ReadSessionFaultsTest, FollowsWhatComes) {
  faults().Add(GetParam().match, GetParam().action, 2);
  ReadSession session = *stream_.OpenReadSession(From(0), Reading());
  EXPECT_TRUE(session.WaitCaughtUp(Soon()).ok());
  AppendAll();
  Check(Take(session, kRecords), 2);  // frame 0 was a heartbeat
}

INSTANTIATE_TEST_SUITE_P(Under, ReadSessionFaultsTest, ::testing::ValuesIn(ReadFaults()),
                         [](const auto& info) { return info.param.name; });

using ReadSessionUnderFaultsTest = FaultyTest;

TEST_F(ReadSessionUnderFaultsTest, HeartbeatsThatStopAreNoticedAndAnotherStreamIsOpened) {
  faults().Add(FaultMatch::Open("ReadSession"), FaultAction::NoHeartbeats());
  ReadSession session = *stream_.OpenReadSession(From(0), Reading());
  const auto tail = session.WaitCaughtUp(Soon());
  ASSERT_TRUE(tail.ok()) << tail.status();
  EXPECT_GE(session.Stats().attempts, 2u) << "the first has nothing to say";
  EXPECT_THAT(session.Stats().last_error, HasCode(ErrorCode::kHeartbeatTimeout));
}

TEST_F(ReadSessionUnderFaultsTest, RecordsTrimmedWhileItWasAwayAreSaidToBeSkipped) {
  for (const char* body : {"a", "b", "c", "d"}) ASSERT_TRUE(stream_.Append(Input(body)).ok());
  faults().Add(FaultMatch::Message("ReadSession", 0), FaultAction::CutAfter());
  const FaultHandle away =
      faults().Add(Fault{{"ReadSession", "", "", true, std::nullopt, nullptr, 1},
                         FaultAction::FailBefore(Broken(ErrorCode::kUnavailable)),
                         Fault::kAlways});
  rpc::v1::ReadRequest request = From(0);
  ReadSession session = *stream_.OpenReadSession(request, Reading());
  const auto first = session.Next(Soon());
  ASSERT_TRUE(first.ok() && !first->end) << first.status();
  EXPECT_EQ(first->batch.records_size(), 4);
  ASSERT_TRUE(away.WaitFired(1));
  for (const char* body : {"e", "f"}) ASSERT_TRUE(stream_.Append(Input(body)).ok());
  ASSERT_TRUE(stream_.Append(MakeInput({MakeTrimRecord(6)})).ok());
  faults().Clear();
  const auto next = session.Next(Soon());
  ASSERT_TRUE(next.ok() && !next->end) << next.status();
  ASSERT_TRUE(next->skipped.has_value());
  EXPECT_EQ(next->skipped->begin, 4u);
  EXPECT_EQ(next->skipped->end, 6u);
  EXPECT_EQ(next->batch.records(0).seq_num(), 6u);
}

TEST_F(ReadSessionUnderFaultsTest, AReaderThatStopsStopsTheServer) {
  constexpr int kFrames = 64;
  for (int i = 0; i < kFrames; ++i) {
    ASSERT_TRUE(stream_.Append(Input(std::string(kMaxBatchBytes - 8, 'x'))).ok());
  }
  // Frame 24 is far beyond the session's buffer and all that is on the way to it.
  FaultMatch far = FaultMatch::Message("ReadSession", 24);
  const FaultHandle reached = faults().Add(far, FaultAction::Delay(absl::ZeroDuration()));
  ReadSessionOptions options = Reading();
  options.max_buffered_bytes = 2 * kMaxBatchBytes;
  const auto port = emulator_.Listen("127.0.0.1:0");
  ASSERT_TRUE(port.ok()) << port.status();
  auto client = Connect(absl::StrCat("grpc://127.0.0.1:", *port));
  rpc::v1::ReadRequest request = From(0);
  request.set_count(kFrames);
  ReadSession session = *client->Basin(kBasin).Stream("stream").OpenReadSession(request, options);
  EXPECT_FALSE(reached.WaitFired(1, absl::Milliseconds(500)));
  EXPECT_LE(session.Stats().buffered_bytes, 3 * kMaxBatchBytes);
  int records = 0;
  while (true) {
    const auto next = session.Next(Soon());
    ASSERT_TRUE(next.ok()) << next.status();
    if (next->end) break;
    records += next->batch.records_size();
  }
  EXPECT_EQ(records, kFrames);
  EXPECT_EQ(reached.fired(), 1);
}

}  // namespace
}  // namespace s2
