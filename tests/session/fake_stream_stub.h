// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SESSION_FAKE_STREAM_STUB_H_
#define S2_TESTS_SESSION_FAKE_STREAM_STUB_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>
// After gtest; it tests what gRPC keeps private.
#include <grpcpp/test/client_context_test_peer.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "s2/rpc/v1/stream.grpc.pb.h"
#include "s2/rpc/v1/stream_mock.grpc.pb.h"

namespace s2::testing {

// One call on the generated stub's callback interface, driven by hand. It keeps gRPC's books: what
// would abort the process there, or touch a call that gRPC has destroyed, fails the test here.
template <typename Response>
class FakeCallBooks {
 public:
  virtual ~FakeCallBooks() { EXPECT_TRUE(done_) << "the test left a call without its end"; }

  // The server's initial metadata have come, with the key of an accepted session or without.
  void AnswerMetadata(bool ok, bool accepted) {
    if (ok) peer_.AddServerInitialMetadata("x-other", "1");
    if (accepted) peer_.AddServerInitialMetadata("s2-session", "1");
    OnMetadata(ok);
    Release();
  }
  void CompleteRead(bool ok, const Response& response = {}) {
    ASSERT_NE(read_, nullptr);
    if (ok) *read_ = response;
    read_ = nullptr;
    OnRead(ok);
    Release();
  }
  // Ends the call: nothing may be outstanding but the status itself.
  void End(const grpc::Status& status) {
    ASSERT_EQ(outstanding_, 1) << "gRPC would wait for a hold, an operation or the metadata";
    outstanding_ = 0;
    done_ = true;
    OnEnd(status);
  }
  bool reading() const { return read_ != nullptr; }
  bool started() const { return started_; }
  int outstanding() const { return outstanding_; }
  std::multimap<std::string, std::string> metadata() { return peer_.GetSendInitialMetadata(); }

 protected:
  explicit FakeCallBooks(grpc::ClientContext* context) : peer_(context) {}

  virtual void OnMetadata(bool ok) = 0;
  virtual void OnRead(bool ok) = 0;
  virtual void OnEnd(const grpc::Status& status) = 0;

  void Start() {
    EXPECT_FALSE(started_);
    started_ = true;
  }
  void BeginRead(Response* response) {
    EXPECT_EQ(read_, nullptr) << "two reads at once abort the process";
    read_ = response;
    Hold(1);
  }
  void Hold(int holds) {
    EXPECT_GT(outstanding_, 0) << "the call is destroyed already";
    outstanding_ += holds;
  }
  void Release() {
    --outstanding_;
    EXPECT_GT(outstanding_, 0);
  }

 private:
  grpc::testing::ClientContextTestPeer peer_;
  bool started_ = false;
  bool done_ = false;
  int outstanding_ = 2;  // the metadata and the status
  Response* read_ = nullptr;
};

// A fake AppendSession call.
class FakeAppendStream : public grpc::ClientCallbackReaderWriter<v1::AppendInput, v1::AppendAck>,
                         public FakeCallBooks<v1::AppendAck> {
 public:
  using Reactor = grpc::ClientBidiReactor<v1::AppendInput, v1::AppendAck>;

  FakeAppendStream(grpc::ClientContext* context, Reactor* reactor)
      : FakeCallBooks(context), reactor_(reactor) {
    BindReactor(reactor);
  }

  void CompleteWrite(bool ok) {
    ASSERT_NE(write, nullptr);
    write = nullptr;
    reactor_->OnWriteDone(ok);
    Release();
  }

  void StartCall() override { Start(); }
  void Write(const v1::AppendInput* input, grpc::WriteOptions options) override {
    EXPECT_EQ(write, nullptr) << "two writes at once abort the process";
    write = input;
    buffer_hint = options.get_buffer_hint();
    Hold(1);
  }
  void WritesDone() override { half_closed = true; }
  void Read(v1::AppendAck* ack) override { BeginRead(ack); }
  void AddHold(int holds) override { Hold(holds); }
  void RemoveHold() override { Release(); }

  const v1::AppendInput* write = nullptr;  // under way
  bool buffer_hint = false;                // of the last write
  bool half_closed = false;

 private:
  void OnMetadata(bool ok) override { reactor_->OnReadInitialMetadataDone(ok); }
  void OnRead(bool ok) override { reactor_->OnReadDone(ok); }
  void OnEnd(const grpc::Status& status) override {
    static_cast<grpc::internal::ClientReactor*>(reactor_)->OnDone(status);
  }

  Reactor* const reactor_;
};

// A fake ReadSession call.
class FakeReadStream : public grpc::ClientCallbackReader<v1::ReadBatch>,
                       public FakeCallBooks<v1::ReadBatch> {
 public:
  using Reactor = grpc::ClientReadReactor<v1::ReadBatch>;

  FakeReadStream(grpc::ClientContext* context, const rpc::v1::ReadRequest& request,
                 Reactor* reactor)
      : FakeCallBooks(context), request(request), reactor_(reactor) {
    BindReactor(reactor);
  }

  void StartCall() override { Start(); }
  void Read(v1::ReadBatch* batch) override { BeginRead(batch); }
  void AddHold(int holds) override { Hold(holds); }
  void RemoveHold() override { Release(); }

  const rpc::v1::ReadRequest request;

 private:
  void OnMetadata(bool ok) override { reactor_->OnReadInitialMetadataDone(ok); }
  void OnRead(bool ok) override { reactor_->OnReadDone(ok); }
  void OnEnd(const grpc::Status& status) override {
    static_cast<grpc::internal::ClientReactor*>(reactor_)->OnDone(status);
  }

  Reactor* const reactor_;
};

// A unary call on the stub, to be answered by the test.
template <typename Request, typename Response>
struct FakeUnaryCall {
  Request request;
  std::multimap<std::string, std::string> metadata;
  Response* response;
  std::function<void(grpc::Status)> done;
};

// A stub of the StreamService that collects its calls.
class FakeStreamStub : public rpc::v1::MockStreamServiceStub {
 public:
  class Async : public rpc::v1::StreamService::StubInterface::async_interface {
   public:
    template <typename Request, typename Response>
    using Calls = std::vector<FakeUnaryCall<Request, Response>>;

    void CheckTail(grpc::ClientContext* context, const rpc::v1::CheckTailRequest* request,
                   rpc::v1::CheckTailResponse* response,
                   std::function<void(grpc::Status)> done) override {
      Collect(check_tails, context, *request, response, std::move(done));
    }
    void Append(grpc::ClientContext* context, const v1::AppendInput* input, v1::AppendAck* ack,
                std::function<void(grpc::Status)> done) override {
      Collect(appends, context, *input, ack, std::move(done));
    }
    void Read(grpc::ClientContext* context, const rpc::v1::ReadRequest* request,
              v1::ReadBatch* batch, std::function<void(grpc::Status)> done) override {
      Collect(reads, context, *request, batch, std::move(done));
    }
    void CheckTail(grpc::ClientContext*, const rpc::v1::CheckTailRequest*,
                   rpc::v1::CheckTailResponse*, grpc::ClientUnaryReactor*) override {
      ADD_FAILURE();
    }
    void Append(grpc::ClientContext*, const v1::AppendInput*, v1::AppendAck*,
                grpc::ClientUnaryReactor*) override {
      ADD_FAILURE();
    }
    void Read(grpc::ClientContext*, const rpc::v1::ReadRequest*, v1::ReadBatch*,
              grpc::ClientUnaryReactor*) override {
      ADD_FAILURE();
    }
    void AppendSession(grpc::ClientContext* context, FakeAppendStream::Reactor* reactor) override {
      append_sessions.push_back(std::make_unique<FakeAppendStream>(context, reactor));
      on_session();
    }
    void ReadSession(grpc::ClientContext* context, const rpc::v1::ReadRequest* request,
                     FakeReadStream::Reactor* reactor) override {
      read_sessions.push_back(std::make_unique<FakeReadStream>(context, *request, reactor));
      on_session();
    }

    Calls<rpc::v1::CheckTailRequest, rpc::v1::CheckTailResponse> check_tails;
    Calls<v1::AppendInput, v1::AppendAck> appends;
    Calls<rpc::v1::ReadRequest, v1::ReadBatch> reads;
    std::vector<std::unique_ptr<FakeAppendStream>> append_sessions;
    std::vector<std::unique_ptr<FakeReadStream>> read_sessions;
    // Called when a unary call, or a session, has been made; in the caller's thread.
    std::function<void()> on_call = [] {};
    std::function<void()> on_session = [] {};

    // Drops the unary calls: each may hold the stub that holds it.
    void Forget() {
      check_tails.clear();
      appends.clear();
      reads.clear();
    }

   private:
    template <typename Request, typename Response>
    void Collect(Calls<Request, Response>& calls, grpc::ClientContext* context,
                 const Request& request, Response* response,
                 std::function<void(grpc::Status)> done) {
      calls.push_back({request,
                       grpc::testing::ClientContextTestPeer(context).GetSendInitialMetadata(),
                       response, std::move(done)});
      on_call();
    }
  };

  Async* async() override { return &async_; }

 private:
  Async async_;
};

}  // namespace s2::testing

#endif  // S2_TESTS_SESSION_FAKE_STREAM_STUB_H_
