// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "s2/session/internal/grpc_call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "s2/record/record.h"
#include "s2/retry/error.h"
#include "s2/retry/grpc_status.h"
#include "s2/testing/internal/stream_stub.h"
#include "s2/tests/session/call_events.h"
#include "s2/tests/session/manual_executor.h"

namespace s2::internal {
namespace {

using ::s2::testing::AppendStubCall;
using ::s2::testing::ReadStubCall;
using ::s2::testing::StreamStub;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct RecordedLease : CallLease {
  void OnSilence() override { ++silences; }
  absl::Status OnEnd(absl::Status status) override { return WithContext(status, told_as); }

  int silences = 0;
  std::string told_as = "ended";
};

class GrpcAppendCallTest : public ::testing::Test {
 protected:
  std::shared_ptr<GrpcAppendCall> NewCall() {
    return std::make_shared<GrpcAppendCall>(events_, executor_);
  }
  // A call under way; the test holds it only weakly.
  std::shared_ptr<GrpcAppendCall> StartCall() {
    auto call = NewCall();
    call->Start(stub_, lease_);
    return call;
  }
  AppendStubCall& stream() { return *stub_.async()->append_sessions.at(0); }

  StreamStub stub_;
  std::shared_ptr<RecordedLease> lease_ = std::make_shared<RecordedLease>();
  std::shared_ptr<RecordedEvents> events_ = std::make_shared<RecordedEvents>();
  std::shared_ptr<ManualExecutor> executor_ = std::make_shared<ManualExecutor>();
  v1::AppendAck ack_;
  v1::AppendInput input_ = MakeInput({MakeRecord("a")});
};

TEST_F(GrpcAppendCallTest, GoesFromAcceptanceThroughAWriteAndAnAckToACleanEnd) {
  auto call = StartCall();
  EXPECT_TRUE(stream().started());
  call->Read(&ack_);
  stream().AnswerMetadata(true, true);
  call->Write(input_, false);
  EXPECT_EQ(stream().write(), &input_);
  stream().CompleteWrite(true);
  v1::AppendAck ack;
  ack.mutable_end()->set_seq_num(1);
  stream().CompleteRead(true, ack);
  EXPECT_EQ(ack_.end().seq_num(), 1u);
  call->WritesDone();
  EXPECT_TRUE(stream().half_closed());
  stream().CompleteWritesDone(true);
  call->Read(&ack_);
  stream().CompleteRead(false);
  stream().End(grpc::Status::OK);
  EXPECT_THAT(events_->log, ElementsAre("accepted", "write 1", "read 1", "read 0", "done"));
  EXPECT_TRUE(events_->status->ok());
}

TEST_F(GrpcAppendCallTest, MetadataWithoutTheMarkerAreNoAcceptance) {
  auto call = StartCall();
  call->Read(&ack_);
  stream().AnswerMetadata(true, false);
  stream().CompleteRead(false);
  stream().End(ToGrpc(MakeError(ErrorCode::kStreamNotFound, "no such stream")));
  EXPECT_THAT(events_->log, ElementsAre("read 0", "done"));
  EXPECT_EQ(GetErrorCode(*events_->status), ErrorCode::kStreamNotFound);
}

TEST_F(GrpcAppendCallTest, AnAckThatOvertakesTheMetadataIsToldAfterTheAcceptance) {
  auto call = StartCall();
  call->Read(&ack_);
  stream().CompleteRead(true);
  EXPECT_THAT(events_->log, IsEmpty());
  stream().AnswerMetadata(true, true);
  EXPECT_THAT(events_->log, ElementsAre("accepted", "read 1"));
  call->Cancel();
  stream().End(grpc::Status::CANCELLED);
}

TEST_F(GrpcAppendCallTest, AnEndThatOvertakesTheMetadataStillReleasesTheCall) {
  auto call = StartCall();
  call->Read(&ack_);
  stream().CompleteRead(false);
  stream().AnswerMetadata(false, false);
  stream().End(grpc::Status(grpc::StatusCode::UNAVAILABLE, "refused"));
  EXPECT_THAT(events_->log, ElementsAre("read 0", "done"));
}

TEST_F(GrpcAppendCallTest, CorksOnlyWhenAnotherWriteFollows) {
  auto call = StartCall();
  call->Read(&ack_);
  stream().AnswerMetadata(true, true);
  call->Write(input_, true);
  EXPECT_TRUE(stream().buffer_hint());
  stream().CompleteWrite(true);
  call->Write(input_, false);
  EXPECT_FALSE(stream().buffer_hint());
  stream().CompleteWrite(true);
  stream().CompleteRead(false);
  stream().End(grpc::Status::OK);
}

TEST_F(GrpcAppendCallTest, VerbsAfterTheEndTouchNothing) {
  auto call = StartCall();
  call->Read(&ack_);
  stream().AnswerMetadata(true, true);
  stream().CompleteRead(false);
  EXPECT_EQ(stream().outstanding(), 1);
  call->Write(input_, false);
  call->Read(&ack_);
  call->WritesDone();
  call->Cancel();
  EXPECT_EQ(stream().write(), nullptr);
  EXPECT_FALSE(stream().reading());
  EXPECT_FALSE(stream().half_closed());
  stream().End(grpc::Status::OK);
  call->Write(input_, false);
  call->Cancel();
}

TEST_F(GrpcAppendCallTest, VerbsInsideTheLastReadTouchNothing) {
  auto call = StartCall();
  events_->on_read = [&](bool) {
    call->Write(input_, false);
    call->Read(&ack_);
  };
  call->Read(&ack_);
  stream().AnswerMetadata(true, true);
  stream().CompleteRead(false);
  stream().End(grpc::Status::OK);
}

TEST_F(GrpcAppendCallTest, CancelGivesTheHoldBackOnceAndPendingOperationsEnd) {
  auto call = StartCall();
  call->Read(&ack_);
  stream().AnswerMetadata(true, true);
  call->Write(input_, false);
  call->Cancel();
  call->Cancel();
  EXPECT_EQ(stream().outstanding(), 3) << "read, write and status";
  call->Write(input_, false);
  stream().CompleteWrite(false);
  stream().CompleteRead(false);
  stream().End(grpc::Status::CANCELLED);
  EXPECT_THAT(events_->log, ElementsAre("accepted", "write 0", "read 0", "done"));
  EXPECT_FALSE(events_->status->ok());
}

TEST_F(GrpcAppendCallTest, VerbsBeforeTheStartAreTakenAtTheStart) {
  auto call = NewCall();
  call->Read(&ack_);
  call->Start(stub_, lease_);
  EXPECT_TRUE(stream().reading());
  stream().AnswerMetadata(true, true);
  stream().CompleteRead(false);
  stream().End(grpc::Status::OK);
}

TEST_F(GrpcAppendCallTest, CancelBeforeTheStartEndsItOnTheExecutorAndNothingStarts) {
  auto call = NewCall();
  call->Read(&ack_);
  call->Cancel();
  EXPECT_FALSE(events_->status.has_value());
  executor_->RunAll();
  EXPECT_EQ(events_->status->code(), absl::StatusCode::kCancelled);
  call->Start(stub_, lease_);
  call->Fail(absl::InternalError("too late"));
  EXPECT_THAT(events_->log, ElementsAre("done"));
  EXPECT_THAT(stub_.async()->append_sessions, IsEmpty());
}

TEST_F(GrpcAppendCallTest, CancelWhileTheStubIsAtWorkStillEndsTheCall) {
  auto call = NewCall();
  stub_.async()->on_append_session = [&](auto stream) {
    stub_.async()->append_sessions.push_back(std::move(stream));
    call->Cancel();
  };
  call->Start(stub_, lease_);
  EXPECT_TRUE(stream().started());
  EXPECT_EQ(stream().outstanding(), 2) << "metadata and status, no hold";
  stream().AnswerMetadata(false, false);
  stream().End(grpc::Status::CANCELLED);
  EXPECT_THAT(events_->log, ElementsAre("done"));
}

TEST_F(GrpcAppendCallTest, ACallThatCannotBeginIsDoneWithTheReason) {
  auto call = NewCall();
  call->Fail(absl::UnauthenticatedError("no token"));
  EXPECT_EQ(*events_->status, absl::UnauthenticatedError("no token"));
  call->Cancel();
  executor_->RunAll();
  EXPECT_THAT(events_->log, ElementsAre("done"));
}

TEST_F(GrpcAppendCallTest, AbandonCastsSuspicionOnTheConnectionAndCancelDoesNot) {
  const auto end = [&](size_t index) {
    AppendStubCall& stream = *stub_.async()->append_sessions.at(index);
    stream.AnswerMetadata(false, false);
    stream.End(grpc::Status::CANCELLED);
  };
  StartCall()->Cancel();
  EXPECT_EQ(lease_->silences, 0);
  const auto abandoned = StartCall();
  abandoned->Abandon();
  EXPECT_EQ(lease_->silences, 1);
  abandoned->Abandon();
  EXPECT_EQ(lease_->silences, 1);
  end(0);
  end(1);
}

TEST_F(GrpcAppendCallTest, ACallThatIsWithdrawnEndsSoAndIsNeverAccepted) {
  auto call = StartCall();
  call->Read(&ack_);
  call->Withdraw(absl::UnavailableError("no room"));
  stream().AnswerMetadata(true, true);
  stream().CompleteRead(false);
  stream().End(grpc::Status::CANCELLED);
  EXPECT_THAT(events_->log, ElementsAre("read 0", "done"));
  EXPECT_EQ(events_->status->message(), "ended: no room");
}

TEST_F(GrpcAppendCallTest, AnAcceptedCallCannotBeWithdrawn) {
  auto call = StartCall();
  call->Read(&ack_);
  events_->on_accepted = [&] { call->Withdraw(absl::UnavailableError("no room")); };
  stream().AnswerMetadata(true, true);
  stream().CompleteRead(true);
  call->Read(&ack_);
  stream().CompleteRead(false);
  stream().End(grpc::Status::OK);
  EXPECT_THAT(events_->log, ElementsAre("accepted", "read 1", "read 0", "done"));
  EXPECT_TRUE(events_->status->ok());
}

TEST_F(GrpcAppendCallTest, TheLeaseSaysHowTheSessionIsToldOfTheEnd) {
  auto call = StartCall();
  stream().AnswerMetadata(false, false);
  call->Cancel();
  stream().End(ToGrpc(MakeError(ErrorCode::kAuthn, "expired")));
  EXPECT_EQ(events_->status->message(), "ended: expired");
}

TEST_F(GrpcAppendCallTest, KeepsItselfItsEventsAndTheLeaseUntilItIsDone) {
  std::weak_ptr<GrpcAppendCall> call = StartCall();
  std::weak_ptr<RecordedEvents> events = events_;
  std::weak_ptr<CallLease> lease = lease_;
  bool alive_in_done = false;
  events_->on_done = [&] {
    alive_in_done = !call.expired() && !events.expired() && !lease.expired();
  };
  events_.reset();
  lease_.reset();
  call.lock()->Cancel();
  EXPECT_FALSE(call.expired());
  EXPECT_FALSE(lease.expired());
  stream().AnswerMetadata(false, false);
  stream().End(grpc::Status::CANCELLED);
  EXPECT_TRUE(alive_in_done);
  EXPECT_TRUE(call.expired());
  EXPECT_TRUE(events.expired());
  EXPECT_TRUE(lease.expired());
}

TEST_F(GrpcAppendCallTest, WritingInsideTheAcceptanceIsLegal) {
  auto call = StartCall();
  events_->on_accepted = [&] { call->Write(input_, false); };
  call->Read(&ack_);
  stream().AnswerMetadata(true, true);
  EXPECT_EQ(stream().write(), &input_);
  stream().CompleteWrite(true);
  stream().CompleteRead(false);
  stream().End(grpc::Status::OK);
}

TEST(GrpcReadCall, SendsItsRequestAndReadsBatches) {
  StreamStub stub;
  auto events = std::make_shared<RecordedEvents>();
  rpc::v1::ReadRequest request;
  request.set_seq_num(7);
  auto call = std::make_shared<GrpcReadCall>(request, events, std::make_shared<ManualExecutor>());
  v1::ReadBatch batch;
  call->Start(stub, std::make_shared<RecordedLease>());
  call->Read(&batch);
  ReadStubCall& stream = *stub.async()->read_sessions.at(0);
  EXPECT_EQ(stream.request.seq_num(), 7u);
  stream.AnswerMetadata(true, true);
  v1::ReadBatch sent;
  sent.add_records()->set_seq_num(7);
  stream.CompleteRead(true, sent);
  EXPECT_EQ(batch.records(0).seq_num(), 7u);
  call->Read(&batch);
  call->Cancel();
  stream.CompleteRead(false);
  stream.End(grpc::Status::CANCELLED);
  EXPECT_THAT(events->log, ElementsAre("accepted", "read 1", "read 0", "done"));
}

TEST(CallStatus, ABrokenConnectionIsServerDisconnected) {
  const absl::Status status = CallStatus(grpc::Status(grpc::StatusCode::UNAVAILABLE, "reset"));
  EXPECT_EQ(GetErrorCode(status), ErrorCode::kServerDisconnected);
  EXPECT_EQ(status.message(), "reset");
  EXPECT_TRUE(IsRetryable(status));
  EXPECT_FALSE(HasNoSideEffects(status));
}

TEST(CallStatus, AServerThatCancelsGoesAndMayHaveTakenAll) {
  const absl::Status status = CallStatus(grpc::Status(grpc::StatusCode::CANCELLED, "CANCELLED"));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(GetErrorCode(status), ErrorCode::kServerDisconnected);
  EXPECT_EQ(ReconnectForwarded(status), std::numeric_limits<uint64_t>::max());
  EXPECT_TRUE(IsRetryable(status));
  EXPECT_FALSE(HasNoSideEffects(status));
}

TEST(CallStatus, AServersOwnErrorIsLeftAsItIs) {
  const absl::Status draining = MakeError(ErrorCode::kServerDraining, "going");
  EXPECT_EQ(CallStatus(ToGrpc(draining)), draining);
  const absl::Status plain = absl::NotFoundError("what?");
  EXPECT_EQ(CallStatus(ToGrpc(plain)), plain);
  EXPECT_TRUE(CallStatus(grpc::Status::OK).ok());
}

}  // namespace
}  // namespace s2::internal
