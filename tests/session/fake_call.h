// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SESSION_FAKE_CALL_H_
#define S2_TESTS_SESSION_FAKE_CALL_H_

#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "s2/session/internal/transport.h"

namespace s2::internal {

// A call, AppendCall or ReadCall, that a test plays the server of, by hand. Nothing happens until
// it is told, and events run in the thread of the verb that makes them. It fails the test when the
// session breaks the rules of calls, on an answer that nobody asked for, and when it is destroyed
// and neither side has ended it. The session's side is thread safe, the test's is not.
template <typename Verbs, typename Message>
class FakeCall : public Verbs {
 public:
  explicit FakeCall(std::shared_ptr<CallEvents> events) : events_(std::move(events)) {}
  // The session's side. After the end, or its own cancellation, verbs do nothing.
  void Read(Message* message) override ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    if (finished_ || cancelled_) return;
    EXPECT_EQ(read_, nullptr) << "two reads at once";
    read_ = message;
  }
  void Cancel() override ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    if (!finished_) cancelled_ = true;
  }
  void Abandon() override ABSL_LOCKS_EXCLUDED(mu_) {
    Cancel();
    absl::MutexLock lock(&mu_);
    abandoned_ = cancelled_;
  }

  // The server's side.

  // Accepts the session.
  void Accept() { events_->OnAccepted(); }
  // Answers the read under way; it must be there.
  void Deliver(const Message& message) ABSL_LOCKS_EXCLUDED(mu_) {
    {
      absl::MutexLock lock(&mu_);
      ASSERT_NE(read_, nullptr) << "nobody reads";
      *std::exchange(read_, nullptr) = message;
    }
    events_->OnRead(true);
  }
  // Ends the call: a read under way fails, then comes OnDone.
  void Finish(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_) {
    bool reading;
    {
      absl::MutexLock lock(&mu_);
      finished_ = true;
      reading = std::exchange(read_, nullptr) != nullptr;
    }
    if (reading) events_->OnRead(false);
    std::exchange(events_, nullptr)->OnDone(status);
  }

  bool reading() const ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return read_ != nullptr;
  }
  bool cancelled() const ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return cancelled_;
  }
  // Cancelled for its silence.
  bool abandoned() const ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return abandoned_;
  }
  bool finished() const ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return finished_;
  }

 protected:
  // For destructors: the call ends, if it has not, and the session must have let go of it.
  void EndAtLast(bool let_go) {
    if (finished()) return;
    EXPECT_TRUE(let_go) << "a stream was left open";
    Finish(absl::CancelledError("cancelled"));
  }

  CallEvents& events() { return *events_; }

 private:
  std::shared_ptr<CallEvents> events_;  // until OnDone

  mutable absl::Mutex mu_;
  Message* read_ ABSL_GUARDED_BY(mu_) = nullptr;  // under way
  bool finished_ ABSL_GUARDED_BY(mu_) = false;
  bool cancelled_ ABSL_GUARDED_BY(mu_) = false;
  bool abandoned_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace s2::internal

#endif  // S2_TESTS_SESSION_FAKE_CALL_H_
