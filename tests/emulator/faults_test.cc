// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/emulator/faults.h"

#include "s2/tests/emulator/fixture.h"

namespace s2 {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

class FaultsTest : public EmulatorTest {
 protected:
  Faults& faults() { return emulator_->faults(); }
  std::vector<std::string> Stored() {
    const auto batch = Read(From(0));
    return batch.ok() ? Bodies(*batch) : std::vector<std::string>();
  }
  // As gRPC reports a connection that broke: nothing is known.
  static void ExpectCut(const absl::Status& status) {
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    EXPECT_EQ(GetErrorInfo(status).ByteSizeLong(), 0u);
  }
};

TEST_F(FaultsTest, AnErrorBeforeTheEffectLeavesNoRecord) {
  const FaultHandle fault =
      faults().Add(FaultMatch::Message("Append"),
                   FaultAction::FailBefore(MakeError(ErrorCode::kHotServer, "too hot")));
  EXPECT_THAT(Append({"a"}).status(), HasCode(ErrorCode::kHotServer));
  EXPECT_EQ(fault.fired(), 1);
  EXPECT_THAT(Stored(), IsEmpty());
  EXPECT_TRUE(Append({"a"}).ok());
  EXPECT_EQ(fault.fired(), 1);
}

TEST_F(FaultsTest, AnErrorAfterTheEffectLeavesTheRecord) {
  faults().Add(FaultMatch::Message("Append"),
               FaultAction::FailAfter(MakeError(ErrorCode::kOther, "oops")));
  EXPECT_THAT(Append({"a"}).status(), HasCode(ErrorCode::kOther));
  EXPECT_THAT(Stored(), ElementsAre("a"));
}

TEST_F(FaultsTest, TheBudgetTheSkipAndTheMatcherSayWhenItStrikes) {
  FaultMatch match = FaultMatch::Message("Append");
  match.basin = kBasin;
  match.stream = kStream;
  match.when = [](const FaultPoint& point) { return point.input->records(0).body() == "x"; };
  match.skip = 1;
  FaultHandle fault = faults().Add(match, FaultAction::CutBefore(), 2);
  EXPECT_TRUE(Append({"y"}).ok());
  EXPECT_TRUE(Append({"x"}).ok());
  ExpectCut(Append({"x"}).status());
  EXPECT_TRUE(Append({"y"}).ok());
  ExpectCut(Append({"x"}).status());
  EXPECT_TRUE(Append({"x"}).ok());
  EXPECT_EQ(fault.fired(), 2);

  FaultHandle always =
      faults().Add(FaultMatch::Message("Append"), FaultAction::CutBefore(), Fault::kAlways);
  for (int i = 0; i < 3; ++i) ExpectCut(Append({"x"}).status());
  always.Remove();
  EXPECT_TRUE(Append({"x"}).ok());
  EXPECT_EQ(always.fired(), 3);
}

TEST_F(FaultsTest, ControlCallsFailAfterTheirEffectToo) {
  faults().Add(FaultMatch::Message("CreateBasin"), FaultAction::CutAfter());
  ExpectCut(CreateBasin("basin-two", {}));
  EXPECT_THAT(CreateBasin("basin-two", {}), HasCode(ErrorCode::kResourceAlreadyExists));
}

TEST_F(FaultsTest, ASessionIsCutBeforeOrAfterTheEffectOfAnInput) {
  for (const bool after : {false, true}) {
    faults().Add(FaultMatch::Message("AppendSession", 1),
                 after ? FaultAction::CutAfter() : FaultAction::CutBefore());
    AppendCall call(*streams_);
    EXPECT_TRUE(call.Write(Input({"kept"})));
    EXPECT_TRUE(call.Ack().first >= 0);
    call.Write(Input({after ? "effect" : "no effect"}));
    ExpectCut(call.Finish());
  }
  EXPECT_THAT(Stored(), ElementsAre("kept", "kept", "effect"));
}

TEST_F(FaultsTest, ASessionThatFailsDeliversTheAcksItOwesFirst) {
  faults().Add(FaultMatch::Message("AppendSession", 2),
               FaultAction::FailBefore(MakeError(ErrorCode::kStorage, "disk")));
  AppendCall call(*streams_);
  for (const char* body : {"a", "b", "c"}) call.Write(Input({body}));
  EXPECT_THAT(call.Ack(), Pair(0, 1));
  EXPECT_THAT(call.Ack(), Pair(1, 2));
  EXPECT_THAT(call.Finish(), HasCode(ErrorCode::kStorage));
  EXPECT_THAT(Stored(), ElementsAre("a", "b"));
}

TEST_F(FaultsTest, AnOpeningFails) {
  faults().Add(FaultMatch::Open("AppendSession"),
               FaultAction::FailBefore(MakeError(ErrorCode::kRateLimited, "slow down")));
  AppendCall call(*streams_);
  EXPECT_FALSE(call.Accepted());
  EXPECT_THAT(call.Finish(), HasCode(ErrorCode::kRateLimited));
}

TEST_F(FaultsTest, AnOpeningIsNeverAnswered) {
  const FaultHandle append =
      faults().Add(FaultMatch::Open("AppendSession"), FaultAction::Silence());
  AppendCall call(*streams_);
  ASSERT_TRUE(append.WaitFired(1));
  call.Cancel();
  EXPECT_EQ(call.Finish().code(), absl::StatusCode::kCancelled);

  const FaultHandle unary = faults().Add(FaultMatch::Open("Read"), FaultAction::Silence());
  UnaryReadCall read(*streams_, From(0));
  ASSERT_TRUE(unary.WaitFired(1));
  read.Cancel();
  EXPECT_EQ(read.Wait().status().code(), absl::StatusCode::kCancelled);
}

TEST_F(FaultsTest, AnOpeningIsAnsweredLate) {
  faults().Add(FaultMatch::Open("AppendSession"), FaultAction::Delay(absl::Seconds(3)));
  AppendCall call(*streams_);
  clock_->AdvanceToTimer(absl::Seconds(3));
  EXPECT_TRUE(call.Accepted());
}

TEST_F(FaultsTest, AWithheldAckHoldsBackThoseBehindItThoughTheirRecordsAreThere) {
  const FaultHandle fault =
      faults().Add(FaultMatch::Message("AppendSession", 1), FaultAction::Withhold());
  AppendCall call(*streams_);
  for (const char* body : {"a", "b", "c"}) EXPECT_TRUE(call.Write(Input({body})));
  EXPECT_THAT(call.Ack(), Pair(0, 1));
  ReadCall read(*streams_, From(0));
  std::vector<std::string> bodies;
  while (bodies.size() < 3) {
    const std::optional<v1::ReadBatch> batch = read.Next();
    ASSERT_TRUE(batch);
    for (const v1::SequencedRecord& record : batch->records()) bodies.push_back(record.body());
  }
  EXPECT_THAT(bodies, ElementsAre("a", "b", "c"));
  call.Cancel();
  EXPECT_EQ(call.Finish().code(), absl::StatusCode::kCancelled);
  EXPECT_THAT(Stored(), ElementsAre("a", "b", "c"));
}

TEST_F(FaultsTest, ADelayedAckComesWhenItIsTime) {
  faults().Add(FaultMatch::Message("AppendSession", 0), FaultAction::Delay(absl::Seconds(3)));
  AppendCall call(*streams_);
  EXPECT_TRUE(call.Write(Input({"a"})));
  EXPECT_TRUE(call.Write(Input({"b"})));
  clock_->AdvanceToTimer(absl::Seconds(3));
  EXPECT_THAT(call.Ack(), Pair(0, 1));
  EXPECT_THAT(call.Ack(), Pair(1, 2));
}

TEST_F(FaultsTest, AWrongAckIsWhatTheTestSays) {
  faults().Add(FaultMatch::Message("AppendSession", 0),
               FaultAction::MutateAck([](v1::AppendAck& ack) {
                 ack.mutable_end()->set_seq_num(ack.end().seq_num() + 5);
               }));
  AppendCall call(*streams_);
  EXPECT_TRUE(call.Write(Input({"a"})));
  EXPECT_THAT(call.Ack(), Pair(0, 6));
}

TEST_F(FaultsTest, ADeadAttemptsInputsLandBeforeItsSuccessorsFirst) {
  faults().Add(FaultMatch::Message("AppendSession", 1), FaultAction::LateBefore(2));
  AppendCall dead(*streams_);
  for (const char* body : {"a", "b", "c", "d"}) dead.Write(Input({body}));
  ExpectCut(dead.Finish());
  EXPECT_THAT(Stored(), ElementsAre("a"));
  AppendCall next(*streams_);
  EXPECT_TRUE(next.Write(Input({"b again"})));
  EXPECT_THAT(next.Ack(), Pair(3, 4));
  EXPECT_THAT(Stored(), ElementsAre("a", "b", "c", "b again"));
}

TEST_F(FaultsTest, ADeadAttemptsInputsLandAfterItsSuccessorsFirst) {
  faults().Add(FaultMatch::Message("Append"), FaultAction::LateAfter());
  ExpectCut(Append(Matched(0, "lost to the pin")).status());
  EXPECT_THAT(Stored(), IsEmpty());
  EXPECT_TRUE(Append(Matched(0, "a")).ok());
  EXPECT_THAT(Stored(), ElementsAre("a"));

  faults().Add(FaultMatch::Message("Append"), FaultAction::LateAfter());
  ExpectCut(Append({"b"}).status());
  EXPECT_EQ(Append({"b"})->start().seq_num(), 1u);
  EXPECT_THAT(Stored(), ElementsAre("a", "b", "b"));
}

TEST_F(FaultsTest, ADeadAttemptThatIsRefusedAnInputLandsNoneBehindIt) {
  faults().Add(FaultMatch::Message("AppendSession", 0), FaultAction::LateAfter(2));
  AppendCall dead(*streams_);
  dead.Write(Matched(0, "a"));
  dead.Write(Matched(1, "b"));
  ExpectCut(dead.Finish());
  EXPECT_TRUE(Append({"x"}).ok());
  EXPECT_THAT(Stored(), ElementsAre("x"));
}

TEST_F(FaultsTest, AServerThatWantsToGoSaysHowManyInputsItTook) {
  faults().Add(FaultMatch::Message("AppendSession", 2), FaultAction::Reconnect());
  AppendCall call(*streams_);
  for (const char* body : {"a", "b", "c"}) call.Write(Input({body}));
  EXPECT_THAT(call.Ack(), Pair(0, 1));
  EXPECT_THAT(call.Ack(), Pair(1, 2));
  const absl::Status status = call.Finish();
  EXPECT_THAT(status, HasCode(ErrorCode::kServerDraining));
  EXPECT_EQ(ReconnectForwarded(status), 2u);
  EXPECT_THAT(Stored(), ElementsAre("a", "b"));
}

TEST_F(FaultsTest, AReadSessionIsCutBetweenBatches) {
  ASSERT_TRUE(Append({"a"}).ok());
  faults().Add(FaultMatch::Message("ReadSession", 0), FaultAction::CutAfter());
  ReadCall after(*streams_, From(0));
  EXPECT_THAT(after.Bodies(), ElementsAre("a"));
  ExpectCut(after.Finish());
  faults().Add(FaultMatch::Message("ReadSession", 0), FaultAction::CutBefore());
  ReadCall before(*streams_, From(0));
  EXPECT_EQ(before.Next(), std::nullopt);
  ExpectCut(before.Finish());
}

TEST_F(FaultsTest, HeartbeatsStop) {
  const FaultHandle fault =
      faults().Add(FaultMatch::Message("ReadSession", 0), FaultAction::NoHeartbeats());
  ReadCall call(*streams_, From(0));
  ASSERT_TRUE(fault.WaitFired(1));
  clock_->Advance(absl::Minutes(1));
  ASSERT_TRUE(Append({"a"}).ok());
  EXPECT_THAT(call.Bodies(), ElementsAre("a"));
}

TEST_F(FaultsTest, AReadSessionFallsSilentOrIsLate) {
  ASSERT_TRUE(Append({"a"}).ok());
  const FaultHandle silence =
      faults().Add(FaultMatch::Message("ReadSession", 0), FaultAction::Silence());
  {
    ReadCall call(*streams_, From(0));
    ASSERT_TRUE(silence.WaitFired(1));
  }
  faults().Add(FaultMatch::Message("ReadSession", 0), FaultAction::Delay(absl::Seconds(3)));
  ReadCall late(*streams_, From(0));
  clock_->AdvanceToTimer(absl::Seconds(3));
  EXPECT_THAT(late.Bodies(), ElementsAre("a"));
}

TEST_F(FaultsTest, AReadBatchIsWhatTheTestSays) {
  ASSERT_TRUE(Append({"a"}).ok());
  const FaultAction mutate = FaultAction::MutateBatch(
      [](v1::ReadBatch& batch) { batch.mutable_records(0)->set_seq_num(77); });
  faults().Add(FaultMatch::Message("ReadSession", 0), mutate);
  faults().Add(FaultMatch::Message("Read"), mutate);
  ReadCall call(*streams_, From(0));
  EXPECT_EQ(call.Next()->records(0).seq_num(), 77u);
  EXPECT_EQ(Read(From(0))->records(0).seq_num(), 77u);
  EXPECT_EQ(Read(From(0))->records(0).seq_num(), 0u);
}

TEST_F(FaultsTest, AUnaryAckIsWithheldThoughTheRecordIsThere) {
  const FaultHandle fault = faults().Add(FaultMatch::Message("Append"), FaultAction::Withhold());
  CallContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(200));
  v1::AppendAck ack;
  const grpc::Status status = streams_->Append(&context, Input({"a"}), &ack);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(fault.fired(), 1);
  EXPECT_THAT(Stored(), ElementsAre("a"));
}

}  // namespace
}  // namespace s2
