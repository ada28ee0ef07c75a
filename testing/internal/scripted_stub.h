// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTING_INTERNAL_SCRIPTED_STUB_H_
#define S2_TESTING_INTERNAL_SCRIPTED_STUB_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "s2/rpc/v1/stream.grpc.pb.h"
#include "s2/rpc/v1/stream_mock.grpc.pb.h"
#include "s2/session/executor.h"
#include "s2/testing/internal/scripted_sessions.h"

namespace s2::testing {

// The calls of one method, in the order of their scripts. Thread safe.
template <typename Call>
class ScriptedCalls {
 public:
  explicit ScriptedCalls(std::string method) : method_(std::move(method)) {}

  std::shared_ptr<Call> Add(std::shared_ptr<Call> call) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    calls_.push_back(call);
    return call;
  }

  // The one that is opened now; `none`, which refuses, if there is none.
  std::shared_ptr<Call> Next(const std::shared_ptr<Call>& none) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    if (opened_ == calls_.size()) {
      ADD_FAILURE() << "no script for " << Name(opened_);
      none->Refuse(absl::FailedPreconditionError("the test has no script for this call"));
      calls_.push_back(none);
    }
    return calls_[opened_++];
  }

  bool WaitPlayed(absl::Time deadline) const ABSL_LOCKS_EXCLUDED(mu_) {
    bool played = true;
    for (const auto& call : Calls()) played = call->WaitPlayed(deadline) && played;
    return played;
  }

  void Verify() const ABSL_LOCKS_EXCLUDED(mu_) {
    const std::vector<std::shared_ptr<Call>> calls = Calls();
    for (size_t i = 0; i < calls.size(); ++i) calls[i]->Verify(Name(i));
  }

 private:
  std::string Name(size_t i) const { return method_ + " call " + std::to_string(i); }
  std::vector<std::shared_ptr<Call>> Calls() const ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return calls_;
  }

  const std::string method_;

  mutable absl::Mutex mu_;
  std::vector<std::shared_ptr<Call>> calls_ ABSL_GUARDED_BY(mu_);
  size_t opened_ ABSL_GUARDED_BY(mu_) = 0;  // of calls_, from the front
};

// The stub of a ScriptedServer.
class ScriptedStub : public rpc::v1::MockStreamServiceStub {
 public:
  class Async : public rpc::v1::StreamService::StubInterface::async_interface {
   public:
    void AppendSession(grpc::ClientContext* context,
                       ScriptedAppendSession::Reactor* reactor) override {
      appends.Next(std::make_shared<ScriptedAppendSession>())->Open(context, reactor);
    }
    void ReadSession(grpc::ClientContext* context, const rpc::v1::ReadRequest* request,
                     ScriptedReadSession::Reactor* reactor) override {
      reads.Next(std::make_shared<ScriptedReadSession>(::testing::_))
          ->Open(context, *request, reactor);
    }

    using Done = std::function<void(grpc::Status)>;
    void CheckTail(grpc::ClientContext*, const rpc::v1::CheckTailRequest*,
                   rpc::v1::CheckTailResponse*, Done done) override {
      Refuse(std::move(done));
    }
    void Append(grpc::ClientContext*, const v1::AppendInput*, v1::AppendAck*, Done done) override {
      Refuse(std::move(done));
    }
    void Read(grpc::ClientContext*, const rpc::v1::ReadRequest*, v1::ReadBatch*,
              Done done) override {
      Refuse(std::move(done));
    }
    void CheckTail(grpc::ClientContext*, const rpc::v1::CheckTailRequest*,
                   rpc::v1::CheckTailResponse*, grpc::ClientUnaryReactor* reactor) override {
      Refuse(reactor);
    }
    void Append(grpc::ClientContext*, const v1::AppendInput*, v1::AppendAck*,
                grpc::ClientUnaryReactor* reactor) override {
      Refuse(reactor);
    }
    void Read(grpc::ClientContext*, const rpc::v1::ReadRequest*, v1::ReadBatch*,
              grpc::ClientUnaryReactor* reactor) override {
      Refuse(reactor);
    }

    ScriptedCalls<ScriptedAppendSession> appends{"AppendSession"};
    ScriptedCalls<ScriptedReadSession> reads{"ReadSession"};

   private:
    static void Refuse(Done done) {
      Executor::Default()->Run([done = std::move(done)] {
        done({grpc::StatusCode::UNIMPLEMENTED, "a script has no unary calls"});
      });
    }
    static void Refuse(grpc::internal::ClientReactor* reactor) {
      Refuse([reactor](const grpc::Status& status) { reactor->OnDone(status); });
    }
  };

  Async* async() override { return &async_; }

 private:
  Async async_;
};

}  // namespace s2::testing

#endif  // S2_TESTING_INTERNAL_SCRIPTED_STUB_H_
