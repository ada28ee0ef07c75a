// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include <gtest/gtest.h>

#include <thread>

#include "s2/tests/session/read_session_fixture.h"

namespace s2::internal {
namespace {

class ReadSessionCancel : public ReadSessionTest {};

TEST_F(ReadSessionCancel, ANextThatWaitsInAnotherThreadIsCancelled) {
  OpenAccepted();
  absl::StatusOr<ReadResult> result;
  std::thread reader([&] { result = session_->Next(); });
  session_->Cancel();
  reader.join();
  EXPECT_TRUE(absl::IsCancelled(result.status()));
  EXPECT_EQ(result.status().message(), "read session on s2://basin/stream: it was cancelled");
  EXPECT_FALSE(IsRetryable(result.status()));
  EXPECT_TRUE(call().cancelled());
}

TEST_F(ReadSessionCancel, ANextThatWaitsInAnotherThreadGetsItsBatch) {
  OpenAccepted();
  absl::StatusOr<ReadResult> result;
  std::thread reader([&] { result = session_->Next(); });
  call().Deliver(Batch({0}));
  reader.join();
  EXPECT_EQ(Show(result), "0");
}

TEST_F(ReadSessionCancel, DropsWhatWasNotTaken) {
  OpenAccepted();
  call().Deliver(Batch({0}));
  call().Deliver(Batch({1}, 2));
  EXPECT_EQ(ShowNext(), "0");
  session_->Cancel();
  EXPECT_TRUE(absl::IsCancelled(Next().status()));
  EXPECT_EQ(session_->next_seq_num(), 1u) << "what was dropped was not delivered";
  EXPECT_FALSE(session_->caught_up());
  EXPECT_EQ(session_->Stats().buffered_bytes, 0u);
}

TEST_F(ReadSessionCancel, IsLegalInEveryState) {
  Open();  // opening
  session_->Cancel();
  EXPECT_TRUE(call().cancelled());
  EXPECT_EQ(clock_->timers(), 0u);
  session_->Cancel();
  EXPECT_TRUE(absl::IsCancelled(Next().status()));

  OpenAccepted();  // streaming
  session_->Cancel();
  EXPECT_TRUE(call().cancelled());
  EXPECT_EQ(clock_->timers(), 0u);

  OpenAccepted();  // backing off
  call().Finish(Broken());
  const size_t calls = transport_->reads();
  session_->Cancel();
  EXPECT_EQ(clock_->timers(), 0u);
  EXPECT_EQ(transport_->reads(), calls);
  EXPECT_TRUE(absl::IsCancelled(Next().status()));
}

TEST_F(ReadSessionCancel, ChangesNothingBehindAnEndThatWasReached) {
  OpenWaiting();
  call().Deliver(Heartbeat(0));
  call().Finish(absl::OkStatus());
  session_->Cancel();
  EXPECT_EQ(ShowNext(), "end");
}

TEST_F(ReadSessionCancel, HidesAnEndThatWasNotReached) {
  OpenWaiting();
  call().Deliver(Batch({0}, 1));
  call().Finish(absl::OkStatus());
  session_->Cancel();
  EXPECT_TRUE(absl::IsCancelled(Next().status()));
}

TEST_F(ReadSessionCancel, ACancelledAttemptOwnsWhatTheCallStillWrites) {
  OpenAccepted();
  FakeReadCall& orphan = transport_->read(0);
  session_.reset();
  EXPECT_TRUE(orphan.cancelled());
  orphan.Accept();
  orphan.Deliver(Batch({0, 1}, 2));
  orphan.Finish(absl::CancelledError("cancelled"));
}

// Cancels the session, from another thread, while its stream is being opened.
class SlowTransport : public FakeTransport {
 public:
  std::shared_ptr<ReadCall> Read(const rpc::v1::ReadRequest& request,
                                 std::shared_ptr<CallEvents> events) override {
    if (during_open) std::thread(during_open).join();
    return FakeTransport::Read(request, std::move(events));
  }
  std::function<void()> during_open;
};

TEST_F(ReadSessionCancel, WhileAStreamIsBeingOpenedEndsThatStreamToo) {
  auto transport = std::make_shared<SlowTransport>();
  Runtime runtime{clock_, executor_, [] { return 0.0; }, nullptr};
  session_.emplace(MakeReadSession("s", transport, runtime, request_, options_));
  transport->read(0).Finish(Broken());
  transport->during_open = [this] { session_->Cancel(); };
  clock_->AdvanceToNextTimer();
  ASSERT_EQ(transport->reads(), 2u);
  EXPECT_TRUE(transport->read(1).cancelled());
  EXPECT_FALSE(transport->read(1).reading());
}

}  // namespace
}  // namespace s2::internal
