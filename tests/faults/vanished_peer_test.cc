// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#include "absl/strings/str_cat.h"
#include "s2/connect/connect.h"
#include "s2/tests/faults/fixture.h"
#include "s2/tests/faults/proxy.h"

// A peer that is gone without a word: no end of a connection, no error, nothing. TCP itself would
// take minutes to notice.
namespace s2 {
namespace {

using testing::Proxy;
using Stall = Proxy::Stall;

constexpr absl::Duration kTimeout = absl::Milliseconds(500);
// What a loaded machine may take to do what is due.
constexpr absl::Duration kSlack = absl::Seconds(4);

class VanishedPeerTest : public FaultyTest, public ::testing::WithParamInterface<Stall> {
 protected:
  VanishedPeerTest() : proxy_(*emulator_.Listen("127.0.0.1:0")) {
    ConnectOptions options;
    options.client.request_timeout = kTimeout;
    options.client.unary_retry = FastRetry();
    client_ = *Connect(absl::StrCat("grpc://127.0.0.1:", proxy_.port()), options);
  }

  s2::Stream Far() const { return client_->Basin(kBasin).Stream("stream"); }

  static RetryOptions Once() {
    RetryOptions retry;
    retry.budget = RetryBudget::Attempts(1);
    return retry;
  }
  static AppendSessionOptions AppendOptions(const RetryOptions& retry) {
    AppendSessionOptions options;
    options.retry = retry;
    options.open_timeout = kTimeout;
    options.ack_timeout = kTimeout;
    return options;
  }
  static ReadSessionOptions ReadOptions(const RetryOptions& retry) {
    ReadSessionOptions options;
    options.retry = retry;
    options.open_timeout = kTimeout;
    options.heartbeat_timeout = kTimeout;
    return options;
  }
  // A session with one batch acked.
  AppendSession OpenAppend(const RetryOptions& retry) {
    AppendSession session = *Far().OpenAppendSession(AppendOptions(retry));
    EXPECT_TRUE(session.Submit(Input("first"))->Wait().ok());
    return session;
  }

  Proxy proxy_;
  std::optional<Client> client_;
};

TEST_P(VanishedPeerTest, AnAppendSessionNotices) {
  AppendSession session = OpenAppend(Once());
  proxy_.StallConnections(GetParam());
  const absl::Time stalled = absl::Now();
  const AppendTicket ticket = *session.Submit(Input("lost"));
  ASSERT_TRUE(ticket.WaitUntil(stalled + kTimeout + kSlack));
  EXPECT_GE(absl::Now() - stalled, kTimeout);
  EXPECT_THAT(ticket.Wait().status(), HasCode(ErrorCode::kAckTimeout));
  EXPECT_FALSE(HasNoSideEffects(ticket.Wait().status()));
}

TEST_P(VanishedPeerTest, AnAppendSessionNoticesUnderHeavyWrites) {
  AppendSession session = OpenAppend(Once());
  std::vector<AppendTicket> tickets;
  std::optional<absl::Time> stalled;
  absl::Status refused;
  for (int i = 0; i < 2000 && refused.ok(); ++i) {
    if (i == 100) {
      proxy_.StallConnections(GetParam());
      stalled = absl::Now();
    }
    auto ticket = session.Submit(Input(std::string(64 * 1024, 'x')), Soon());
    if (ticket.ok()) tickets.push_back(*std::move(ticket));
    refused = ticket.status();
  }
  EXPECT_THAT(refused, HasCode(ErrorCode::kAckTimeout)) << "who waits for room is woken";
  for (const AppendTicket& ticket : tickets) ASSERT_TRUE(ticket.WaitUntil(Soon()));
  EXPECT_LT(absl::Now() - *stalled, kTimeout + kSlack);
  EXPECT_EQ(session.TakeUnacked().size() + session.Stats().acked_batches, tickets.size() + 1);
}

TEST_P(VanishedPeerTest, AReadSessionNotices) {
  ReadSession session = *Far().OpenReadSession(From(0), ReadOptions(Once()));
  ASSERT_TRUE(session.WaitCaughtUp(Soon()).ok());
  proxy_.StallConnections(GetParam());
  EXPECT_THAT(session.Next(absl::Now() + kTimeout + kSlack).status(),
              HasCode(ErrorCode::kHeartbeatTimeout));
}

TEST_P(VanishedPeerTest, AUnaryCallNotices) {
  ASSERT_TRUE(Far().CheckTail().ok());
  proxy_.StallConnections(GetParam());
  const absl::Time begun = absl::Now();
  CallOptions call;
  call.deadline = begun + kTimeout;
  EXPECT_EQ(Far().CheckTail(call).status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_LT(absl::Now() - begun, kTimeout + kSlack);
}

TEST_P(VanishedPeerTest, CloseAndDestructionDoNotWaitForIt) {
  {
    AppendSession append = OpenAppend(FastRetry());
    ReadSession read = *Far().OpenReadSession(From(0), ReadOptions(FastRetry()));
    proxy_.StallConnections(GetParam());
    const AppendTicket ticket = *append.Submit(Input("lost"));
    const absl::Time begun = absl::Now();
    EXPECT_THAT(append.Close(begun + absl::Milliseconds(50)), HasCode(ErrorCode::kCloseTimeout));
    EXPECT_TRUE(ticket.done());
    EXPECT_LT(absl::Now() - begun, kSlack);
  }
  const absl::Time begun = absl::Now();
  client_.reset();
  EXPECT_LT(absl::Now() - begun, kSlack);
}

TEST_P(VanishedPeerTest, AnAppendSessionGoesOnOverAnotherConnection) {
  AppendSession session = OpenAppend(FastRetry());
  proxy_.StallConnections(GetParam());
  const AppendTicket ticket = *session.Submit(Input("second"));
  ASSERT_TRUE(ticket.WaitUntil(absl::Now() + kTimeout + kSlack));
  EXPECT_TRUE(ticket.Wait().ok()) << ticket.Wait().status();
  EXPECT_EQ(proxy_.connections(), 2);
}

TEST_P(VanishedPeerTest, AReadSessionGoesOnOverAnotherConnection) {
  ASSERT_TRUE(stream_.Append(Input("first")).ok());
  ReadSession session = *Far().OpenReadSession(From(0), ReadOptions(FastRetry()));
  ASSERT_TRUE(session.Next(Soon()).ok());
  proxy_.StallConnections(GetParam());
  ASSERT_TRUE(stream_.Append(Input("second")).ok());
  const auto next = session.Next(absl::Now() + kTimeout + kSlack);
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(next->batch.records(0).body(), "second");
}

TEST_P(VanishedPeerTest, AUnaryCallGoesOnOverAnotherConnection) {
  ASSERT_TRUE(Far().CheckTail().ok());
  proxy_.StallConnections(GetParam());
  CallOptions call;
  call.deadline = absl::Now() + kTimeout + kSlack;
  const auto tail = Far().CheckTail(call);
  EXPECT_TRUE(tail.ok()) << tail.status();
}

INSTANTIATE_TEST_SUITE_P(Whose, VanishedPeerTest, ::testing::Values(Stall::kSwallow, Stall::kBlock),
                         [](const auto& info) {
                           return info.param == Stall::kSwallow ? "BytesAreSwallowed"
                                                                : "WindowIsShut";
                         });

}  // namespace
}  // namespace s2
