// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// The library's own progress does not wait for the threads that run users' callbacks.

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/barrier.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "s2/connect/connect.h"
#include "s2/record/record.h"
#include "s2/tests/connect/one_stream.h"
#include "s2/tests/connect/test_server.h"

namespace s2 {
namespace {

using testing::TestServer;

// One thread, which runs what it is given in turn.
class OneThread : public Executor {
 public:
  ~OneThread() override {
    Run(nullptr);
    thread_.join();
  }
  void Run(absl::AnyInvocable<void()> work) override ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    queue_.push_back(std::move(work));
  }

 private:
  void Work() ABSL_LOCKS_EXCLUDED(mu_) {
    while (absl::AnyInvocable<void()> work = Take()) work();
  }
  absl::AnyInvocable<void()> Take() ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    mu_.Await(absl::Condition(
        +[](std::deque<absl::AnyInvocable<void()>>* queue) { return !queue->empty(); }, &queue_));
    absl::AnyInvocable<void()> work = std::move(queue_.front());
    queue_.pop_front();
    return work;
  }

  absl::Mutex mu_;
  std::deque<absl::AnyInvocable<void()>> queue_ ABSL_GUARDED_BY(mu_);
  std::thread thread_{[this] { Work(); }};
};

class UserThreadsTest : public ::testing::Test {
 protected:
  s2::Stream MakeStream() {
    options_.client.access_token_provider = [] { return std::string("token"); };
    // A wait that cannot end shows soon.
    options_.client.append_session.open_timeout = absl::Seconds(2);
    options_.client.append_session.retry.budget = RetryBudget::Attempts(1);
    options_.client.read_session.open_timeout = absl::Seconds(2);
    options_.client.read_session.retry.budget = RetryBudget::Attempts(1);
    const auto client = Connect("grpc://127.0.0.1:" + server_.port(), options_);
    EXPECT_TRUE(client->EnsureBasin(kBasin).ok());
    EXPECT_TRUE(client->Basin(kBasin).EnsureStream("s").ok());
    return client->Basin(kBasin).Stream("s");
  }

  TestServer server_;
  ConnectOptions options_;
};

// Appends and reads by sessions of its own, and waits for both.
void UseSessions(const s2::Stream& stream) {
  auto append = stream.OpenAppendSession();
  EXPECT_EQ(append->Submit(OneRecord())->Wait().status(), absl::OkStatus());
  EXPECT_EQ(append->Flush(), absl::OkStatus());
  EXPECT_EQ(append->Close(), absl::OkStatus());
  rpc::v1::ReadRequest request;
  request.set_seq_num(0);
  request.set_count(1);
  auto read = stream.OpenReadSession(request);
  EXPECT_EQ(read->Next().status(), absl::OkStatus());
  EXPECT_TRUE(stream.CheckTail().ok());
}

TEST_F(UserThreadsTest, CallbacksThatWaitForOtherSessionsDoNotHoldThemUp) {
  constexpr int kCallbacks = 2;  // as many as Executor::Default() has threads
  const s2::Stream stream = MakeStream();
  auto* const all_hold_their_threads = new absl::Barrier(kCallbacks);
  absl::BlockingCounter ended(kCallbacks);
  std::vector<AppendSession> sessions;
  for (int i = 0; i < kCallbacks; ++i) {
    sessions.push_back(*stream.OpenAppendSession());
    sessions.back().Submit(OneRecord())->OnDone([&](const auto& ack) {
      EXPECT_TRUE(ack.ok());
      if (all_hold_their_threads->Block()) delete all_hold_their_threads;
      UseSessions(stream);
      ended.DecrementCount();
    });
  }
  ended.Wait();
}

TEST_F(UserThreadsTest, AnExecutorOfOneThreadThatIsHeldHoldsUpNothingElse) {
  const auto executor = std::make_shared<OneThread>();
  options_.client.executor = executor;
  const s2::Stream stream = MakeStream();
  absl::BlockingCounter ended(1);
  executor->Run([&] {
    UseSessions(stream);
    ended.DecrementCount();
  });
  ended.Wait();
}

}  // namespace
}  // namespace s2
