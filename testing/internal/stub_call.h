// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTING_INTERNAL_STUB_CALL_H_
#define S2_TESTING_INTERNAL_STUB_CALL_H_

#include <gmock/gmock.h>
#include <grpcpp/support/client_callback.h>

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "s2/rpc/v1/stream.pb.h"
#include "s2/session/internal/stub_context.h"
#include "s2/v1/s2.pb.h"

namespace s2::testing {

// gRPC's side of one streaming call on the generated stub's callback interface. Nothing happens
// until one of the server's verbs is called, which calls the client's reactor before it returns; as
// in gRPC this must not be inside a verb of the client. It keeps gRPC's books: what would abort the
// process there, or touch a call that gRPC has destroyed, fails the test here. Thread safe.
template <typename Verbs, typename ReactorT, typename InputT, typename OutputT>
class StubCall : public Verbs {
 public:
  using Reactor = ReactorT;
  using Input = InputT;
  using Output = OutputT;

  // `context` is of a call of the library.
  StubCall(grpc::ClientContext* context, Reactor* reactor)
      : reactor_(reactor), context_(static_cast<internal::StubContext*>(context)) {
    this->BindReactor(reactor);
  }

  // What the client has done.

  std::multimap<std::string, std::string> metadata() { return context_->metadata(); }
  bool started() const { return Get(&StubCall::started_); }
  bool reading() const { return Get(&StubCall::read_) != nullptr; }
  // The message of the Write under way; null: there is none.
  const Input* write() const { return Get(&StubCall::write_); }
  // Of the last Write.
  bool buffer_hint() const { return Get(&StubCall::buffer_hint_); }
  bool half_closed() const { return Get(&StubCall::half_closed_); }
  // The reaction to WritesDone is owed.
  bool half_closing() const { return Get(&StubCall::half_closing_); }
  int holds() const { return Get(&StubCall::holds_); }
  // It held the call and no longer does: that is all that a fake sees of a cancellation.
  bool let_go() const ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return held_ && holds_ == 0;
  }
  // What gRPC waits for before it ends the call: the initial metadata, operations, holds, and the
  // status itself. 0: it has ended.
  int outstanding() const { return Get(&StubCall::outstanding_); }

  // The server's verbs.

  // The initial metadata have come, with the key of an accepted session or without it.
  void AnswerMetadata(bool ok, bool accepted) {
    context_->set_accepted(accepted);
    reactor_->OnReadInitialMetadataDone(ok);
    Release();
  }
  void CompleteRead(bool ok, Output output = {}) ABSL_LOCKS_EXCLUDED(mu_) {
    Output* const read = Take(&StubCall::read_);
    ASSERT_NE(read, nullptr) << "no read is under way";
    if (ok) *read = std::move(output);
    reactor_->OnReadDone(ok);
    Release();
  }
  void CompleteWrite(bool ok) ABSL_LOCKS_EXCLUDED(mu_) {
    ASSERT_NE(Take(&StubCall::write_), nullptr) << "no write is under way";
    ReactWrite(ok);
    Release();
  }
  void CompleteWritesDone(bool ok) ABSL_LOCKS_EXCLUDED(mu_) {
    ASSERT_TRUE(Take(&StubCall::half_closing_)) << "no WritesDone is under way";
    ReactWritesDone(ok);
    Release();
  }
  // Ends the call: nothing may be outstanding but the status itself.
  void End(const grpc::Status& status) ABSL_LOCKS_EXCLUDED(mu_) {
    ASSERT_EQ(Take(&StubCall::outstanding_), 1)
        << "gRPC would wait for a hold, an operation or the metadata";
    static_cast<grpc::internal::ClientReactor*>(reactor_)->OnDone(status);
  }

  // Called at the end of each verb of the client. To be set before the first.
  std::function<void()> on_verb = [] {};

  // The client's verbs.

  void StartCall() override ABSL_LOCKS_EXCLUDED(mu_) {
    {
      absl::MutexLock lock(&mu_);
      EXPECT_FALSE(started_) << "a call starts once";
      started_ = true;
    }
    on_verb();
  }
  void Read(Output* output) override ABSL_LOCKS_EXCLUDED(mu_) {
    {
      absl::MutexLock lock(&mu_);
      EXPECT_EQ(read_, nullptr) << "two reads at once abort the process";
      read_ = output;
      AddLocked(1);
    }
    on_verb();
  }
  void AddHold(int holds) override ABSL_LOCKS_EXCLUDED(mu_) {
    {
      absl::MutexLock lock(&mu_);
      held_ = true;
      holds_ += holds;
      AddLocked(holds);
    }
    on_verb();
  }
  void RemoveHold() override { AddHold(-1); }

 protected:
  // Of a call that has writes.
  void BeginWrite(const Input* input, const grpc::WriteOptions& options) ABSL_LOCKS_EXCLUDED(mu_) {
    {
      absl::MutexLock lock(&mu_);
      EXPECT_EQ(write_, nullptr) << "two writes at once abort the process";
      write_ = input;
      buffer_hint_ = options.get_buffer_hint();
      AddLocked(1);
    }
    on_verb();
  }
  void BeginWritesDone() ABSL_LOCKS_EXCLUDED(mu_) {
    {
      absl::MutexLock lock(&mu_);
      half_closed_ = half_closing_ = true;
      AddLocked(1);
    }
    on_verb();
  }
  virtual void ReactWrite(bool ok) {}
  virtual void ReactWritesDone(bool ok) {}

  Reactor* const reactor_;

 private:
  template <typename T>
  T Get(T StubCall::*member) const ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return this->*member;
  }
  template <typename T>
  T Take(T StubCall::*member) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return std::exchange(this->*member, T{});
  }
  void AddLocked(int outstanding) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    EXPECT_GT(outstanding_, 0) << "the call is destroyed already";
    outstanding_ += outstanding;
    EXPECT_GT(outstanding_, 0) << "a hold too many was removed";
  }
  // A reaction has returned. Until then it is outstanding, so that a hold that is removed inside it
  // does not end the call.
  void Release() ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    AddLocked(-1);
  }

  internal::StubContext* const context_;  // until the call has ended

  mutable absl::Mutex mu_;
  bool started_ ABSL_GUARDED_BY(mu_) = false;
  Output* read_ ABSL_GUARDED_BY(mu_) = nullptr;        // under way
  const Input* write_ ABSL_GUARDED_BY(mu_) = nullptr;  // under way
  bool buffer_hint_ ABSL_GUARDED_BY(mu_) = false;
  bool half_closed_ ABSL_GUARDED_BY(mu_) = false;
  bool half_closing_ ABSL_GUARDED_BY(mu_) = false;
  bool held_ ABSL_GUARDED_BY(mu_) = false;  // there was a hold
  int holds_ ABSL_GUARDED_BY(mu_) = 0;
  int outstanding_ ABSL_GUARDED_BY(mu_) = 2;  // the metadata and the status
};

// An AppendSession call.
class AppendStubCall final
    : public StubCall<grpc::ClientCallbackReaderWriter<v1::AppendInput, v1::AppendAck>,
                      grpc::ClientBidiReactor<v1::AppendInput, v1::AppendAck>, v1::AppendInput,
                      v1::AppendAck> {
 public:
  using StubCall::StubCall;

  void Write(const v1::AppendInput* input, grpc::WriteOptions options) override {
    BeginWrite(input, options);
    if (options.is_last_message()) BeginWritesDone();
  }
  void WritesDone() override { BeginWritesDone(); }

 private:
  void ReactWrite(bool ok) override { reactor_->OnWriteDone(ok); }
  void ReactWritesDone(bool ok) override { reactor_->OnWritesDoneDone(ok); }
};

// A ReadSession call.
class ReadStubCall final
    : public StubCall<grpc::ClientCallbackReader<v1::ReadBatch>,
                      grpc::ClientReadReactor<v1::ReadBatch>, rpc::v1::ReadRequest, v1::ReadBatch> {
 public:
  ReadStubCall(grpc::ClientContext* context, rpc::v1::ReadRequest request, Reactor* reactor)
      : StubCall(context, reactor), request(std::move(request)) {}

  const rpc::v1::ReadRequest request;
};

}  // namespace s2::testing

#endif  // S2_TESTING_INTERNAL_STUB_CALL_H_
