// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "absl/synchronization/notification.h"
#include "s2/session/internal/make_session.h"
#include "s2/tests/session/stress_fixture.h"

namespace s2::internal {
namespace {

class ReadSessionStressTest : public StressTest {
 protected:
  // Reads so many records; without a number, for ever.
  ReadSession Open(std::optional<uint64_t> count = std::nullopt) {
    rpc::v1::ReadRequest request;
    request.set_seq_num(0);
    if (count) request.set_count(*count);
    ReadSessionOptions options;
    options.max_buffered_bytes = 30;  // three records, or four
    options.retry = RetryForEver();
    return MakeReadSession("s2://basin/stream", server_, RealRuntime(), request, options);
  }
};

TEST_P(ReadSessionStressTest, NoRecordIsLostOrDoubledOverManyBreaks) {
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
  for (const ReadResult& result : session.Batches()) {
    for (const v1::SequencedRecord& record : result.batch.records()) {
      ASSERT_EQ(record.seq_num(), expected++);
    }
  }
  EXPECT_TRUE(session.status().ok()) << session.status();
  EXPECT_EQ(expected, kRecords);
  done = true;
  watcher.join();
}

TEST_P(ReadSessionStressTest, CallbacksSeeTheSame) {
  constexpr uint64_t kRecords = 1000;
  ReadSession session = Open(kRecords);
  absl::Notification ended;
  uint64_t expected = 0;
  std::function<void(absl::StatusOr<ReadResult>)> take = [&](absl::StatusOr<ReadResult> next) {
    ASSERT_TRUE(next.ok()) << next.status();
    if (next->end) return ended.Notify();
    for (const v1::SequencedRecord& record : next->batch.records()) {
      EXPECT_EQ(record.seq_num(), expected++);
    }
    session.NextAsync(take);
  };
  session.NextAsync(take);
  ended.WaitForNotification();
  EXPECT_EQ(expected, kRecords);
}

TEST_P(ReadSessionStressTest, CancelAtAnyMomentEndsAllThatWait) {
  for (uint64_t round = 0; round < 200; ++round) {
    ReadSession session = Open();
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

TEST_P(ReadSessionStressTest, DestructionAtAnyMomentRunsTheCallbackOnce) {
  for (uint64_t round = 0; round < 200; ++round) {
    auto session = std::make_unique<ReadSession>(Open());
    for (uint64_t i = 0; i < round % 5; ++i) ASSERT_TRUE(session->Next().ok());
    absl::Notification ran;
    session->NextAsync([&](absl::StatusOr<ReadResult>) { ran.Notify(); });
    session.reset();
    ran.WaitForNotification();
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ReadSessionStressTest, ::testing::Range(0u, 2u));

}  // namespace
}  // namespace s2::internal
