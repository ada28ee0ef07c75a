// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gmock/gmock.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/channel_arguments.h>
#include <grpcpp/support/client_interceptor.h>
#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "s2/server/internal/bidi_reactor.h"
#include "s2/server/internal/servers.h"
#include "s2/tests/server/client_calls.h"
#include "s2/wire/metadata.h"

namespace s2::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

// Does what a test says.
class Session final : public BidiReactor<v1::AppendInput, v1::AppendAck> {
 public:
  using Reactor = grpc::ServerBidiReactor<v1::AppendInput, v1::AppendAck>;

  Session(Calls& calls, Meter& meter, grpc::CallbackServerContext* context)
      : BidiReactor(calls, meter, context, SessionKind::kAppend) {}

  using BidiReactor::Cut;
  using BidiReactor::End;
  using BidiReactor::Enter;
  using BidiReactor::Hold;
  using BidiReactor::ReadOn;
  using BidiReactor::Release;

  // False: it is ending.
  bool Begin() {
    if (!Hold()) return false;
    Accept();
    StartInputs();
    Release();
    return true;
  }
  // Sends acks for [0, 1), [1, 2) and so on, all at once.
  void SendAcks(int n) {
    {
      absl::MutexLock lock(&mu_);
      for (int i = 0; i < n; ++i) {
        acks_.emplace_back();
        acks_.back().mutable_end()->set_seq_num(++sent_);
        acks_.back().mutable_start()->set_seq_num(sent_ - 1);
      }
    }
    Pump();
  }
  // From now on a message is promised, or it no longer is.
  void Promise(bool promised) {
    {
      absl::MutexLock lock(&mu_);
      promised_ = promised;
    }
    Pump();
  }
  // From now on something is owed for inputs, or it no longer is.
  void Owe(bool owes) {
    {
      absl::MutexLock lock(&mu_);
      owes_ = owes;
      SettleLocked();
    }
    Pump();
  }
  void SetRoom(bool room) {
    {
      absl::MutexLock lock(&mu_);
      room_ = room;
    }
    ReadOn();
  }
  void StopAtInput(const std::string& body, const absl::Status& status) {
    absl::MutexLock lock(&mu_);
    stop_at_ = {body, status};
  }
  void FailToPrepare(const absl::Status& status) { unprepared_ = status; }
  void CallInInput(std::function<void()> in_input) { in_input_ = std::move(in_input); }

  // The bodies of the inputs taken, once there are so many.
  std::vector<std::string> AwaitInputs(size_t n) {
    const auto enough = [&]() ABSL_SHARED_LOCKS_REQUIRED(mu_) { return inputs_.size() >= n; };
    absl::MutexLock lock(&mu_);
    EXPECT_TRUE(mu_.AwaitWithTimeout(absl::Condition(&enough), absl::Seconds(30)));
    return inputs_;
  }
  void AwaitInputsEnd() { inputs_end_.WaitForNotification(); }
  void AwaitWriting() {
    const auto writing = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return writing_locked(); };
    absl::MutexLock lock(&mu_);
    EXPECT_TRUE(mu_.AwaitWithTimeout(absl::Condition(&writing), absl::Seconds(30)));
  }
  int finishes() const {
    absl::MutexLock lock(&mu_);
    return finishes_;
  }

 private:
  void OnInput(v1::AppendInput& input) override {
    if (in_input_ != nullptr) in_input_();
    const std::string body = input.records(0).body();
    absl::MutexLock lock(&mu_);
    if (stop_at_.first == body) StopLocked(stop_at_.second);
    if (TakeLocked()) inputs_.push_back(body);
  }
  void OnInputsEnd() override { inputs_end_.Notify(); }
  bool WantsInputLocked() const override { return room_; }
  bool OwesLocked() const override { return owes_; }
  Next NextMessageLocked(v1::AppendAck& message) override {
    if (acks_.empty()) return promised_ ? Next::kLater : Next::kNone;
    message = acks_.front();
    acks_.pop_front();
    return acks_.empty() ? Next::kMessage : Next::kMessageAndMore;
  }
  absl::Status PrepareMessage(v1::AppendAck&) override { return unprepared_; }
  void OnFinish() override {
    absl::MutexLock lock(&mu_);
    ++finishes_;
  }

  absl::Notification inputs_end_;
  absl::Status unprepared_;
  std::function<void()> in_input_;
  std::deque<v1::AppendAck> acks_;
  uint64_t sent_ = 0;
  bool promised_ = false;
  bool owes_ = false;
  bool room_ = true;
  std::pair<std::string, absl::Status> stop_at_;
  std::vector<std::string> inputs_;
  int finishes_ = 0;
};

// Answers nothing before a test says so.
class Unary final : public CallReactor<grpc::ServerUnaryReactor> {
 public:
  Unary(Calls& calls, Meter& meter, grpc::CallbackServerContext* context)
      : CallReactor(calls, meter, context, std::nullopt) {}

  using CallReactor::Cut;
  using CallReactor::End;
  using CallReactor::Enter;

  void Drain() override { End(DrainingError(0)); }
};

using Service = rpc::v1::StreamService::WithCallbackMethod_AppendSession<
    rpc::v1::StreamService::WithCallbackMethod_CheckTail<rpc::v1::StreamService::Service>>;

// Hands its calls to whoever waits for them.
class FakeService final : public Service {
 public:
  FakeService(std::function<void(std::shared_ptr<Session>)> on_session,
              std::function<void(std::shared_ptr<Unary>)> on_unary, Calls& calls, Meter& meter)
      : on_session_(std::move(on_session)),
        on_unary_(std::move(on_unary)),
        calls_(calls),
        meter_(meter) {}

  Session::Reactor* AppendSession(grpc::CallbackServerContext* context) override {
    const auto session = std::make_shared<Session>(calls_, meter_, context);
    if (session->Enter(context->peer())) on_session_(session);
    return session.get();
  }
  grpc::ServerUnaryReactor* CheckTail(grpc::CallbackServerContext* context,
                                      const rpc::v1::CheckTailRequest*,
                                      rpc::v1::CheckTailResponse*) override {
    const auto unary = std::make_shared<Unary>(calls_, meter_, context);
    if (unary->Enter()) on_unary_(unary);
    return unary.get();
  }

 private:
  const std::function<void(std::shared_ptr<Session>)> on_session_;
  const std::function<void(std::shared_ptr<Unary>)> on_unary_;
  Calls& calls_;
  Meter& meter_;
};

// A place for something that another thread brings.
template <typename T>
class Handed {
 public:
  void Put(T thing) {
    absl::MutexLock lock(&mu_);
    things_.push_back(std::move(thing));
  }
  T Take() {
    const auto some = [this]() ABSL_SHARED_LOCKS_REQUIRED(mu_) { return !things_.empty(); };
    absl::MutexLock lock(&mu_);
    if (!mu_.AwaitWithTimeout(absl::Condition(&some), absl::Seconds(30))) return nullptr;
    T thing = std::move(things_.front());
    things_.pop_front();
    return thing;
  }

 private:
  absl::Mutex mu_;
  std::deque<T> things_ ABSL_GUARDED_BY(mu_);
};

v1::AppendInput Input(const std::string& body) {
  v1::AppendInput input;
  input.add_records()->set_body(body);
  return input;
}

class ReactorTest : public ::testing::Test {
 protected:
  explicit ReactorTest(const CallLimits& limits = {})
      : calls_(limits),
        servers_([this] {
          Services services;
          services.push_back(std::make_unique<FakeService>(
              [this](std::shared_ptr<Session> session) { sessions_.Put(std::move(session)); },
              [this](std::shared_ptr<Unary> unary) { unaries_.Put(std::move(unary)); }, calls_,
              meter_));
          return services;
        }),
        stub_(rpc::v1::StreamService::NewStub(servers_.InProcessChannel({}, {}))) {}
  ~ReactorTest() override { calls_.Stop(); }

  // The call that comes next.
  std::shared_ptr<Session> Next() { return sessions_.Take(); }
  // That call, begun.
  std::shared_ptr<Session> Begin() {
    auto session = Next();
    EXPECT_TRUE(session->Begin());
    return session;
  }

  Calls calls_;
  Meter meter_;
  Handed<std::shared_ptr<Session>> sessions_;
  Handed<std::shared_ptr<Unary>> unaries_;
  Servers servers_;
  const std::unique_ptr<rpc::v1::StreamService::Stub> stub_;
};

TEST_F(ReactorTest, TheClientIsToldOfTheAcceptanceBeforeAnyMessage) {
  AppendCall client(*stub_);
  const auto session = Begin();
  EXPECT_TRUE(client.Accepted());
  session->End(absl::OkStatus());
  EXPECT_EQ(client.Finish(), absl::OkStatus());
}

TEST_F(ReactorTest, ARefusedSessionIsNotAccepted) {
  AppendCall client(*stub_);
  Next()->Cut(MakeError(ErrorCode::kStreamNotFound, "no such stream"));
  EXPECT_FALSE(client.Accepted());
  EXPECT_THAT(client.Finish(), HasCode(ErrorCode::kStreamNotFound));
}

TEST_F(ReactorTest, NothingIsWrittenBeforeTheAcceptance) {
  AppendCall client(*stub_);
  const auto session = Next();
  session->SendAcks(1);
  EXPECT_TRUE(session->Begin());
  EXPECT_TRUE(client.Accepted());
  EXPECT_THAT(client.Ack(), Pair(0, 1));
}

TEST_F(ReactorTest, ASessionThatIsEndingCannotBegin) {
  AppendCall client(*stub_);
  const auto session = Next();
  session->End(absl::OkStatus());
  EXPECT_FALSE(session->Begin());
  EXPECT_EQ(client.Finish(), absl::OkStatus());
}

TEST_F(ReactorTest, AnEndLetsMessagesGoFirst) {
  AppendCall client(*stub_);
  const auto session = Begin();
  session->SendAcks(3);
  session->End(MakeError(ErrorCode::kHotServer, "too much"));
  EXPECT_THAT(client.Ack(), Pair(0, 1));
  EXPECT_THAT(client.Ack(), Pair(1, 2));
  EXPECT_THAT(client.Ack(), Pair(2, 3));
  EXPECT_THAT(client.Finish(), HasCode(ErrorCode::kHotServer));
}

TEST_F(ReactorTest, AnEndAwaitsAMessageThatIsPromised) {
  AppendCall client(*stub_);
  const auto session = Begin();
  session->Promise(true);
  session->End(absl::OkStatus());
  EXPECT_EQ(session->finishes(), 0);
  session->SendAcks(1);
  EXPECT_THAT(client.Ack(), Pair(0, 1));
  EXPECT_EQ(session->finishes(), 0);
  session->Promise(false);
  EXPECT_EQ(client.Finish(), absl::OkStatus());
  EXPECT_EQ(session->finishes(), 1);
}

TEST_F(ReactorTest, ACutDoesNotLetMessagesGoFirst) {
  AppendCall client(*stub_);
  const auto session = Begin();
  session->Promise(true);
  session->Cut(MakeError(ErrorCode::kHotServer, "too much"));
  EXPECT_THAT(client.Finish(), HasCode(ErrorCode::kHotServer));
}

TEST_F(ReactorTest, ACutAwaitsTheWriteThatIsUnderWay) {
  AppendCall client(*stub_);
  const auto session = Begin();
  EXPECT_TRUE(client.Accepted());
  session->SendAcks(2);
  session->AwaitWriting();
  session->Cut(MakeError(ErrorCode::kHotServer, "too much"));
  EXPECT_THAT(client.Ack(), Pair(0, 1));
  EXPECT_THAT(client.Ack(), Pair(-1, -1));
  EXPECT_THAT(client.Finish(), HasCode(ErrorCode::kHotServer));
}

TEST_F(ReactorTest, TheFirstEndCountsAndACutCountsForMore) {
  AppendCall client(*stub_);
  const auto session = Begin();
  session->Promise(true);
  session->End(absl::OkStatus());
  session->End(absl::UnknownError("a second end"));
  session->Promise(false);
  EXPECT_EQ(client.Finish(), absl::OkStatus());

  AppendCall other(*stub_);
  const auto cut = Begin();
  EXPECT_TRUE(cut->Hold());
  cut->End(absl::OkStatus());
  cut->Cut(MakeError(ErrorCode::kHotServer, "too much"));
  cut->Cut(absl::UnknownError("a second cut"));
  cut->Release();
  EXPECT_THAT(other.Finish(), HasCode(ErrorCode::kHotServer));
}

TEST_F(ReactorTest, AHeldCallDoesNotFinish) {
  AppendCall client(*stub_);
  const auto session = Begin();
  EXPECT_TRUE(session->Hold());
  EXPECT_TRUE(session->Hold());
  session->End(absl::OkStatus());
  EXPECT_FALSE(session->Hold()) << "it is ending";
  session->Release();
  EXPECT_EQ(session->finishes(), 0);
  session->Release();
  EXPECT_EQ(session->finishes(), 1);
  EXPECT_EQ(client.Finish(), absl::OkStatus());
}

TEST_F(ReactorTest, AMessageThatCannotBePreparedCutsTheCall) {
  AppendCall client(*stub_);
  const auto session = Begin();
  session->FailToPrepare(MakeError(ErrorCode::kInvalidAnswer, "what is this?"));
  session->SendAcks(2);
  EXPECT_THAT(client.Ack(), Pair(-1, -1));
  EXPECT_THAT(client.Finish(), HasCode(ErrorCode::kInvalidAnswer));
}

TEST_F(ReactorTest, InputsComeOneByOneWhileThereIsRoom) {
  AppendCall client(*stub_);
  const auto session = Begin();
  EXPECT_TRUE(client.Write(Input("a")));
  EXPECT_TRUE(client.Write(Input("b")));
  EXPECT_THAT(session->AwaitInputs(2), ElementsAre("a", "b"));
  session->SetRoom(false);
  EXPECT_TRUE(client.Write(Input("c"))) << "its read was under way";
  EXPECT_THAT(session->AwaitInputs(3), ElementsAre("a", "b", "c"));
  // In process a write is done when the other side has read it.
  std::thread writer([&] { EXPECT_TRUE(client.Write(Input("d"))); });
  session->ReadOn();
  EXPECT_THAT(session->AwaitInputs(0), ElementsAre("a", "b", "c"));
  session->SetRoom(true);
  EXPECT_THAT(session->AwaitInputs(4), ElementsAre("a", "b", "c", "d"));
  writer.join();
}

TEST_F(ReactorTest, TheClientsHalfCloseEndsTheInputs) {
  AppendCall client(*stub_);
  const auto session = Begin();
  EXPECT_TRUE(client.Write(Input("a")));
  EXPECT_TRUE(client.HalfClose());
  session->AwaitInputsEnd();
  EXPECT_THAT(session->AwaitInputs(1), ElementsAre("a"));
  session->SendAcks(1);
  session->End(absl::OkStatus());
  EXPECT_THAT(client.Ack(), Pair(0, 1));
  EXPECT_EQ(client.Finish(), absl::OkStatus());
}

TEST_F(ReactorTest, InputsBehindTheEndAreDropped) {
  AppendCall client(*stub_);
  const auto session = Begin();
  session->Promise(true);
  session->End(absl::OkStatus());
  EXPECT_TRUE(client.Write(Input("a")));
  EXPECT_TRUE(client.Write(Input("b"))) << "a client that writes all before it reads";
  session->Promise(false);
  EXPECT_EQ(client.Finish(), absl::OkStatus());
  EXPECT_THAT(session->AwaitInputs(0), ElementsAre());
}

TEST_F(ReactorTest, ADrainBeforeTheFirstInputTookNone) {
  AppendCall client(*stub_);
  Next()->Drain();
  EXPECT_FALSE(client.Accepted());
  EXPECT_EQ(ReconnectForwarded(client.Finish()), 0u);
}

TEST_F(ReactorTest, ADrainDeliversWhatIsOwedAndSaysHowManyInputsWereTaken) {
  AppendCall client(*stub_);
  const auto session = Begin();
  EXPECT_TRUE(client.Write(Input("a")));
  EXPECT_TRUE(client.Write(Input("b")));
  session->AwaitInputs(2);
  session->Owe(true);
  calls_.Drain();
  session->AwaitInputsEnd();
  session->SendAcks(2);
  EXPECT_THAT(client.Ack(), Pair(0, 1));
  EXPECT_THAT(client.Ack(), Pair(1, 2));
  EXPECT_EQ(session->finishes(), 0);
  session->Owe(false);
  EXPECT_EQ(ReconnectForwarded(client.Finish()), 2u);
  EXPECT_THAT(session->AwaitInputs(0), ElementsAre("a", "b"));
}

TEST_F(ReactorTest, ADrainWhileAnInputIsHereDropsTheInput) {
  AppendCall client(*stub_);
  const auto session = Begin();
  session->CallInInput([&] { session->Drain(); });
  EXPECT_TRUE(client.Write(Input("a")));
  EXPECT_EQ(ReconnectForwarded(client.Finish()), 0u);
  session->AwaitInputsEnd();
  EXPECT_THAT(session->AwaitInputs(0), ElementsAre());
  session->CallInInput(nullptr);
}

TEST_F(ReactorTest, ASessionThatStopsEndsWithWhatStoppedIt) {
  AppendCall client(*stub_);
  const auto session = Begin();
  session->StopAtInput("b", MakeError(ErrorCode::kInvalid, "b is bad"));
  session->Owe(true);
  EXPECT_TRUE(client.Write(Input("a")));
  EXPECT_TRUE(client.Write(Input("b")));
  session->AwaitInputsEnd();
  calls_.Drain();
  session->SendAcks(1);
  session->Owe(false);
  EXPECT_THAT(client.Ack(), Pair(0, 1));
  EXPECT_THAT(client.Finish(), HasCode(ErrorCode::kInvalid));
  EXPECT_THAT(session->AwaitInputs(0), ElementsAre("a"));
}

TEST_F(ReactorTest, KillEndsACallThatIsIdle) {
  AppendCall client(*stub_);
  Begin();
  calls_.Kill();
  EXPECT_EQ(client.Finish(), GoneError());
}

TEST_F(ReactorTest, KillEndsACallWhoseClientDoesNotRead) {
  AppendCall client(*stub_);
  const auto session = Begin();
  EXPECT_TRUE(client.Accepted());
  session->SendAcks(1);
  session->AwaitWriting();
  calls_.Kill();
  EXPECT_EQ(client.Finish().code(), absl::StatusCode::kCancelled);
}

TEST_F(ReactorTest, ACallIsUnderWayUntilItsClientIsGone) {
  const auto client = std::make_unique<AppendCall>(*stub_);
  const auto session = Begin();
  EXPECT_EQ(meter_.sessions(SessionKind::kAppend), 1);
  client->Cancel();
  EXPECT_TRUE(calls_.AwaitEnd(absl::InfiniteFuture()));
  EXPECT_EQ(meter_.sessions(SessionKind::kAppend), 0);
  EXPECT_EQ(session->finishes(), 1);
}

TEST_F(ReactorTest, TheMeterCountsWhatTheCallDoes) {
  AppendCall client(*stub_);
  const auto session = Begin();
  const v1::AppendInput input = Input("a");
  EXPECT_TRUE(client.Write(input));
  session->AwaitInputs(1);
  EXPECT_EQ(meter_.received_bytes(), input.ByteSizeLong());
  session->SendAcks(1);
  EXPECT_THAT(client.Ack(), Pair(0, 1));
  EXPECT_GT(meter_.sent_bytes(), 0u);
  session->End(MakeError(ErrorCode::kHotServer, "too much"));
  EXPECT_FALSE(client.Finish().ok());
  EXPECT_THAT(meter_.errors(), ElementsAre(Pair("hot_server", 1)));
}

TEST_F(ReactorTest, AKeyThatComesTwiceIsRefused) {
  for (const char* key : wire::kRequestKeys) {
    CallContext context("", "");
    context.AddMetadata(key, "one");
    context.AddMetadata(key, "other");
    rpc::v1::CheckTailResponse response;
    const absl::Status error = FromGrpc(stub_->CheckTail(&context, {}, &response));
    EXPECT_THAT(error, HasCode(ErrorCode::kBadHeader));
    EXPECT_EQ(error.message(), absl::StrCat("the metadata have 2 values of ", key,
                                            "; there must not be more than one"));
    EXPECT_TRUE(HasNoSideEffects(error));
    EXPECT_FALSE(IsRetryable(error));
  }
  EXPECT_TRUE(calls_.AwaitEnd(absl::InfiniteFuture()));
}

TEST_F(ReactorTest, AUnaryCallIsAnsweredOnce) {
  CallContext context;
  rpc::v1::CheckTailResponse response;
  absl::Status status;
  std::thread caller([&] { status = FromGrpc(stub_->CheckTail(&context, {}, &response)); });
  const auto unary = unaries_.Take();
  unary->End(MakeError(ErrorCode::kHotServer, "too much"));
  unary->End(absl::OkStatus());
  unary->Cut(absl::UnknownError("too late"));
  caller.join();
  EXPECT_THAT(status, HasCode(ErrorCode::kHotServer));
  EXPECT_THAT(meter_.errors(), ElementsAre(Pair("hot_server", 1)));
}

TEST_F(ReactorTest, AUnaryCallIsUnderWayUntilItIsAnswered) {
  CallContext context;
  rpc::v1::CheckTailResponse response;
  std::thread caller([&] {
    EXPECT_EQ(ReconnectForwarded(FromGrpc(stub_->CheckTail(&context, {}, &response))), 0u);
  });
  const auto unary = unaries_.Take();
  EXPECT_FALSE(calls_.AwaitEnd(absl::InfinitePast()));
  calls_.Drain();
  EXPECT_TRUE(calls_.AwaitEnd(absl::InfiniteFuture()));
  caller.join();
}

// gRPC aborts the process when a call is finished twice, or used when it is gone.
TEST_F(ReactorTest, WhoeverEndsItTheCallFinishesOnce) {
  for (int i = 0; i < 200; ++i) {
    AppendCall client(*stub_);
    const auto session = Next();
    std::thread beginner([&] { session->Begin(); });
    std::thread drainer([&] { session->Drain(); });
    std::thread sender([&] {
      session->SendAcks(2);
      if (i % 2 == 0) session->End(absl::OkStatus());
    });
    if (i % 3 == 0) session->Kill();
    if (i % 5 == 0) client.Cancel();
    (void)client.Finish();
    beginner.join();
    drainer.join();
    sender.join();
    EXPECT_TRUE(calls_.AwaitEnd(absl::InfiniteFuture()));
    EXPECT_EQ(session->finishes(), 1);
  }
}

class LimitedReactorTest : public ReactorTest {
 protected:
  LimitedReactorTest() : ReactorTest({/*max_calls=*/1, /*max_connections=*/0}) {}
};

TEST_F(LimitedReactorTest, ACallBeyondTheLimitIsRefused) {
  AppendCall first(*stub_);
  const auto session = Begin();
  AppendCall second(*stub_);
  EXPECT_THAT(second.Finish(), HasCode(ErrorCode::kRateLimited));
  EXPECT_EQ(meter_.sessions(SessionKind::kAppend), 1);
  session->End(absl::OkStatus());
  EXPECT_EQ(first.Finish(), absl::OkStatus());
}

}  // namespace
}  // namespace s2::server
