// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTING_INTERNAL_SCRIPTED_STUB_H_
#define S2_TESTING_INTERNAL_SCRIPTED_STUB_H_

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "s2/rpc/v1/stream.pb.h"
#include "s2/testing/internal/scripted_call.h"
#include "s2/testing/internal/stream_stub.h"

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

  // Until Clock::System() has reached `deadline`.
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

// An AppendSession call.
class ScriptedAppendSession final : public ScriptedCall<AppendStubCall> {};

// A ReadSession call. It has no writes; its request is matched when it is opened.
class ScriptedReadSession final : public ScriptedCall<ReadStubCall> {
 public:
  explicit ScriptedReadSession(::testing::Matcher<const rpc::v1::ReadRequest&> request)
      : request(std::move(request)) {}

  const ::testing::Matcher<const rpc::v1::ReadRequest&> request;
};

// The stub of a ScriptedServer.
class ScriptedStub : public StreamStub {
 public:
  ScriptedStub() {
    async()->refuse_unary = true;
    async()->on_append_session = [this](auto call) {
      appends.Next(std::make_shared<ScriptedAppendSession>())->Open(std::move(call));
    };
    async()->on_read_session = [this](auto call) {
      const auto script = reads.Next(std::make_shared<ScriptedReadSession>(::testing::_));
      EXPECT_THAT(call->request, script->request);
      script->Open(std::move(call));
    };
  }

  ScriptedCalls<ScriptedAppendSession> appends{"AppendSession"};
  ScriptedCalls<ScriptedReadSession> reads{"ReadSession"};
};

}  // namespace s2::testing

#endif  // S2_TESTING_INTERNAL_SCRIPTED_STUB_H_
