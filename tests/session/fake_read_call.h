// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SESSION_FAKE_READ_CALL_H_
#define S2_TESTS_SESSION_FAKE_READ_CALL_H_

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "s2/session/internal/transport.h"

namespace s2::internal {

// A ReadSession call whose server is the test. Events run in the thread of the verb that makes
// them. Fails the test on a second Read at once, on an answer that nobody asked for, and, when it
// is destroyed, if nobody ended it.
class FakeReadCall : public ReadCall {
 public:
  FakeReadCall(const rpc::v1::ReadRequest& request, std::shared_ptr<CallEvents> events)
      : request_(request), events_(std::move(events)) {}
  ~FakeReadCall() override {
    if (events_ == nullptr) return;
    EXPECT_TRUE(cancelled()) << "a stream was left open";
    Finish(absl::CancelledError("cancelled"));
  }

  // The session's side.
  void Read(v1::ReadBatch* batch) override {
    absl::MutexLock lock(&mu_);
    if (over_ || cancelled_) return;
    EXPECT_EQ(target_, nullptr) << "two reads at once";
    target_ = batch;
  }
  void Cancel() override {
    absl::MutexLock lock(&mu_);
    if (!over_) cancelled_ = true;
  }
  void Abandon() override {
    Cancel();
    absl::MutexLock lock(&mu_);
    abandoned_ = cancelled_;
  }

  // The test's side.
  const rpc::v1::ReadRequest& request() const { return request_; }
  bool reading() const {
    absl::MutexLock lock(&mu_);
    return target_ != nullptr;
  }
  bool cancelled() const {
    absl::MutexLock lock(&mu_);
    return cancelled_;
  }
  // Cancelled for its silence.
  bool abandoned() const {
    absl::MutexLock lock(&mu_);
    return abandoned_;
  }
  void Accept() { events_->OnAccepted(); }
  void Deliver(const v1::ReadBatch& batch) {
    {
      absl::MutexLock lock(&mu_);
      ASSERT_NE(target_, nullptr) << "nobody reads";
      *std::exchange(target_, nullptr) = batch;
    }
    events_->OnRead(true);
  }
  void Finish(const absl::Status& status) {
    bool was_reading;
    {
      absl::MutexLock lock(&mu_);
      over_ = true;
      was_reading = std::exchange(target_, nullptr) != nullptr;
    }
    if (was_reading) events_->OnRead(false);
    std::exchange(events_, nullptr)->OnDone(status);
  }

 private:
  const rpc::v1::ReadRequest request_;
  std::shared_ptr<CallEvents> events_;  // until OnDone

  mutable absl::Mutex mu_;
  v1::ReadBatch* target_ ABSL_GUARDED_BY(mu_) = nullptr;  // of the Read under way
  bool cancelled_ ABSL_GUARDED_BY(mu_) = false;
  bool abandoned_ ABSL_GUARDED_BY(mu_) = false;
  bool over_ ABSL_GUARDED_BY(mu_) = false;
};

// Keeps the calls that were opened.
class FakeReadTransport : public Transport {
 public:
  std::shared_ptr<AppendCall> Append(std::shared_ptr<CallEvents>) override {
    ADD_FAILURE() << "a read session appends";
    return nullptr;
  }
  std::shared_ptr<ReadCall> Read(const rpc::v1::ReadRequest& request,
                                 std::shared_ptr<CallEvents> events) override {
    auto call = std::make_shared<FakeReadCall>(request, std::move(events));
    absl::MutexLock lock(&mu_);
    calls_.push_back(call);
    return call;
  }

  size_t calls() const {
    absl::MutexLock lock(&mu_);
    return calls_.size();
  }
  std::shared_ptr<FakeReadCall> call(size_t i) const {
    absl::MutexLock lock(&mu_);
    return calls_.at(i);
  }

 private:
  mutable absl::Mutex mu_;
  std::vector<std::shared_ptr<FakeReadCall>> calls_ ABSL_GUARDED_BY(mu_);
};

}  // namespace s2::internal

#endif  // S2_TESTS_SESSION_FAKE_READ_CALL_H_
