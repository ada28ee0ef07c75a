// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTING_INTERNAL_SCRIPTED_SESSIONS_H_
#define S2_TESTING_INTERNAL_SCRIPTED_SESSIONS_H_

#include <grpcpp/support/client_callback.h>

#include <utility>

#include "s2/rpc/v1/stream.pb.h"
#include "s2/testing/internal/scripted_call.h"
#include "s2/v1/s2.pb.h"

namespace s2::testing {

// An AppendSession call.
class ScriptedAppendSession final
    : public ScriptedCall<v1::AppendInput, v1::AppendAck>,
      public grpc::ClientCallbackReaderWriter<v1::AppendInput, v1::AppendAck> {
 public:
  using Reactor = grpc::ClientBidiReactor<v1::AppendInput, v1::AppendAck>;

  // The stub's call.
  void Open(grpc::ClientContext* context, Reactor* reactor) {
    reactor_ = reactor;
    BeginCall(context);
    BindReactor(reactor);
  }

  void StartCall() override { BeginPlay(); }
  void Write(const v1::AppendInput* input, grpc::WriteOptions options) override {
    BeginWrite(input);
    if (options.is_last_message()) BeginWritesDone();
  }
  void WritesDone() override { BeginWritesDone(); }
  void Read(v1::AppendAck* ack) override { BeginRead(ack); }
  void AddHold(int holds) override { ChangeHolds(holds); }
  void RemoveHold() override { ChangeHolds(-1); }

 private:
  void ReactMetadata(bool ok) override { reactor_->OnReadInitialMetadataDone(ok); }
  void ReactRead(bool ok) override { reactor_->OnReadDone(ok); }
  void ReactWrite(bool ok) override { reactor_->OnWriteDone(ok); }
  void ReactWritesDone(bool ok) override { reactor_->OnWritesDoneDone(ok); }
  void ReactDone(const grpc::Status& status) override {
    static_cast<grpc::internal::ClientReactor*>(reactor_)->OnDone(status);
  }

  Reactor* reactor_ = nullptr;  // set before any reaction
};

// A ReadSession call. It has no writes; its request is matched when it is opened.
class ScriptedReadSession final : public ScriptedCall<rpc::v1::ReadRequest, v1::ReadBatch>,
                                  public grpc::ClientCallbackReader<v1::ReadBatch> {
 public:
  using Reactor = grpc::ClientReadReactor<v1::ReadBatch>;

  explicit ScriptedReadSession(::testing::Matcher<const rpc::v1::ReadRequest&> request)
      : request_(std::move(request)) {}

  // The stub's call.
  void Open(grpc::ClientContext* context, const rpc::v1::ReadRequest& request, Reactor* reactor) {
    EXPECT_THAT(request, request_);
    reactor_ = reactor;
    BeginCall(context);
    BindReactor(reactor);
  }

  void StartCall() override { BeginPlay(); }
  void Read(v1::ReadBatch* batch) override { BeginRead(batch); }
  void AddHold(int holds) override { ChangeHolds(holds); }
  void RemoveHold() override { ChangeHolds(-1); }

 private:
  void ReactMetadata(bool ok) override { reactor_->OnReadInitialMetadataDone(ok); }
  void ReactRead(bool ok) override { reactor_->OnReadDone(ok); }
  void ReactWrite(bool) override {}
  void ReactWritesDone(bool) override {}
  void ReactDone(const grpc::Status& status) override {
    static_cast<grpc::internal::ClientReactor*>(reactor_)->OnDone(status);
  }

  const ::testing::Matcher<const rpc::v1::ReadRequest&> request_;
  Reactor* reactor_ = nullptr;  // set before any reaction
};

}  // namespace s2::testing

#endif  // S2_TESTING_INTERNAL_SCRIPTED_SESSIONS_H_
