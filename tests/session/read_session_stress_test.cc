// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// Threads on both sides of a session: what ThreadSanitizer and AddressSanitizer are to watch.

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "absl/synchronization/notification.h"
#include "s2/tests/session/read_session_fixture.h"

namespace s2::internal {
namespace {

// A server that answers each Read in a thread of its own, and breaks now and then.
class ServingCall : public ReadCall, public std::enable_shared_from_this<ServingCall> {
 public:
  ServingCall(uint64_t first, uint64_t end, uint64_t breaks_at, std::shared_ptr<CallEvents> events)
      : next_(first), end_(end), breaks_at_(breaks_at), events_(std::move(events)) {}

  void Start() {
    std::thread([self = shared_from_this()] { self->Serve(); }).detach();
  }
  void Read(v1::ReadBatch* batch) override {
    absl::MutexLock lock(&mu_);
    target_ = batch;
  }
  void Cancel() override {
    absl::MutexLock lock(&mu_);
    cancelled_ = true;
  }

 private:
  bool Asked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return target_ != nullptr || cancelled_; }

  void Serve() {
    events_->OnAccepted();
    while (true) {
      v1::ReadBatch* target;
      {
        absl::MutexLock lock(&mu_);
        mu_.Await(absl::Condition(this, &ServingCall::Asked));
        if (cancelled_ || next_ == end_ || next_ == breaks_at_) break;
        target = std::exchange(target_, nullptr);
      }
      *target = Batch({next_});
      ++next_;
      events_->OnRead(true);
    }
    bool was_reading, cancelled;
    {
      absl::MutexLock lock(&mu_);
      was_reading = target_ != nullptr;
      cancelled = cancelled_;
      cancelled_ = true;
    }
    if (was_reading) events_->OnRead(false);
    const absl::Status status = cancelled       ? absl::CancelledError("cancelled")
                                : next_ == end_ ? absl::OkStatus()
                                                : Broken();
    std::exchange(events_, nullptr)->OnDone(status);
  }

  uint64_t next_;
  const uint64_t end_;
  const uint64_t breaks_at_;
  std::shared_ptr<CallEvents> events_;
  absl::Mutex mu_;
  v1::ReadBatch* target_ ABSL_GUARDED_BY(mu_) = nullptr;
  bool cancelled_ ABSL_GUARDED_BY(mu_) = false;
};

class ServingTransport : public Transport {
 public:
  explicit ServingTransport(uint64_t records) : records_(records) {}

  std::shared_ptr<AppendCall> Append(std::shared_ptr<CallEvents>) override { return nullptr; }
  std::shared_ptr<ReadCall> Read(const rpc::v1::ReadRequest& request,
                                 std::shared_ptr<CallEvents> events) override {
    const uint64_t first = request.seq_num();
    auto call =
        std::make_shared<ServingCall>(first, records_, first + 1 + first % 37, std::move(events));
    call->Start();
    return call;
  }

 private:
  const uint64_t records_;
};

class ReadSessionStress : public ::testing::Test {
 protected:
  ReadSession Open(uint64_t records) {
    rpc::v1::ReadRequest request;
    request.set_seq_num(0);
    ReadSessionOptions options;
    options.max_buffered_bytes = 3 * kRecordBytes;
    options.retry.min_backoff = options.retry.max_backoff = absl::Milliseconds(1);
    Runtime runtime{Clock::System(), Executor::Default(), [] { return 0.0; }, nullptr};
    return MakeReadSession("s2://basin/stream", std::make_shared<ServingTransport>(records),
                           runtime, request, options);
  }
};

TEST_F(ReadSessionStress, NoRecordIsLostOrDoubledOverManyBreaks) {
  constexpr uint64_t kRecords = 3000;
  ReadSession session = Open(kRecords);
  std::atomic<bool> done = false;
  std::thread watcher([&] {
    while (!done) {
      session.Stats();
      session.next_seq_num();
      session.caught_up();
    }
  });
  uint64_t expected = 0;
  for (const ReadResult& result : session) {
    for (const v1::SequencedRecord& record : result.batch.records()) {
      ASSERT_EQ(record.seq_num(), expected++);
    }
  }
  EXPECT_TRUE(session.status().ok()) << session.status();
  EXPECT_EQ(expected, kRecords);
  done = true;
  watcher.join();
}

TEST_F(ReadSessionStress, CallbacksSeeTheSame) {
  constexpr uint64_t kRecords = 1000;
  ReadSession session = Open(kRecords);
  absl::Notification ended;
  uint64_t expected = 0;
  std::function<void(absl::StatusOr<std::optional<ReadResult>>)> take =
      [&](absl::StatusOr<std::optional<ReadResult>> next) {
        ASSERT_TRUE(next.ok()) << next.status();
        if (!next->has_value()) return ended.Notify();
        for (const v1::SequencedRecord& record : (*next)->batch.records()) {
          EXPECT_EQ(record.seq_num(), expected++);
        }
        session.NextAsync(take);
      };
  session.NextAsync(take);
  ended.WaitForNotification();
  EXPECT_EQ(expected, kRecords);
}

TEST_F(ReadSessionStress, CancelAtAnyMomentEndsAllThatWait) {
  for (uint64_t round = 0; round < 200; ++round) {
    ReadSession session = Open(1000000);
    absl::Notification now;
    std::thread canceller([&] {
      now.WaitForNotification();
      session.Cancel();
    });
    std::thread waiter([&] { EXPECT_FALSE(session.WaitCaughtUp().ok()); });
    for (uint64_t i = 0; i < round % 20; ++i) EXPECT_TRUE(session.Next().ok());
    now.Notify();
    while (session.Next().ok()) {
    }
    canceller.join();
    waiter.join();
  }
}

TEST_F(ReadSessionStress, DestructionAtAnyMomentRunsTheCallbackOnce) {
  for (uint64_t round = 0; round < 200; ++round) {
    auto session = std::make_unique<ReadSession>(Open(1000000));
    for (uint64_t i = 0; i < round % 5; ++i) ASSERT_TRUE(session->Next().ok());
    absl::Notification ran;
    session->NextAsync([&](absl::StatusOr<std::optional<ReadResult>>) { ran.Notify(); });
    session.reset();
    ran.WaitForNotification();
  }
}

}  // namespace
}  // namespace s2::internal
