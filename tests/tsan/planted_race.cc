// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// Proof that the ThreadSanitizer build is worth something: a gRPC callback session in the manner of
// this library's, in which it must report nothing, and, with the argument "planted", a read without
// the lock, which it must report.

#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "s2/rpc/v1/stream.grpc.pb.h"

namespace {

using s2::rpc::v1::StreamService;
using s2::v1::AppendAck;
using s2::v1::AppendInput;

constexpr int kBatches = 500;
constexpr int kReads = 20000;

// Acks each input.
class Server final : public StreamService::CallbackService {
 public:
  grpc::ServerUnaryReactor* CheckTail(grpc::CallbackServerContext* context,
                                      const s2::rpc::v1::CheckTailRequest*,
                                      s2::rpc::v1::CheckTailResponse*) override {
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  grpc::ServerBidiReactor<AppendInput, AppendAck>* AppendSession(
      grpc::CallbackServerContext*) override {
    return new Session;
  }

 private:
  class Session final : public grpc::ServerBidiReactor<AppendInput, AppendAck> {
   public:
    Session() {
      StartSendInitialMetadata();
      StartRead(&input_);
    }
    void OnReadDone(bool ok) override {
      if (!ok) return Finish(grpc::Status::OK);
      ack_.mutable_end()->set_seq_num(ack_.end().seq_num() + input_.records_size());
      StartWrite(&ack_);
    }
    void OnWriteDone(bool ok) override { StartRead(&input_); }
    void OnDone() override { delete this; }

   private:
    AppendInput input_;
    AppendAck ack_;
  };
};

// Appends one batch at a time and counts the acks.
class Client final : public grpc::ClientBidiReactor<AppendInput, AppendAck> {
 public:
  explicit Client(StreamService::Stub& stub) {
    stub.async()->AppendSession(&context_, this);
    AddHold();
    StartRead(&ack_);
    StartCall();
  }

  // Waits for the batch before, then sends the next.
  void Append() ABSL_LOCKS_EXCLUDED(mutex_) {
    {
      absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(this, &Client::IsIdleLocked));
      input_.Clear();
      input_.add_records()->set_body(std::string(100, 'x'));
      ++sent_;
      writing_ = true;
    }
    StartWrite(&input_);
  }

  int acked() const ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    return acked_;
  }

  // The planted race.
  int AckedWithoutLock() const ABSL_NO_THREAD_SAFETY_ANALYSIS { return acked_; }

  bool Close() ABSL_LOCKS_EXCLUDED(mutex_) {
    StartWritesDone();
    RemoveHold();
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(&done_));
    return acked_ == kBatches;
  }

  void OnWriteDone(bool ok) override {
    absl::MutexLock lock(&mutex_);
    writing_ = false;
  }
  void OnReadDone(bool ok) override {
    if (!ok) return;
    {
      absl::MutexLock lock(&mutex_);
      ++acked_;
    }
    StartRead(&ack_);
  }
  void OnDone(const grpc::Status&) override {
    absl::MutexLock lock(&mutex_);
    done_ = true;
  }

 private:
  bool IsIdleLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return !writing_ && acked_ == sent_;
  }

  grpc::ClientContext context_;
  AppendInput input_;
  AppendAck ack_;
  mutable absl::Mutex mutex_;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  int sent_ ABSL_GUARDED_BY(mutex_) = 0;
  int acked_ ABSL_GUARDED_BY(mutex_) = 0;
  bool done_ ABSL_GUARDED_BY(mutex_) = false;
};

bool Run(const std::shared_ptr<grpc::Channel>& channel, bool planted) {
  StreamService::Stub stub(channel);
  grpc::ClientContext context;
  s2::rpc::v1::CheckTailResponse tail;
  if (!stub.CheckTail(&context, {}, &tail).ok()) return false;

  Client client(stub);
  int seen = 0;
  std::thread reader([&] {
    for (int i = 0; i < kReads; ++i) seen = planted ? client.AckedWithoutLock() : client.acked();
  });
  for (int i = 0; i < kBatches; ++i) client.Append();
  reader.join();
  return client.Close() && seen <= kBatches;
}

}  // namespace

int main(int argc, char** argv) {
  const bool planted = argc > 1 && absl::string_view(argv[1]) == "planted";
  Server service;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  const auto tcp =
      grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials());
  const bool ok = Run(tcp, planted) && Run(server->InProcessChannel({}), planted);
  server->Shutdown();
  if (!ok) std::puts("the sessions failed");
  return ok ? 0 : 1;
}
