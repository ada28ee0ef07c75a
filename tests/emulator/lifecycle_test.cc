// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <thread>

#include "absl/time/clock.h"
#include "s2/tests/emulator/fixture.h"

namespace s2 {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

class LifecycleTest : public EmulatorTest {
 protected:
  // Stubs over a connection of their own.
  static std::unique_ptr<rpc::v1::StreamService::Stub> Connect(const std::string& address) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return rpc::v1::StreamService::NewStub(
        grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
  }
  static absl::Time Soon() { return absl::Now() + absl::Seconds(30); }
};

TEST_F(LifecycleTest, DrainEndsSessionsWithTheNumberOfInputsTaken) {
  AppendCall append(*streams_);
  EXPECT_TRUE(append.Write(Input({"a"})));
  EXPECT_TRUE(append.Write(Input({"b"})));
  EXPECT_THAT(append.Ack(), Pair(0, 1));
  EXPECT_THAT(append.Ack(), Pair(1, 2));
  ReadCall read(*streams_, From(2));
  ASSERT_TRUE(read.Next().has_value());
  std::thread drain([&] { emulator_->Drain(Soon()); });
  const absl::Status appended = append.Finish();
  EXPECT_THAT(appended, HasCode(ErrorCode::kServerDraining));
  EXPECT_EQ(ReconnectForwarded(appended), 2u);
  const absl::Status done = read.Finish();
  EXPECT_THAT(done, HasCode(ErrorCode::kServerDraining));
  EXPECT_EQ(ReconnectForwarded(done), 0u);
  drain.join();
}

TEST_F(LifecycleTest, DrainDeliversTheAcksItOwesFirst) {
  emulator_->faults().Add(FaultMatch::Message("AppendSession", 0),
                          FaultAction::Delay(absl::Seconds(3)));
  AppendCall call(*streams_);
  EXPECT_TRUE(call.Write(Input({"a"})));
  clock_->AwaitTimer(absl::Seconds(3));
  ReadCall later(*streams_, From(1));
  ASSERT_TRUE(later.Next().has_value());
  std::thread drain([&] { emulator_->Drain(Soon()); });
  EXPECT_THAT(later.Finish(), HasCode(ErrorCode::kServerDraining));
  clock_->Advance(absl::Seconds(3));
  EXPECT_THAT(call.Ack(), Pair(0, 1));
  EXPECT_EQ(ReconnectForwarded(call.Finish()), 1u);
  drain.join();
}

TEST_F(LifecycleTest, ADrainedEmulatorSendsCallsElsewhere) {
  emulator_->Drain(Soon());
  const absl::Status status = Append({"a"}).status();
  EXPECT_THAT(status, HasCode(ErrorCode::kServerDraining));
  EXPECT_EQ(ReconnectForwarded(status), 0u);
  AppendCall call(*streams_);
  EXPECT_FALSE(call.Accepted());
  EXPECT_THAT(call.Finish(), HasCode(ErrorCode::kServerDraining));
}

TEST_F(LifecycleTest, DrainCutsWhatIsLeftAtItsDeadline) {
  const FaultHandle withheld =
      emulator_->faults().Add(FaultMatch::Message("AppendSession", 0), FaultAction::Withhold());
  const FaultHandle unanswered =
      emulator_->faults().Add(FaultMatch::Open("ReadSession"), FaultAction::Silence());
  AppendCall call(*streams_);
  EXPECT_TRUE(call.Write(Input({"a"})));
  ReadCall silent(*streams_, From(0));
  ASSERT_TRUE(withheld.WaitFired(1));
  ASSERT_TRUE(unanswered.WaitFired(1));
  emulator_->Drain(absl::Now());
  EXPECT_EQ(call.Finish().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(silent.Finish().code(), absl::StatusCode::kUnavailable);
}

TEST_F(LifecycleTest, DestructionEndsSessionsEvenOfAClientThatDoesNotRead) {
  ASSERT_TRUE(Append({"a"}).ok());
  AppendCall append(*streams_);
  ReadCall unread(*streams_, From(0));
  EXPECT_TRUE(append.Accepted());
  EXPECT_TRUE(unread.Accepted());
  emulator_ = nullptr;
  EXPECT_EQ(append.Finish().code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(unread.Finish().ok());
}

TEST_F(LifecycleTest, AChannelOutlivesItsEmulatorAndItsCallsFail) {
  emulator_ = nullptr;
  EXPECT_EQ(Append({"a"}).status().code(), absl::StatusCode::kUnavailable);
  AppendCall call(*streams_);
  EXPECT_FALSE(call.Accepted());
  EXPECT_EQ(call.Finish().code(), absl::StatusCode::kUnavailable);
}

TEST_F(LifecycleTest, ServesTheSameStreamsOnAnAddress) {
  const auto port = emulator_->Listen("127.0.0.1:0");
  ASSERT_TRUE(port.ok()) << port.status();
  const auto remote = Connect(absl::StrCat("127.0.0.1:", *port));
  AppendCall call(*remote);
  EXPECT_TRUE(call.Accepted());
  EXPECT_TRUE(call.Write(Input({"a"})));
  EXPECT_THAT(call.Ack(), Pair(0, 1));
  EXPECT_THAT(Bodies(*Read(From(0))), ElementsAre("a"));
}

TEST_F(LifecycleTest, AnAddressInUseOrMalformedIsAnError) {
  const auto port = emulator_->Listen("127.0.0.1:0");
  ASSERT_TRUE(port.ok()) << port.status();
  const auto again = emulator_->Listen(absl::StrCat("127.0.0.1:", *port));
  EXPECT_EQ(again.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(again.status().message()), ::testing::HasSubstr(absl::StrCat(*port)));
  EXPECT_FALSE(emulator_->Listen("nonsense").ok());
}

TEST_F(LifecycleTest, StopListeningBreaksConnectionsAndRecordsStay) {
  const auto port = emulator_->Listen("127.0.0.1:0");
  ASSERT_TRUE(port.ok()) << port.status();
  const std::string address = absl::StrCat("127.0.0.1:", *port);
  const auto remote = Connect(address);
  AppendCall append(*remote);
  EXPECT_TRUE(append.Write(Input({"a"})));
  EXPECT_THAT(append.Ack(), Pair(0, 1));
  ReadCall read(*remote, From(1));
  EXPECT_TRUE(read.Next().has_value());
  emulator_->StopListening();
  EXPECT_EQ(append.Finish().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(read.Finish().code(), absl::StatusCode::kUnavailable);
  ASSERT_TRUE(emulator_->Listen(address).ok());
  const auto back = Connect(address);
  ReadCall again(*back, From(0));
  EXPECT_THAT(again.Bodies(), ElementsAre("a"));
}

TEST_F(LifecycleTest, ServesOnAUnixSocket) {
  const std::string address = absl::StrCat("unix:", ::testing::TempDir(), "s2-emulator.sock");
  const auto port = emulator_->Listen(address);
  ASSERT_TRUE(port.ok()) << port.status();
  EXPECT_EQ(*port, 0);
  const auto remote = Connect(address);
  AppendCall call(*remote);
  EXPECT_TRUE(call.Accepted());
}

TEST_F(LifecycleTest, TokensMetricsAndLocationsAreNotImplemented) {
  CallContext context("", "");
  rpc::v1::ListAccessTokensResponse tokens;
  EXPECT_THAT(FromGrpc(account_->ListAccessTokens(&context, {}, &tokens)),
              HasCode(ErrorCode::kNotImplemented));
  CallContext other("", "");
  rpc::v1::MetricSet metrics;
  EXPECT_THAT(FromGrpc(account_->GetAccountMetrics(&other, {}, &metrics)),
              HasCode(ErrorCode::kNotImplemented));
}

}  // namespace
}  // namespace s2
