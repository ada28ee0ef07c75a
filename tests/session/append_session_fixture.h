// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

#ifndef S2_TESTS_SESSION_APPEND_SESSION_FIXTURE_H_
#define S2_TESTS_SESSION_APPEND_SESSION_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "s2/record/record.h"
#include "s2/retry/error.h"
#include "s2/session/append_session.h"
#include "s2/session/internal/make_session.h"
#include "s2/testing/answers.h"
#include "s2/testing/manual_clock.h"
#include "s2/tests/session/fake_transport.h"
#include "s2/tests/session/manual_executor.h"
#include "s2/tests/session/server_answers.h"

namespace s2::internal {

// A batch of records with this body.
inline v1::AppendInput MakeBatch(const std::string& body, int records = 1) {
  return MakeInput(std::vector<v1::AppendRecord>(records, MakeRecord(body)));
}

// The body of the batch's first record, which tells batches apart.
inline std::string Body(const v1::AppendInput& input) { return input.records(0).body(); }

using s2::testing::MakeAck;

// Why the ticket failed; kNone if it did not.
inline ErrorCode Code(const AppendTicket& ticket) {
  EXPECT_TRUE(ticket.done());
  return ticket.done() ? GetErrorCode(ticket.Wait().status()) : ErrorCode::kNone;
}

inline bool Acked(const AppendTicket& ticket) { return ticket.done() && ticket.Wait().ok(); }

// The verdict on a ticket that failed.
inline bool MayHaveEffect(const AppendTicket& ticket) {
  EXPECT_TRUE(ticket.done() && !ticket.Wait().ok());
  return ticket.done() && !HasNoSideEffects(ticket.Wait().status());
}

// A way to submit a batch, without waiting.
struct SubmitVerb {
  std::string name;
  absl::StatusOr<AppendTicket> (*submit)(AppendSession& session, v1::AppendInput&& input);
};

// All of them. What holds for one must hold for the others.
inline std::vector<SubmitVerb> SubmitVerbs() {
  return {
      {"Submit",
       [](AppendSession& session, v1::AppendInput&& input) {
         return session.Submit(std::move(input), absl::InfinitePast());
       }},
      {"TrySubmit", [](AppendSession& session,
                       v1::AppendInput&& input) { return session.TrySubmit(std::move(input)); }},
      {"a permit's Submit",
       [](AppendSession& session, v1::AppendInput&& input) -> absl::StatusOr<AppendTicket> {
         absl::StatusOr<AppendPermit> permit =
             session.Reserve(kMaxBatchBytes, absl::InfinitePast());
         if (!permit.ok()) return permit.status();
         return permit->Submit(std::move(input));
       }}};
}

// An append session, its server, its clock and its executor, all driven by hand in one thread.
class AppendSessionTest : public ::testing::Test {
 protected:
  void TearDown() override {
    session_.reset();
    executor_->DropAll();
  }

  // The defaults, but for a budget that a test can spend quickly.
  static AppendSessionOptions ThreeAttempts() {
    AppendSessionOptions options;
    options.retry.budget = RetryBudget::Attempts(3);
    return options;
  }

  // Makes the session; the first stream is opening.
  AppendSession& Make(const AppendSessionOptions& options = ThreeAttempts()) {
    Runtime runtime{clock_, executor_, [this] { return Draw(); }, log_};
    session_.emplace(MakeAppendSession("s2://basin/stream", transport_, runtime, options));
    return *session_;
  }

  // The same, and the server accepts the stream.
  AppendSession& MakeStreaming(const AppendSessionOptions& options = ThreeAttempts()) {
    Make(options);
    call().Accept();
    return *session_;
  }

  // Submits a batch of one record; it must be admitted.
  AppendTicket Submit(const std::string& body) {
    absl::StatusOr<AppendTicket> ticket = session_->TrySubmit(MakeBatch(body));
    EXPECT_TRUE(ticket.ok()) << ticket.status();
    return *std::move(ticket);
  }

  // The newest stream breaks, the pause goes by, and the server accepts the next stream.
  void Reconnect(const absl::Status& error = Broken()) {
    call().Finish(error);
    ASSERT_TRUE(clock_->AdvanceToNextTimer());
    call().Accept();
  }

  // What the session draws. Default: no jitter.
  virtual double Draw() { return random_; }

  AppendSession& session() { return *session_; }
  // The newest stream.
  FakeAppendCall& call() { return transport_->last_append(); }
  size_t calls() const { return transport_->appends(); }
  void RunCallbacks() { executor_->RunAll(); }

  const std::shared_ptr<testing::ManualClock> clock_ = std::make_shared<testing::ManualClock>();
  const std::shared_ptr<ManualExecutor> executor_ = std::make_shared<ManualExecutor>();
  const std::shared_ptr<FakeTransport> transport_ = std::make_shared<FakeTransport>();
  LogSink log_;  // of sessions made after
  double random_ = 0;
  std::optional<AppendSession> session_;
};

}  // namespace s2::internal

#endif  // S2_TESTS_SESSION_APPEND_SESSION_FIXTURE_H_
